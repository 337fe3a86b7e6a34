import { describe, expect, it } from 'vitest';
import { compilePolicy, emptySource } from '../../../electron/engine/core/compile-policy.ts';
import {
  type AccessRequest,
  type AgentPolicy,
  evaluate,
  isListed,
  type PolicyWorld,
  type ToolSubject,
  toolKey,
} from '../../../electron/engine/core/evaluate.ts';
import type { Effect } from '../../../electron/shared/index.ts';
import { fc } from '../../helpers/property.ts';

const tool = { serverId: 'files', name: 'read', reviewed: true };

function request(subject: ToolSubject, agentId = 'a'): AccessRequest {
  return { agentId, tool: subject, arguments: {}, risk: { tier: 'write', reasons: [] }, at: 0 };
}

function world(policy: Partial<AgentPolicy>, paused = false): PolicyWorld {
  const agent: AgentPolicy = { paused: false, tools: new Map(), servers: new Map(), start: null, ...policy };
  return { version: 7, paused, agents: new Map([['a', agent]]), rules: compilePolicy(emptySource, 0) };
}

const effects = fc.constantFrom<Effect | null>('allow', 'ask', 'deny', null);
const policies = fc.record({
  tool: effects,
  server: effects,
  start: effects,
  paused: fc.boolean(),
  allPaused: fc.boolean(),
  reviewed: fc.boolean(),
});

function build(drawn: {
  tool: Effect | null;
  server: Effect | null;
  start: Effect | null;
  paused: boolean;
  allPaused: boolean;
}): PolicyWorld {
  return world(
    {
      paused: drawn.paused,
      tools: new Map(drawn.tool ? [[toolKey('files', 'read'), drawn.tool]] : []),
      servers: new Map(drawn.server ? [['files', drawn.server]] : []),
      start: drawn.start,
    },
    drawn.allPaused,
  );
}

describe('evaluate', () => {
  it('grants nothing when nothing is set (security)', () => {
    expect(evaluate(world({}), request(tool))).toMatchObject({
      effect: 'deny',
      reasonCode: 'switch_global',
      policyVersion: 7,
    });
  });

  it('denies an agent it does not know (security)', () => {
    expect(evaluate(world({ start: 'allow' }), request(tool, 'someone else')).effect).toBe('deny');
  });

  it('takes the nearest switch: tool before server before agent', () => {
    const servers = new Map<string, Effect>([['files', 'ask']]);
    expect(evaluate(world({ start: 'allow' }), request(tool)).effect).toBe('allow');
    expect(evaluate(world({ start: 'allow', servers }), request(tool))).toMatchObject({
      effect: 'ask',
      reasonCode: 'switch_server',
    });
    const tools = new Map<string, Effect>([[toolKey('files', 'read'), 'allow']]);
    expect(evaluate(world({ start: 'deny', servers, tools }), request(tool))).toMatchObject({
      effect: 'allow',
      reasonCode: 'switch_tool',
    });
  });

  it('asks for a tool that was not reviewed even when the switch says Allow (security)', () => {
    expect(evaluate(world({ start: 'allow' }), request({ ...tool, reviewed: false }))).toMatchObject({
      effect: 'ask',
      reasonCode: 'unreviewed',
    });
  });

  it('never lets a missing review widen a Block (security)', () => {
    expect(evaluate(world({ start: 'deny' }), request({ ...tool, reviewed: false })).effect).toBe('deny');
  });

  it('refuses every call while all agents or this one are paused, whatever allows', () => {
    expect(evaluate(world({ start: 'allow' }, true), request(tool))).toMatchObject({
      effect: 'deny',
      reasonCode: 'paused_all',
    });
    expect(evaluate(world({ start: 'allow', paused: true }), request(tool))).toMatchObject({
      effect: 'deny',
      reasonCode: 'paused_agent',
    });
  });

  it('marks exactly one step of the trace as the one that decided, the last', () => {
    fc.assert(
      fc.property(policies, (drawn) => {
        const { trace } = evaluate(build(drawn), request({ ...tool, reviewed: drawn.reviewed }));
        expect(trace.filter((step) => step.hit)).toHaveLength(1);
        expect(trace.at(-1)?.hit).toBe(true);
      }),
    );
  });

  it('is narrowed, never widened, by pausing, by a Block and by a missing review (security)', () => {
    const rank = { deny: 0, ask: 1, allow: 2 };
    fc.assert(
      fc.property(policies, (drawn) => {
        const before = rank[evaluate(build(drawn), request({ ...tool, reviewed: true })).effect];
        const rankAfter = (changed: Partial<typeof drawn>, reviewed = true) =>
          rank[evaluate(build({ ...drawn, ...changed }), request({ ...tool, reviewed })).effect];
        expect(rankAfter({ allPaused: true })).toBe(0);
        expect(rankAfter({ tool: 'deny' })).toBe(0);
        expect(rankAfter({}, false)).toBeLessThanOrEqual(before);
      }),
    );
  });

  it('lists a tool exactly when some call of it could pass once nothing is paused', () => {
    fc.assert(
      fc.property(policies, (drawn) => {
        const subject = { ...tool, reviewed: drawn.reviewed };
        const unpaused = build({ ...drawn, paused: false, allPaused: false });
        expect(isListed(build(drawn), 'a', subject)).toBe(evaluate(unpaused, request(subject)).effect !== 'deny');
      }),
    );
  });
});
