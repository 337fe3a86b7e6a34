import type { LimitState, RateLimit } from '../../shared/index.ts';
import { type Bucket, refill, takeToken } from '../core/rate-limiter.ts';
import type { LogPort } from '../ports.ts';
import type { StoreWriter } from '../store/contract.ts';

export interface Limits {
  /** For all calls of the agent together. */
  agent: RateLimit | null;
  /** For each tool of the agent by itself. */
  tool: RateLimit | null;
}

export type Paced = { ok: true } | { ok: false; retryAfterMs: number };

/** A rule with a limit. */
export interface LimitedRule {
  id: string;
  limit: RateLimit;
}

interface Ports {
  store: Pick<StoreWriter, 'limitBuckets' | 'putBuckets'>;
  log: LogPort;
  now(): number;
}

const noKeys: ReadonlySet<string> = new Set();

/** How long what was taken may be in memory only. */
const writeBehindMs = 1_000;
/** Refused this long when the buckets cannot be written down: an error of the limiter blocks. */
const faultRetryMs = 1_000;
/** The longest period of a limit: a bucket nobody touched for longer is full again. */
const longestPeriodMs = 3_600_000;

/**
 * The token buckets, per agent, per (agent, tool) and per rule. They outlive the engine, however it ends: before the first
 * token of a second is taken the bucket is written down as empty until that second is over, and at its end, or when the
 * engine stops, as it really is. A process that is killed starts again with less than it had, never with more.
 */
export class Limiter {
  readonly #ports: Ports;
  readonly #buckets: Map<string, Bucket>;
  readonly #dirty = new Set<string>();
  readonly #gone = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #isFaulty = false;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#buckets = new Map(ports.store.limitBuckets());
    this.#forgetFull();
  }

  /** Takes one token from each bucket of the agent that applies, or from none: a call that is refused costs nothing. */
  take(agentId: string, exposedName: string, limits: Limits, now: number): Paced {
    const wanted: [string, RateLimit][] = [];
    if (limits.agent) wanted.push([agentKey(agentId), limits.agent]);
    if (limits.tool) wanted.push([toolKeyOf(agentId, exposedName), limits.tool]);
    return this.#takeAll(wanted, now);
  }

  /** Takes one token from each of these rules' buckets, or from none. */
  takeRules(rules: readonly LimitedRule[], now: number): Paced {
    return this.#takeAll(
      rules.map(({ id, limit }) => [ruleKey(id), limit]),
      now,
    );
  }

  /** Tokens left for the agent as a whole; null without a limit. */
  remaining(agentId: string, limit: RateLimit | null, now: number): number | null {
    return limit ? this.#left(agentKey(agentId), limit, now) : null;
  }

  /** Tokens left of a rule; null without a limit. */
  remainingOfRule(id: string, limit: RateLimit | null, now: number): number | null {
    return limit ? this.#left(ruleKey(id), limit, now) : null;
  }

  /** Every bucket that holds less than its limit, of this agent and of these rules. */
  states(agentId: string, limits: Limits, rules: readonly LimitedRule[], now: number): LimitState[] {
    const states: LimitState[] = [];
    const add = (scope: LimitState['scope'], name: string, key: string, limit: RateLimit) => {
      const { tokens } = refill(limit, this.#buckets.get(key), now);
      if (tokens >= limit.count) return;
      const taken = takeToken(limit, this.#buckets.get(key), now);
      const retryAfterMs = taken.ok ? 0 : taken.retryAfterMs;
      states.push({ scope, name, limit, remaining: Math.floor(tokens), retryAfterMs });
    };
    if (limits.agent) add('agent', '', agentKey(agentId), limits.agent);
    const start = toolKeyOf(agentId, '');
    if (limits.tool)
      for (const key of this.#buckets.keys())
        if (key.startsWith(start)) add('tool', key.slice(start.length), key, limits.tool);
    for (const { id, limit } of rules) add('rule', id, ruleKey(id), limit);
    return states;
  }

  /** Forgets an agent's buckets: its limit changed or it is gone. */
  reset(agentId: string): void {
    const start = toolKeyOf(agentId, '');
    for (const key of [...this.#buckets.keys()])
      if (key === agentKey(agentId) || key.startsWith(start)) this.#forget(key);
    this.#writeLater();
  }

  /** Forgets a rule's bucket: its limit changed or it is gone. */
  resetRule(id: string): void {
    this.#forget(ruleKey(id));
    this.#writeLater();
  }

  /** Writes what was taken; false when that failed and is still to do. */
  flush(): boolean {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#dirty.size === 0 && this.#gone.size === 0) return true;
    const written = new Map<string, Bucket>();
    for (const key of this.#dirty) {
      const bucket = this.#buckets.get(key);
      if (bucket) written.set(key, bucket);
    }
    if (!this.#write(written, this.#gone)) return false;
    this.#dirty.clear();
    this.#gone.clear();
    return true;
  }

  /** Writes what is left. */
  close(): void {
    this.flush();
  }

  #takeAll(wanted: readonly [string, RateLimit][], now: number): Paced {
    if (wanted.length === 0) return { ok: true };
    if (this.#isFaulty && !this.flush()) return { ok: false, retryAfterMs: faultRetryMs };
    const taken = wanted.map(([key, limit]) => ({ key, result: takeToken(limit, this.#buckets.get(key), now) }));
    let retryAfterMs = 0;
    for (const { result } of taken) if (!result.ok) retryAfterMs = Math.max(retryAfterMs, result.retryAfterMs);
    if (retryAfterMs > 0) return { ok: false, retryAfterMs };
    if (!this.#reserve(wanted, now)) return { ok: false, retryAfterMs: faultRetryMs };
    for (const { key, result } of taken) {
      this.#buckets.set(key, result.bucket);
      this.#gone.delete(key);
      this.#dirty.add(key);
    }
    this.#writeLater();
    return { ok: true };
  }

  /** Buckets that are written as they are before the next flush need nothing more; false when it failed. */
  #reserve(wanted: readonly [string, RateLimit][], now: number): boolean {
    const fresh = wanted.filter(([key]) => !this.#dirty.has(key));
    if (fresh.length === 0) return true;
    const spent = { tokens: 0, at: now + writeBehindMs };
    return this.#write(new Map(fresh.map(([key]) => [key, spent])), noKeys);
  }

  #write(buckets: ReadonlyMap<string, Bucket>, gone: ReadonlySet<string>): boolean {
    try {
      this.#ports.store.putBuckets(buckets, gone);
    } catch (error) {
      if (!this.#isFaulty) {
        const reason = error instanceof Error ? error.message : 'unknown';
        this.#ports.log.error('rate limits cannot be written down, limited calls are refused', { error: reason });
      }
      this.#isFaulty = true;
      return false;
    }
    this.#isFaulty = false;
    return true;
  }

  #left(key: string, limit: RateLimit, now: number): number {
    return Math.floor(refill(limit, this.#buckets.get(key), now).tokens);
  }

  #forget(key: string): void {
    if (!this.#buckets.delete(key)) return;
    this.#dirty.delete(key);
    this.#gone.add(key);
  }

  #forgetFull(): void {
    const oldest = this.#ports.now() - longestPeriodMs;
    for (const [key, bucket] of this.#buckets) if (bucket.at < oldest) this.#forget(key);
  }

  #writeLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#forgetFull();
      this.flush();
    }, writeBehindMs);
    this.#timer.unref();
  }
}

function agentKey(agentId: string): string {
  return `agent\0${agentId}`;
}

function toolKeyOf(agentId: string, exposedName: string): string {
  return `tool\0${agentId}\0${exposedName}`;
}

function ruleKey(id: string): string {
  return `rule\0${id}`;
}
