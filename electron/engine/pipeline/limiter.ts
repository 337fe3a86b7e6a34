import type { RateLimit } from '../../shared/index.ts';
import { type Bucket, refill, takeToken } from '../core/rate-limiter.ts';

export interface Limits {
  /** For all calls of the agent together. */
  agent: RateLimit | null;
  /** For each tool of the agent by itself. */
  tool: RateLimit | null;
}

/** The token buckets of this engine run, per agent and per (agent, tool). */
export class Limiter {
  readonly #buckets = new Map<string, Bucket>();

  /** Takes one token from each bucket that applies, or from none: a call that is refused costs nothing. */
  take(
    agentId: string,
    exposedName: string,
    limits: Limits,
    now: number,
  ): { ok: true } | { ok: false; retryAfterMs: number } {
    const wanted: [string, RateLimit][] = [];
    if (limits.agent) wanted.push([agentId, limits.agent]);
    if (limits.tool) wanted.push([`${agentId}\0${exposedName}`, limits.tool]);
    const taken = wanted.map(([key, limit]) => ({ key, result: takeToken(limit, this.#buckets.get(key), now) }));
    let retryAfterMs = 0;
    for (const { result } of taken) if (!result.ok) retryAfterMs = Math.max(retryAfterMs, result.retryAfterMs);
    if (retryAfterMs > 0) return { ok: false, retryAfterMs };
    for (const { key, result } of taken) this.#buckets.set(key, result.bucket);
    return { ok: true };
  }

  /** Tokens left for the agent as a whole; null without a limit. */
  remaining(agentId: string, limit: RateLimit | null, now: number): number | null {
    return limit ? Math.floor(refill(limit, this.#buckets.get(agentId), now).tokens) : null;
  }

  /** Forgets an agent's buckets: its limit changed or it is gone. */
  reset(agentId: string): void {
    for (const key of this.#buckets.keys())
      if (key === agentId || key.startsWith(`${agentId}\0`)) this.#buckets.delete(key);
  }
}
