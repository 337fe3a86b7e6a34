import { describe, expect, it } from 'vitest';
import { evaluate, isListed } from '../../../electron/engine/core/evaluate.ts';
import { fc } from '../../helpers/property.ts';
import { interpret } from './naive-interpreter.ts';
import { requests, toRequest, toWorld, worlds } from './random-policy.ts';

const slow = 600_000;
/** Each world is asked several times; SCOPEGATE_POLICY_REQUESTS=1000000 for the long comparison. */
const requestsPerWorld = 20;
const total = Number(process.env.SCOPEGATE_POLICY_REQUESTS ?? 100_000);
const options = { numRuns: Math.ceil(total / requestsPerWorld) };
const asked = fc.array(requests, { minLength: requestsPerWorld, maxLength: requestsPerWorld });

const rank = { deny: 0, ask: 1, allow: 2 };

describe('the evaluator', { timeout: slow }, () => {
  it('decides as an interpreter written from the document alone, on random policies and calls (security)', () => {
    const seen = { deny: 0, ask: 0, allow: 0 };
    fc.assert(
      fc.property(worlds, asked, (world, calls) => {
        for (const call of calls) {
          const decision = evaluate(toWorld(world, call), toRequest(call));
          const expected = interpret(world, call);
          seen[decision.effect] += 1;
          if (decision.effect !== expected)
            expect.fail(`${decision.effect} instead of ${expected}: ${JSON.stringify({ world, call, decision })}`);
        }
      }),
      options,
    );
    // the comparison is worth something only when every answer came up often
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(total / 20);
  });

  const few = { numRuns: 3_000 };

  it('answers every call, and the deciding step is the last of the trace', () => {
    fc.assert(
      fc.property(worlds, requests, (world, call) => {
        const decision = evaluate(toWorld(world, call), toRequest(call));
        expect(Object.keys(rank)).toContain(decision.effect);
        expect(decision.trace.at(-1)?.hit).toBe(true);
        expect(decision.reasonCode).not.toBe('policy_fault');
      }),
      few,
    );
  });

  it('is never widened by one more Block, as a rule or on the never-list (security)', () => {
    fc.assert(
      fc.property(worlds, worlds, requests, (world, other, call) => {
        const before = rank[evaluate(toWorld(world, call), toRequest(call)).effect];
        for (const { rule, confirmedAt } of other.rules) {
          const block = { rule: { ...rule, id: `${rule.id}-new`, effect: 'deny' as const }, confirmedAt };
          const after = evaluate(toWorld({ ...world, rules: [...world.rules, block] }, call), toRequest(call));
          expect(rank[after.effect]).toBeLessThanOrEqual(before);
        }
        const never = [...world.never, ...other.never.map((entry) => ({ ...entry, id: `${entry.id}-new` }))];
        const after = evaluate(toWorld({ ...world, never }, call), toRequest(call));
        expect(rank[after.effect]).toBeLessThanOrEqual(before);
      }),
      few,
    );
  });

  it('keeps every Block of the first two steps whatever Allow rules and grants are added (security)', () => {
    const early = new Set(['paused_all', 'paused_agent', 'never', 'rule_deny', 'own_block']);
    fc.assert(
      fc.property(worlds, worlds, requests, (world, other, call) => {
        const before = evaluate(toWorld(world, call), toRequest(call));
        fc.pre(early.has(before.reasonCode));
        const allows = other.rules.map(({ rule, confirmedAt }) => ({
          rule: { ...rule, id: `${rule.id}-new`, effect: 'allow' as const },
          confirmedAt,
        }));
        const more = {
          ...world,
          rules: [...world.rules, ...allows],
          grants: [...world.grants, ...other.grants],
        };
        expect(evaluate(toWorld(more, call), toRequest(call)).effect).toBe('deny');
      }),
      few,
    );
  });

  it('says the same, word for word, in whatever order the rules stand', () => {
    fc.assert(
      fc.property(worlds, requests, fc.infiniteStream(fc.nat()), (world, call, dice) => {
        const before = evaluate(toWorld(world, call), toRequest(call));
        const shuffled = world.rules
          .map((rule) => ({ rule, place: dice.next().value as number }))
          .sort((a, b) => a.place - b.place)
          .map(({ rule }) => rule);
        const after = evaluate(toWorld({ ...world, rules: shuffled }, call), toRequest(call));
        expect(after.effect).toBe(before.effect);
        expect(after.ruleIds).toEqual(before.ruleIds);
        expect(after.reason).toBe(before.reason);
      }),
      few,
    );
  });

  it('never hides a tool of which some call could pass', () => {
    fc.assert(
      fc.property(worlds, requests, (world, call) => {
        const awake = { ...world, paused: false, agentPaused: false };
        const policy = toWorld(awake, call);
        const request = toRequest(call);
        if (evaluate(policy, request).effect !== 'deny') expect(isListed(policy, call.agent, request.tool)).toBe(true);
      }),
      { numRuns: 10_000 },
    );
  });
});
