import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { Continuations } from '../../../electron/engine/downstream/continuations.ts';
import { one, two } from './support.ts';

const binding = { agent: one, scope: null, method: 'tools/call', params: { name: 'a', arguments: { b: 1, a: [1.5] } } };

function create(limits = { parkedPerAgent: 2, parkedOverall: 3 }, key = createSecretKey(randomBytes(32))) {
  const clock = { time: 1_000_000 };
  const table = new Continuations({ now: () => clock.time }, key, limits);
  const park = (who = binding, ttlMs = 60_000) => {
    const parked = { expire: vi.fn() };
    return { parked, state: table.park(who, parked, ttlMs) };
  };
  return { table, park, clock };
}

describe('Continuations', () => {
  it('gives back what was parked, whatever order the members of the retry have and whatever stands in _meta', () => {
    const { table, park } = create();
    const { parked, state } = park();
    const params = {
      requestState: state,
      _meta: { x: 1 },
      arguments: { a: [1.5], b: 1 },
      inputResponses: {},
      name: 'a',
    };
    expect(table.take({ ...binding, params }, state ?? '')).toBe(parked);
    expect(table.size).toBe(0);
    expect(parked.expire).not.toHaveBeenCalled();
  });

  it('bounds what waits, for one agent and for all (security)', () => {
    const { table, park } = create();
    const states = [park(), park(), park()].map(({ state }) => state);
    expect(states[2]).toBeNull();
    const other = { ...binding, agent: two };
    expect([park(other).state === null, park(other).state === null]).toEqual([false, true]);
    expect(table.take(binding, states[0] ?? '')).not.toBeNull();
    expect(park(other).state).not.toBeNull();
  });

  it('takes nothing once its time is over, whatever the timers do (security)', () => {
    const { table, park, clock } = create();
    const { state } = park();
    clock.time += 60_000;
    expect(table.take(binding, state ?? '')).toBeNull();
  });

  it('tells what waits when its time is over', async () => {
    const { table, park } = create();
    const { parked } = park(binding, 5);
    await vi.waitFor(() => expect(parked.expire).toHaveBeenCalledOnce());
    expect(table.size).toBe(0);
  });

  it('takes no state of another run, even under the same key (security)', () => {
    const key = createSecretKey(randomBytes(32));
    const { state } = create(undefined, key).park();
    expect(create(undefined, key).table.take(binding, state ?? '')).toBeNull();
  });

  it('does not take a state with one changed character, wherever it is (security)', () => {
    const { table, park } = create();
    const { state } = park();
    const text = state ?? '';
    for (let i = 0; i < text.length; i++) {
      for (const other of 'AB.9') {
        if (other !== text[i]) expect(table.take(binding, text.slice(0, i) + other + text.slice(i + 1))).toBeNull();
      }
    }
    expect(table.take(binding, text)).not.toBeNull();
  });

  it('ends all of one agent and of nobody else', () => {
    const { table, park } = create();
    const [mine, theirs] = [park(), park({ ...binding, agent: two })];
    table.endAgent(one.id);
    expect([mine.parked.expire.mock.calls.length, theirs.parked.expire.mock.calls.length]).toEqual([1, 0]);
    table.endAll();
    expect(theirs.parked.expire).toHaveBeenCalledOnce();
  });
});
