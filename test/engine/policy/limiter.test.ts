import { describe, expect, it } from 'vitest';
import { Limiter } from '../../../electron/engine/pipeline/limiter.ts';
import type { StoreWriter } from '../../../electron/engine/store/contract.ts';
import { makeStore } from '../store/samples.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const perHour = { agent: { count: 3, per: 'h' as const }, tool: null };
const hour = 3_600_000;

function makeLimiter(store: Pick<StoreWriter, 'limitBuckets' | 'putBuckets'>, now = 0) {
  return new Limiter({ store, log, now: () => now });
}

describe('the limiter', () => {
  it('refills over a restart only what the time allows (security)', () => {
    const store = makeStore();
    const first = makeLimiter(store);
    for (let call = 0; call < 3; call += 1) expect(first.take('a', 't', perHour, 0).ok).toBe(true);
    expect(first.take('a', 't', perHour, 0)).toEqual({ ok: false, retryAfterMs: hour / 3 });
    first.close();

    const second = makeLimiter(store, hour / 3);
    expect(second.take('a', 't', perHour, hour / 3).ok).toBe(true);
    expect(second.take('a', 't', perHour, hour / 3).ok).toBe(false);
  });

  it('grants nothing more after a process was killed in the middle of a second (security)', () => {
    const store = makeStore();
    const limit = { agent: { count: 60, per: 'min' as const }, tool: null };
    const first = makeLimiter(store);
    for (let call = 0; call < 60; call += 1) expect(first.take('a', 't', limit, 0).ok).toBe(true);
    // nothing was flushed: what follows knows only what was written before the first token went

    const second = makeLimiter(store, 500);
    expect(second.take('a', 't', limit, 500).ok).toBe(false);
    expect(second.take('a', 't', limit, 1_900).ok).toBe(false);
    expect(second.take('a', 't', limit, 2_000).ok).toBe(true);
    expect(second.take('a', 't', limit, 2_000).ok).toBe(false);
  });

  it('takes nothing that cannot be written down before (security)', () => {
    const broken = {
      limitBuckets: () => new Map(),
      putBuckets: () => {
        throw new Error('disk full');
      },
    };
    expect(makeLimiter(broken).take('a', 't', perHour, 0).ok).toBe(false);
  });

  it('refuses limited calls while what was taken cannot be written down, and goes on once it can (security)', () => {
    let isBroken = false;
    const store = {
      limitBuckets: () => new Map(),
      putBuckets: () => {
        if (isBroken) throw new Error('disk full');
      },
    };
    const limiter = makeLimiter(store);
    expect(limiter.take('a', 't', perHour, 0).ok).toBe(true);
    isBroken = true;
    expect(limiter.flush()).toBe(false);
    expect(limiter.take('a', 't', perHour, 0).ok).toBe(false);
    expect(limiter.take('b', 't', { agent: null, tool: null }, 0).ok).toBe(true);
    isBroken = false;
    expect(limiter.take('a', 't', perHour, 0).ok).toBe(true);
  });

  it('takes from every bucket or from none', () => {
    const limiter = makeLimiter(makeStore());
    const limits = { agent: { count: 5, per: 'h' as const }, tool: { count: 1, per: 'h' as const } };
    expect(limiter.take('a', 't', limits, 0).ok).toBe(true);
    expect(limiter.take('a', 't', limits, 0).ok).toBe(false);
    expect(limiter.remaining('a', limits.agent, 0)).toBe(4);
    const rules = [
      { id: 'wide', limit: { count: 5, per: 'h' as const } },
      { id: 'narrow', limit: { count: 1, per: 'h' as const } },
    ];
    expect(limiter.takeRules(rules, 0).ok).toBe(true);
    expect(limiter.takeRules(rules, 0).ok).toBe(false);
    expect(limiter.remainingOfRule('wide', { count: 5, per: 'h' }, 0)).toBe(4);
    expect(limiter.states('a', limits, rules, 0).map(({ scope, remaining }) => [scope, remaining])).toEqual([
      ['agent', 4],
      ['tool', 0],
      ['rule', 4],
      ['rule', 0],
    ]);
  });

  it('keeps agents, tools and rules of the same name apart', () => {
    const limiter = makeLimiter(makeStore());
    const one = { count: 1, per: 'h' as const };
    expect(limiter.take('x', 'x', { agent: one, tool: one }, 0).ok).toBe(true);
    expect(limiter.takeRules([{ id: 'x', limit: one }], 0).ok).toBe(true);
    expect(limiter.take('y', 'x', { agent: one, tool: one }, 0).ok).toBe(true);
  });

  it('forgets the buckets of one agent or rule only, also on disk', () => {
    const store = makeStore();
    const limiter = makeLimiter(store);
    limiter.take('a', 't', perHour, 0);
    limiter.take('ab', 't', perHour, 0);
    limiter.flush();
    limiter.reset('a');
    limiter.flush();
    expect([...store.limitBuckets().keys()]).toHaveLength(1);
    expect(limiter.remaining('ab', perHour.agent, 0)).toBe(2);
  });
});
