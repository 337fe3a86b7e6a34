import { describe, expect, it } from 'vitest';
import { makeFolder, makeStore } from './samples.ts';

describe('the state of the whole engine', () => {
  it('counts policy versions up, also over a restart', () => {
    const folder = makeFolder();
    const store = makeStore(folder);
    const first = store.policyVersion();
    expect(store.bumpPolicyVersion()).toBe(first + 1);
    store.close();
    const again = makeStore(folder);
    expect(again.policyVersion()).toBe(first + 1);
    expect(again.bumpPolicyVersion()).toBe(first + 2);
  });

  it('keeps the kill switch on over a restart (security)', () => {
    const folder = makeFolder();
    const store = makeStore(folder);
    expect(store.flag('paused')).toBe(false);
    store.setFlag('paused', true);
    store.close();
    const again = makeStore(folder);
    expect(again.flag('paused')).toBe(true);
    again.setFlag('paused', false);
    expect(again.flag('paused')).toBe(false);
  });
});
