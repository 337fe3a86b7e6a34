import { describe, expect, it } from 'vitest';
import { mergeCalls } from '../../../renderer/state/merge-calls.ts';
import { fc } from '../../helpers/property.ts';
import { makeCall } from '../fake-channel.ts';

const ids = (calls: readonly { id: string }[]) => calls.map((call) => call.id);

describe('mergeCalls', () => {
  const list = [makeCall({ id: 'c', at: 3 }), makeCall({ id: 'b', at: 2 }), makeCall({ id: 'a', at: 1 })];

  it('puts new calls on top, the latest first', () => {
    const merged = mergeCalls(list, [makeCall({ id: 'd', at: 4 }), makeCall({ id: 'e', at: 5 })], 10);
    expect(ids(merged)).toEqual(['e', 'd', 'c', 'b', 'a']);
  });

  it('puts the later told of two calls of the same moment above', () => {
    const merged = mergeCalls(list, [makeCall({ id: 'd', at: 3 }), makeCall({ id: 'e', at: 3 })], 10);
    expect(ids(merged)).toEqual(['e', 'd', 'c', 'b', 'a']);
  });

  it('replaces a known call where it stands', () => {
    const merged = mergeCalls(list, [makeCall({ id: 'b', at: 2, outcome: 'denied' })], 10);
    expect(ids(merged)).toEqual(['c', 'b', 'a']);
    expect(merged[1]?.outcome).toBe('denied');
  });

  it('keeps the last word on a call told twice', () => {
    const changes = [makeCall({ id: 'd', at: 4, status: 'running' }), makeCall({ id: 'd', at: 4, status: 'settled' })];
    expect(mergeCalls(list, changes, 10)[0]?.status).toBe('settled');
  });

  it('puts a late call at its time, not on top', () => {
    expect(ids(mergeCalls(list, [makeCall({ id: 'x', at: 1.5 })], 10))).toEqual(['c', 'b', 'x', 'a']);
    expect(ids(mergeCalls(list, [makeCall({ id: 'x', at: 0 })], 10))).toEqual(['c', 'b', 'a', 'x']);
  });

  it('drops the oldest beyond the limit', () => {
    expect(ids(mergeCalls(list, [makeCall({ id: 'd', at: 4 })], 3))).toEqual(['d', 'c', 'b']);
  });

  it('never moves a call that is there and keeps every call once, whatever comes', () => {
    const change = fc.record({ id: fc.constantFrom(...'abcdefgh'), at: fc.integer({ min: 0, max: 9 }) });
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const merged = mergeCalls(list, changes.map(makeCall), 100);
        const kept = ids(merged).filter((id) => 'abc'.includes(id));
        expect(kept).toEqual(['c', 'b', 'a']);
        expect(new Set(ids(merged)).size).toBe(merged.length);
      }),
    );
  });
});
