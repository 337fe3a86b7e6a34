import type { RateLimit } from '../../shared/index.ts';

/** State of one token bucket: tokens left at a time (milliseconds since the epoch). */
export interface Bucket {
  tokens: number;
  at: number;
}

export type Taken = { ok: true; bucket: Bucket } | { ok: false; bucket: Bucket; retryAfterMs: number };

const unitMs = { s: 1_000, min: 60_000, h: 3_600_000 } as const;

/** A token bucket with a burst of `limit.count`, refilled evenly over `limit.per`. Pure: the caller keeps the bucket. */
export function takeToken(limit: RateLimit, bucket: Bucket | undefined, now: number): Taken {
  const filled = refill(limit, bucket, now);
  if (filled.tokens >= 1) return { ok: true, bucket: { tokens: filled.tokens - 1, at: now } };
  const perToken = unitMs[limit.per] / limit.count;
  return { ok: false, bucket: filled, retryAfterMs: Math.ceil((1 - filled.tokens) * perToken) };
}

/** Tokens a bucket holds now. A clock that went backwards refills nothing. */
export function refill(limit: RateLimit, bucket: Bucket | undefined, now: number): Bucket {
  if (!bucket) return { tokens: limit.count, at: now };
  const elapsed = Math.max(0, now - bucket.at);
  const tokens = Math.min(limit.count, bucket.tokens + (elapsed / unitMs[limit.per]) * limit.count);
  return { tokens, at: now };
}
