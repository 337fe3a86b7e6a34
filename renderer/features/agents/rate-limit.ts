import { type RateLimit, rateLimitSchema } from '../../../electron/shared/index.ts';

/** A limit in words: `60 per min`; `no limit` when there is none. */
export function formatLimit(limit: RateLimit | null): string {
  return limit === null ? 'no limit' : `${limit.count.toLocaleString('en').replaceAll(',', ' ')} per ${limit.per}`;
}

export type LimitInput = { ok: true; limit: RateLimit | null } | { ok: false; message: string };

/** Reads what a person typed; empty means no limit. */
export function parseLimit(count: string, per: RateLimit['per']): LimitInput {
  const text = count.replace(/[\s  ]/g, '');
  if (text === '') return { ok: true, limit: null };
  const parsed = rateLimitSchema.safeParse({ count: /^\d+$/.test(text) ? Number(text) : Number.NaN, per });
  if (!parsed.success)
    return { ok: false, message: 'Type a whole number from 1 to 1 000 000, or nothing for no limit.' };
  return { ok: true, limit: parsed.data };
}

/** Calls taken from the bucket, rounded up; null when there is no limit to use up. */
export function usedOfLimit(limit: RateLimit | null, remaining: number | null): number | null {
  if (limit === null || remaining === null) return null;
  return Math.max(0, Math.min(limit.count, Math.ceil(limit.count - remaining)));
}
