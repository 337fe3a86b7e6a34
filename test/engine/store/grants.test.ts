import { describe, expect, it } from 'vitest';
import type { Effect, GrantChange } from '../../../electron/shared/index.ts';
import { makeStore } from './samples.ts';

const change = (agentId: string, serverId: string, toolName: string, effect: Effect | null): GrantChange => ({
  agentId,
  serverId,
  toolName,
  effect,
});

describe('switches in the store', () => {
  it('are set, changed and removed', () => {
    const store = makeStore();
    store.putGrants([change('a', 'files', 'read', 'allow'), change('a', '*', '*', 'ask')], 1);
    store.putGrants([change('a', 'files', 'read', 'deny'), change('a', '*', '*', null)], 2);
    expect(store.grants()).toEqual([{ ...change('a', 'files', 'read', 'deny'), updatedAt: 2 }]);
  });

  it('return what undoes a change', () => {
    const store = makeStore();
    store.putGrants([change('a', 'files', 'read', 'allow'), change('*', 'files', '*', 'ask')], 1);
    const before = store.grants();
    const previous = store.putGrants(
      [
        change('a', 'files', 'read', 'deny'),
        change('a', 'files', 'write', 'allow'),
        change('*', 'files', '*', null),
        change('a', 'files', 'read', null),
      ],
      1,
    );
    expect(previous).toEqual([
      change('a', 'files', 'read', 'allow'),
      change('a', 'files', 'write', null),
      change('*', 'files', '*', 'ask'),
    ]);
    store.putGrants(previous, 1);
    expect(store.grants()).toEqual(before);
  });

  it('change all together or not at all (security)', () => {
    const store = makeStore();
    const changes = [change('a', 'files', 'read', 'allow'), change('a', '*', 'read', 'allow')];
    expect(() => store.putGrants(changes, 1)).toThrow(/CHECK/);
    expect(store.grants()).toEqual([]);
  });
});
