import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../../../renderer/features/agents/matrix-model.ts';
import { matchPreset, presetChanges, presetEffect } from '../../../../renderer/features/agents/presets.ts';
import { makeMatrix, makeServer, makeTool } from './matrix-fixture.ts';

const read = { risk: { tier: 'read' as const, reasons: [] } };
const matrix = makeMatrix([
  makeServer([makeTool('list', read), makeTool('write'), makeTool('drifted', { changed: true, source: 'review' })]),
  makeServer([makeTool('hidden', { serverId: 'new' })], { serverId: 'new', name: 'new', reviewed: false }),
]);

describe('presets', () => {
  it('allow reading; Read only blocks the rest, Ask before writes asks', () => {
    expect(presetEffect('read-only', 'read')).toBe('allow');
    expect(presetEffect('read-only', 'publish')).toBe('deny');
    expect(presetEffect('ask-before-writes', 'destructive')).toBe('ask');
  });

  it('set every listed tool and none of a server that waits for review (security)', () => {
    const changes = presetChanges(matrix, 'read-only');
    expect(changes.map((change) => `${change.serverId} ${change.toolName} ${change.effect}`)).toEqual([
      'github list allow',
      'github write deny',
      'github drifted deny',
    ]);
  });

  it('are recognised once they are applied, and Custom otherwise', () => {
    expect(matchPreset(matrix)).toBeNull();
    for (const preset of ['read-only', 'ask-before-writes'] as const) {
      const applied = applyChanges(matrix, presetChanges(matrix, preset));
      expect(matchPreset(applied)).toBe(preset);
      expect(presetChanges(applied, preset)).toEqual([]);
    }
  });

  it('match nothing while there is no tool', () => {
    expect(matchPreset(makeMatrix([]))).toBeNull();
  });
});
