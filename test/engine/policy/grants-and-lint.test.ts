import { describe, expect, it } from 'vitest';
import { compilePolicy, type PolicySource } from '../../../electron/engine/core/compile-policy.ts';
import { type AccessRequest, evaluate, isListed, type PolicyWorld } from '../../../electron/engine/core/evaluate.ts';
import { lintRules } from '../../../electron/engine/core/lint-rules.ts';
import type { PolicyBook } from '../../../electron/engine/core/policy-book.ts';
import type { LiveGrant, NeverEntry, RiskTier, Rule } from '../../../electron/shared/index.ts';

function world(source: Partial<PolicySource>): PolicyWorld {
  return {
    version: 1,
    paused: false,
    agents: new Map([['a', { paused: false, tools: new Map(), servers: new Map(), start: null }]]),
    rules: compilePolicy({ rules: [], never: [], broken: [], grants: [], ...source }, 0),
  };
}

function request(args: AccessRequest['arguments'], tier: RiskTier = 'write', digest = 'd'): AccessRequest {
  return {
    agentId: 'a',
    tool: { serverId: 's', name: 't', reviewed: true, risk: { tier: 'write', reasons: [] } },
    arguments: args,
    argumentsDigest: digest,
    risk: { tier, reasons: [] },
    at: 100,
  };
}

function grant(match: LiveGrant['match'], more: Partial<LiveGrant> = {}): LiveGrant {
  return {
    id: 'g',
    agentId: 'a',
    serverId: 's',
    tool: 't',
    match,
    expiresAt: null,
    untilQuit: false,
    usesLeft: null,
    createdAt: 0,
    approvalId: null,
    sentence: 'this',
    ...more,
  };
}

const decide = (one: LiveGrant, asked: AccessRequest) => evaluate(world({ grants: [one] }), asked).effect;

describe('a remembered approval', () => {
  it('is good for exactly its arguments, agent and tool (security)', () => {
    const exact = grant({ kind: 'exact', argumentsDigest: 'd' });
    expect(decide(exact, request({}))).toBe('allow');
    expect(decide(exact, request({}, 'write', 'other'))).toBe('deny');
    expect(decide({ ...exact, agentId: 'b' }, request({}))).toBe('deny');
    expect(decide({ ...exact, tool: 'u' }, request({}))).toBe('deny');
  });

  it('with a pattern takes no argument the person has not seen (security)', () => {
    const pattern = grant({ kind: 'pattern', equals: { repo: 'acme/app' }, free: ['title'], conditions: [] });
    expect(decide(pattern, request({ repo: 'acme/app', title: 'x' }))).toBe('allow');
    expect(decide(pattern, request({ repo: 'acme/app' }))).toBe('allow');
    expect(decide(pattern, request({ repo: 'acme/docs', title: 'x' }))).toBe('deny');
    expect(decide(pattern, request({ title: 'x' }))).toBe('deny');
    expect(decide(pattern, request({ repo: 'acme/app', force: true }))).toBe('deny');
  });

  it('for any arguments does not cover arguments that raise the tier (security)', () => {
    expect(decide(grant({ kind: 'any' }), request({}))).toBe('allow');
    expect(decide(grant({ kind: 'any' }), request({ path: '~/.ssh/id_rsa' }, 'secret'))).toBe('deny');
  });

  it('ends with its time, its uses, and when its tool becomes more dangerous (security)', () => {
    const any = { kind: 'any' } as const;
    expect(decide(grant(any, { expiresAt: 100 }), request({}))).toBe('deny');
    expect(decide(grant(any, { expiresAt: 101 }), request({}))).toBe('allow');
    expect(decide(grant(any, { usesLeft: 0 }), request({}))).toBe('deny');
    const risen = request({});
    expect(decide(grant(any), { ...risen, tool: { ...risen.tool, tierRoseAt: 50 } })).toBe('deny');
  });

  it('never survives a Block, a review or a suspicion (security)', () => {
    const any = grant({ kind: 'any' });
    const block = { rule: makeRule('b', { effect: 'deny' }), confirmedAt: 0 };
    expect(evaluate(world({ grants: [any], rules: [block] }), request({})).effect).toBe('deny');
    const asked = request({});
    expect(decide(any, { ...asked, tool: { ...asked.tool, reviewed: false } })).toBe('ask');
    expect(decide(any, { ...asked, suspicions: { loop: null, flow: 'why' } })).toBe('ask');
  });
});

function makeRule(id: string, more: Partial<Rule> = {}): Rule {
  return {
    id,
    name: id,
    enabled: true,
    effect: 'allow',
    agent: 'a',
    server: 's',
    tool: 't',
    conditions: [],
    limit: null,
    expiresAt: null,
    ...more,
  };
}

describe('policy in doubt', () => {
  it('blocks what a rule that does not compile may have been about, and says so (security)', () => {
    const bad = makeRule('bad', { conditions: [{ argument: 'x', op: 'matches', value: '(' }] });
    const open = { rule: makeRule('open'), confirmedAt: 0 };
    const policy = world({ rules: [open, { rule: bad, confirmedAt: 0 }] });
    expect(evaluate(policy, request({})).effect).toBe('deny');
    expect(policy.rules.faults).toMatchObject([{ ruleId: 'bad' }]);
    expect(isListed(policy, 'a', { serverId: 's', name: 't', reviewed: true })).toBe(false);
  });

  it('blocks when the evaluation itself fails (security)', () => {
    const policy = world({});
    const broken: PolicyWorld = {
      ...policy,
      rules: {
        ...policy.rules,
        candidates: () => {
          throw new Error('bug');
        },
      },
    };
    expect(evaluate(broken, request({}))).toMatchObject({ effect: 'deny', reasonCode: 'policy_fault' });
  });

  it('has no answer but Block when nothing matches: no match is no permission (security)', () => {
    const narrow = { rule: makeRule('n', { conditions: [{ argument: 'x', op: 'is', value: 1 }] }), confirmedAt: 0 };
    expect(evaluate(world({ rules: [narrow] }), request({ x: 2 })).effect).toBe('deny');
  });

  it('decides on a meta-tool’s own arguments, so that one rule for it is not a rule for all (security)', () => {
    const condition = { argument: 'tool', op: 'is', value: 'read_file' } as const;
    const meta = { rule: makeRule('meta', { tool: 'call_tool', conditions: [condition] }), confirmedAt: 0 };
    const asked = request({ tool: 'delete_file' });
    expect(evaluate(world({ rules: [meta] }), { ...asked, tool: { ...asked.tool, name: 'call_tool' } }).effect).toBe(
      'deny',
    );
  });

  it('hides a tool only for good: a Block that ends hides nothing', () => {
    const subject = { serverId: 's', name: 't', reviewed: true };
    const open = { rule: makeRule('open'), confirmedAt: 0 };
    const blockUntil = (expiresAt: number | null) => ({
      rule: makeRule('block', { effect: 'deny', expiresAt }),
      confirmedAt: 0,
    });
    expect(isListed(world({ rules: [open, blockUntil(500)] }), 'a', subject)).toBe(true);
    expect(isListed(world({ rules: [open, blockUntil(null)] }), 'a', subject)).toBe(false);
  });
});

describe('lint', () => {
  const known = {
    agents: new Set(['a']),
    servers: ['s'],
    tools: [
      { serverId: 's', name: 't', tierRoseAt: null },
      { serverId: 's', name: 'read_file', tierRoseAt: 50 },
    ],
    now: 100,
  };
  const find = (rules: Rule[], never: NeverEntry[] = []) => {
    const book: PolicyBook = {
      rules: new Map(rules.map((rule) => [rule.id, { rule, confirmedAt: 10 }])),
      never: new Map(never.map((entry) => [entry.id, entry])),
      broken: [],
      risks: new Map(),
      agents: new Map(),
    };
    return lintRules(book, known).map(({ kind, ruleId }) => `${kind} ${ruleId}`);
  };
  const is = (value: string) => ({ argument: 'x', op: 'is', value }) as const;

  it.each<[string, Partial<Rule>, string]>([
    ['an agent that is gone', { agent: 'gone' }, 'dead'],
    ['a server that does not exist', { server: 'nowhere' }, 'dead'],
    ['a tool that does not exist', { tool: 'delete_*' }, 'dead'],
    ['conditions that exclude each other', { conditions: [is('a'), is('b')] }, 'dead'],
    [
      'a value its own pattern refuses',
      { conditions: [is('a'), { argument: 'x', op: 'startsWith', value: 'b' }] },
      'dead',
    ],
    [
      'numbers that cross',
      {
        conditions: [
          { argument: 'n', op: 'numberAtLeast', value: 5 },
          { argument: 'n', op: 'numberAtMost', value: 4 },
        ],
      },
      'dead',
    ],
    ['absent and yet something', { conditions: [{ argument: 'x', op: 'isAbsent' }, is('a')] }, 'dead'],
    ['an end that has passed', { expiresAt: 99 }, 'expired'],
    ['a tool that has become more dangerous', { tool: 'read_file' }, 'suspended'],
    ['everything allowed', { agent: '*', tool: '*', effect: 'allow' }, 'suspended'],
  ])('finds %s', (_what, more, kind) => {
    expect(find([makeRule('r', more)])).toEqual([`${kind} r`]);
  });

  it('finds rules another always decides before', () => {
    const block = makeRule('block', { effect: 'deny', agent: '*', tool: '*' });
    expect(find([makeRule('allow'), block])).toEqual(['shadowed allow']);
    expect(find([makeRule('allow', { conditions: [is('a')] }), { ...block, conditions: [is('a')] }])).toEqual([
      'shadowed allow',
    ]);
    const never = { id: 'never', name: 'Never', server: '*', tool: '*', conditions: [] };
    expect(find([makeRule('allow')], [never])).toEqual(['shadowed allow']);
  });

  it('finds rules that say the opposite about the very same calls, in whatever order their conditions stand', () => {
    const both = [is('a'), { argument: 'y', op: 'isPresent' } as const];
    const allow = makeRule('allow', { conditions: both });
    const block = makeRule('block', { effect: 'deny', conditions: [...both].reverse() });
    expect(find([allow, block])).toEqual(['contradictory allow']);
    expect(find([block, allow])).toEqual(['contradictory allow']);
    expect(find([makeRule('allow'), makeRule('ask', { effect: 'ask', expiresAt: 200 })])).toEqual([
      'contradictory allow',
    ]);
    expect(find([allow, { ...block, expiresAt: 99 }])).toEqual(['expired block']);
    expect(find([allow, { ...block, enabled: false }])).toEqual([]);
    expect(find([makeRule('one'), makeRule('two')])).toEqual([]);
  });

  it('finds nothing in rules that work', () => {
    expect(find([makeRule('allow'), makeRule('block', { effect: 'deny', conditions: [is('a')] })])).toEqual([]);
  });
});
