import { describe, expect, it } from 'vitest';
import type { PolicyView, Replay, Rule } from '../../../../electron/shared/index.ts';
import { parseLoop, startsOf } from '../../../../renderer/features/policy/agent-settings.ts';
import { placeOf } from '../../../../renderer/features/policy/place-of-step.ts';
import { groupPolicy } from '../../../../renderer/features/policy/policy-words.ts';
import { sumUp } from '../../../../renderer/features/policy/sum-up-replay.ts';
import { findOffset } from '../../../../renderer/features/policy/text-position.ts';

const rule = (id: string, effect: Rule['effect'], name = id): PolicyView['rules'][number] => ({
  rule: {
    id,
    name,
    enabled: true,
    effect,
    agent: '*',
    server: 'github',
    tool: '*',
    conditions: [],
    limit: null,
    expiresAt: null,
  },
  state: 'active',
  sentence: `When any agent calls any tool of github → ${effect}`,
  confirmedAt: 1,
  suspendedFor: [],
  limitRemaining: null,
});

const view: PolicyView = {
  version: 1,
  rules: [rule('z', 'allow'), rule('b', 'deny'), rule('a', 'deny'), rule('q', 'ask', 'Look first')],
  never: [{ entry: { id: 'n', name: 'N', server: '*', tool: 'delete_*', conditions: [] }, sentence: 'Never delete_*' }],
  riskOverrides: [],
  agents: [{ agentId: 'agent-1', settings: { preset: 'observe', loop: null, flowGuard: true } }],
  faults: [{ ruleId: 'z', message: 'Its pattern cannot be used.', at: 1 }],
  lint: [{ kind: 'shadowed', ruleId: 'z', message: 'Blocked before.', byRuleId: 'a' }],
  replayDays: 0,
  replayCalls: 0,
};
const groups = (query = '') =>
  groupPolicy(view, (id) => id, 0, query).map(({ id, lines }) => [id, lines.map((line) => line.id)]);

describe('the list of rules', () => {
  it('stands by what rules do, from the strongest down, and not by any order of their own', () => {
    expect(groups()).toEqual([
      ['never', ['n']],
      ['deny', ['a', 'b']],
      ['ask', ['q']],
      ['allow', ['z']],
    ]);
  });

  it('finds a rule by its name and by its sentence, and leaves empty groups out', () => {
    expect(groups('look')).toEqual([['ask', ['q']]]);
    expect(groups('delete_')).toEqual([['never', ['n']]]);
    expect(groups('no such')).toEqual([]);
  });

  it('says at the rule what is wrong with it', () => {
    const line = groupPolicy(view, (id) => id, 0)[3]?.lines[0];
    expect(line).toMatchObject({ fault: 'Its pattern cannot be used.', findings: [{ kind: 'shadowed' }] });
  });
});

describe('what would change, in words', () => {
  const replay: Replay = {
    days: 7,
    calls: 212,
    truncated: false,
    matched: 14,
    nowAllowed: 0,
    nowAsked: 1,
    nowBlocked: 2,
    unknown: 0,
    changed: [],
    matchedCalls: [],
  };

  it('counts what matches and what would be decided otherwise', () => {
    expect(sumUp(replay)).toBe('Of 212 calls it matches 14. 2 would now be blocked, 1 would now ask you.');
    expect(sumUp({ ...replay, nowAsked: 0, nowBlocked: 0 })).toContain('None would be decided otherwise.');
    expect(sumUp({ ...replay, matched: 0, nowAsked: 0, nowBlocked: 0 })).toBe('Of 212 calls it matches none.');
    expect(sumUp({ ...replay, calls: 0 })).toBe('There was no call in this time.');
  });
});

describe('a step of a decision', () => {
  const place = (step: string, hit: boolean, ruleId?: string) =>
    placeOf({ step, hit, text: '', ...(ruleId && { ruleId }) } as never, 'agent-1', 'github')?.href ?? null;

  it('leads to the rule, switch, grant or review it speaks of', () => {
    expect(place('block-rules', true, 'a')).toBe('/policy/rule/a');
    expect(place('never-list', true, 'n')).toBe('/policy/rule/n');
    expect(place('switch', true)).toBe('/agents/agent-1');
    expect(place('grant', true)).toBe('/agents/agent-1');
    expect(place('review', true)).toBe('/servers/github');
    expect(place('switch', false)).toBeNull();
    expect(place('kill-switch', true)).toBeNull();
  });
});

describe('what policy holds of an agent', () => {
  it('gives the tiers of its preset, and nothing without one', () => {
    expect(startsOf(view, 'agent-1')).toMatchObject({ read: 'allow', write: 'deny' });
    expect(startsOf(view, 'other')).toBeNull();
    expect(startsOf(undefined, 'agent-1')).toBeNull();
  });

  it('reads a loop limit from two numbers, and off from none', () => {
    expect(parseLoop('5', ' 10 ')).toEqual({ ok: true, loop: { count: 5, seconds: 10 } });
    expect(parseLoop('', '')).toEqual({ ok: true, loop: null });
    for (const [count, seconds] of [
      ['1', '10'],
      ['5', ''],
      ['', '3'],
      ['5', '99999'],
      ['x', '1'],
    ] as const) {
      expect(parseLoop(count, seconds)).toMatchObject({ ok: false });
    }
  });
});

describe('a place in a text', () => {
  it('is found by line and column, or is its end', () => {
    expect(findOffset('ab\ncd\n', 2, 2)).toBe(4);
    expect(findOffset('ab', 1, 99)).toBe(2);
    expect(findOffset('ab', 9, 1)).toBe(2);
    expect(findOffset('ab', 1, 0)).toBe(0);
  });
});
