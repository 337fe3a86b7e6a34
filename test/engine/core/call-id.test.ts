import { describe, expect, it } from 'vitest';
import { makeCallId } from '../../../electron/engine/core/call-id.ts';

describe('the id of a call', () => {
  it('is a UUID of version 7 and sorts by when it was made, also when the clock stands still or goes back', () => {
    const start = 1_800_000_000_000;
    const times = Array.from({ length: 10_000 }, (_, i) =>
      i === 5_000 ? start - 60_000 : start + Math.floor(i / 6_000),
    );
    const ids = times.map(makeCallId);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
    expect(ids[0]?.startsWith('01a3185c-5000')).toBe(true);
  });
});
