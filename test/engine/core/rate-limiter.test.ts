import { describe, expect, it } from 'vitest';
import { type Bucket, takeToken } from '../../../electron/engine/core/rate-limiter.ts';
import { fc } from '../../helpers/property.ts';

describe('takeToken', () => {
  it('lets a burst of the whole count through and then says when the next is due', () => {
    let bucket: Bucket | undefined;
    for (let i = 0; i < 60; i += 1) {
      const taken = takeToken({ count: 60, per: 'min' }, bucket, 1_000);
      expect(taken.ok).toBe(true);
      bucket = taken.bucket;
    }
    const refused = takeToken({ count: 60, per: 'min' }, bucket, 1_000);
    expect(refused).toMatchObject({ ok: false, retryAfterMs: 1_000 });
    expect(takeToken({ count: 60, per: 'min' }, refused.bucket, 2_000).ok).toBe(true);
  });

  it('refills nothing when the clock goes backwards (security)', () => {
    const empty: Bucket = { tokens: 0, at: 10_000 };
    expect(takeToken({ count: 10, per: 's' }, empty, 5_000).ok).toBe(false);
  });

  it('never passes more than the burst plus what time refills', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 }),
        (count, gaps) => {
          let bucket: Bucket | undefined;
          let now = 0;
          let passed = 0;
          for (const gap of gaps) {
            now += gap;
            const taken = takeToken({ count, per: 's' }, bucket, now);
            bucket = taken.bucket;
            if (taken.ok) passed += 1;
          }
          expect(passed).toBeLessThanOrEqual(count + (now / 1000) * count + 1e-6);
        },
      ),
    );
  });
});
