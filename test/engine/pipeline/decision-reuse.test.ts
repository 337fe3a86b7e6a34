import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../../electron/engine/core/compile-policy.ts';
import type { PolicyWorld } from '../../../electron/engine/core/evaluate.ts';
import type { ResolvedCall, ResolvedTool } from '../../../electron/engine/core/stages.ts';
import { CallGuards } from '../../../electron/engine/pipeline/call-guards.ts';
import type { Rule } from '../../../electron/shared/index.ts';
import { makeExchange } from '../../helpers/exchange.ts';

const tool: ResolvedTool = {
  ...{ kind: 'tool', serverId: 's', serverName: 'S', name: 'read', exposedName: 's__read' },
  ...{ definition: { name: 'read', inputSchema: { type: 'object' } }, definitionHash: 'h', reviewed: true },
  risk: { tier: 'read', reasons: [] },
};

function makeRule(own: Partial<Rule>): Rule {
  const scope = { agent: '*', server: '*', tool: '*' };
  return {
    id: 'r',
    name: 'R',
    enabled: true,
    effect: 'deny',
    ...scope,
    conditions: [],
    limit: null,
    expiresAt: null,
    ...own,
  };
}

function makeWorld(rules: Rule[], paused = false): PolicyWorld {
  const switches = { paused: false, tools: new Map(), servers: new Map(), start: 'allow' as const };
  const stored = rules.map((rule) => ({ rule, confirmedAt: 0 }));
  return {
    version: 1,
    paused,
    agents: new Map([['a', switches]]),
    rules: compilePolicy({ rules: stored, never: [], broken: [], grants: [] }, 0),
  };
}

/** Guards on a clock and a world that a test moves. */
function makeScene(world: PolicyWorld) {
  const scene = { world, now: 1_000 };
  const guards = new CallGuards({
    keeper: { keep: () => {} } as never,
    limiter: {} as never,
    world: () => scene.world,
    settingsOf: () => ({ preset: null, loop: null, flowGuard: false }),
    identitiesOf: () => [],
    folderOf: () => null,
    suspect: () => null,
    now: () => scene.now,
  });
  const call: ResolvedCall = {
    ...{ id: 'c', at: 1_000, exchange: makeExchange(), tool, arguments: { path: 'a' }, otherParams: {}, params: {} },
    ...{ argumentsDigest: 'd', subject: '', risk: { tier: 'read', reasons: [] } },
  };
  return { scene, guards, call };
}

describe('a call that is decided several times on its way', () => {
  it('keeps its decision while nothing it was made from has changed', () => {
    const { guards, call } = makeScene(makeWorld([makeRule({ effect: 'ask' })]));
    const first = guards.decide(call);
    expect(first.effect).toBe('ask');
    expect(guards.decide({ ...call })).toBe(first);
  });

  it('is decided anew when policy is another (security)', () => {
    const { scene, guards, call } = makeScene(makeWorld([]));
    expect(guards.decide(call).effect).toBe('allow');
    scene.world = makeWorld([makeRule({})]);
    expect(guards.decide(call).effect).toBe('deny');
    scene.world = makeWorld([], true);
    expect(guards.decide(call).reasonCode).toBe('paused_all');
  });

  it('is decided anew when a rule has ended in between (security)', () => {
    const { scene, guards, call } = makeScene(makeWorld([makeRule({ effect: 'allow', expiresAt: 2_000 })]));
    const first = guards.decide(call);
    expect(first.reasonCode).toBe('rule_allow');
    scene.now = 1_999;
    expect(guards.decide(call)).toBe(first);
    scene.now = 2_000;
    expect(guards.decide(call).reasonCode).toBe('switch_agent');
  });

  it('is decided anew when the clock went back (security)', () => {
    const { scene, guards, call } = makeScene(makeWorld([makeRule({ expiresAt: 900 })]));
    expect(guards.decide(call).effect).toBe('allow');
    scene.now = 800;
    expect(guards.decide(call).effect).toBe('deny');
  });

  it('is decided anew with other arguments or another definition (security)', () => {
    const condition = { argument: 'path', op: 'startsWith', value: 'b' } as const;
    const { guards, call } = makeScene(makeWorld([makeRule({ conditions: [condition] })]));
    expect(guards.decide(call).effect).toBe('allow');
    expect(guards.decide({ ...call, arguments: { path: 'b' } }).effect).toBe('deny');
    expect(guards.decide({ ...call, tool: { ...tool, reviewed: false } }).reasonCode).toBe('unreviewed');
  });
});
