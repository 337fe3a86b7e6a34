import { describe, expect, it } from 'vitest';
import type { Effect, GrantChange } from '../../../../electron/shared/index.ts';
import {
  applyChanges,
  countEffects,
  filterMatrix,
  sharedEffect,
  sourceWords,
} from '../../../../renderer/features/agents/matrix-model.ts';
import { makeMatrix, makeServer, makeTool } from './matrix-fixture.ts';

const change = (serverId: string, toolName: string, effect: Effect | null): GrantChange => ({
  agentId: 'a1',
  serverId,
  toolName,
  effect,
});

const matrix = makeMatrix([
  makeServer([
    makeTool('read', { own: 'allow', effective: 'allow', source: 'tool' }),
    makeTool('write'),
    makeTool('drifted', { changed: true, source: 'review' }),
  ]),
]);

function positions(changes: GrantChange[]) {
  const tools = applyChanges(matrix, changes).servers[0]?.tools ?? [];
  return tools.map((tool) => `${tool.tool} ${tool.effective} ${tool.source}`);
}

describe('the matrix after a change', () => {
  it('puts the position on the one tool that was switched', () => {
    expect(positions([change('github', 'write', 'deny')])).toEqual([
      'read allow tool',
      'write deny tool',
      'drifted ask review',
    ]);
  });

  it('lets tools without a switch of their own follow the server', () => {
    expect(positions([change('github', '*', 'allow')])).toEqual([
      'read allow tool',
      'write allow server',
      'drifted ask review',
    ]);
  });

  it('lets everything without a nearer switch follow the agent’s start', () => {
    expect(positions([change('*', '*', 'deny')])).toEqual([
      'read allow tool',
      'write deny agent',
      'drifted ask review',
    ]);
  });

  it('inherits again when the switch is removed', () => {
    expect(positions([change('github', 'read', null)])[0]).toBe('read ask agent');
  });

  it('falls back to Block when not even the agent has a start', () => {
    expect(positions([change('*', '*', null)])[1]).toBe('write deny global');
  });

  it('keeps asking for a changed tool unless it is blocked itself (security)', () => {
    expect(positions([change('github', 'drifted', 'allow')])[2]).toBe('drifted ask review');
    expect(positions([change('github', 'drifted', 'deny')])[2]).toBe('drifted deny tool');
  });

  it('ignores changes of other agents and leaves the given matrix alone', () => {
    const copy = structuredClone(matrix);
    expect(applyChanges(matrix, [{ ...change('github', 'write', 'deny'), agentId: 'a2' }])).toEqual(copy);
    positions([change('github', 'write', 'deny')]);
    expect(matrix).toEqual(copy);
  });
});

describe('the head of a group', () => {
  it('counts positions and knows when all tools share one', () => {
    const counts = countEffects(matrix.servers[0]?.tools ?? []);
    expect(counts).toEqual({ allow: 1, ask: 2, deny: 0 });
    expect(sharedEffect(counts)).toBeNull();
    expect(sharedEffect({ allow: 0, ask: 3, deny: 0 })).toBe('ask');
    expect(sharedEffect({ allow: 0, ask: 0, deny: 0 })).toBeNull();
  });

  it('says in words where a position comes from', () => {
    expect(sourceWords('server', 'GitHub')).toBe('from GitHub');
    expect(sourceWords('review', 'GitHub')).toBe('held until reviewed');
  });
});

describe('searching the matrix', () => {
  it('keeps tools that match every word, and servers that have one', () => {
    const other = makeServer([makeTool('query', { serverId: 'postgres' })], { serverId: 'postgres', name: 'postgres' });
    const servers = [...matrix.servers, other];
    expect(filterMatrix(servers, 'git wri').map((server) => server.tools.map((tool) => tool.tool))).toEqual([
      ['read', 'write', 'drifted'],
    ]);
    expect(filterMatrix(servers, 'query').map((server) => server.serverId)).toEqual(['postgres']);
    expect(filterMatrix(servers, '  ')).toHaveLength(2);
    expect(filterMatrix(servers, 'nothing')).toEqual([]);
  });
});
