import type { KeyObject } from 'node:crypto';
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '../core/canonical.ts';
import type { AgentIdentity } from '../exchange.ts';
import type { Clock } from '../ports.ts';
import type { JsonObject } from '../wire/json-rpc.ts';

/** What a `requestState` is good for: this agent, on this path, with this method and exactly these parameters. */
export interface Binding {
  agent: AgentIdentity;
  scope: string | null;
  method: string;
  params: JsonObject;
}

/** Something that waits for the agent to come back. */
export interface Parked {
  /** The agent did not come back in time, or may not any more. */
  expire(): void;
}

export interface ContinuationLimits {
  parkedPerAgent: number;
  parkedOverall: number;
}

interface Entry<T> {
  agentId: string;
  parked: T;
  timer: NodeJS.Timeout;
}

const maxStateLength = 512;
const handlePattern = /^([A-Za-z0-9_-]{22})\.([0-9a-z]{1,12})\.([A-Za-z0-9_-]{43})$/;
/** Members that differ between a request and its retry, or say nothing of what is asked for. */
const changing = new Set(['_meta', 'inputResponses', 'requestState']);

/**
 * The one place that holds what waits for an agent to retry a request (2026-07-28, multi round-trip requests). What
 * leaves is only a random handle, its expiry and a MAC over both and over all the handle is bound to; a handle is used
 * once. Whatever is wrong with one, it is answered alike: the agent learns nothing but that it is no good.
 */
export class Continuations<T extends Parked> {
  readonly #clock: Clock;
  readonly #key: KeyObject;
  readonly #limits: ContinuationLimits;
  readonly #entries = new Map<string, Entry<T>>();

  constructor(clock: Clock, key: KeyObject, limits: ContinuationLimits) {
    this.#clock = clock;
    this.#key = key;
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** @returns the `requestState` that takes it up again, or null when too much waits already */
  park(binding: Binding, parked: T, ttlMs: number): string | null {
    const agentId = binding.agent.id;
    if (this.#entries.size >= this.#limits.parkedOverall) return null;
    if (this.#ofAgent(agentId).length >= this.#limits.parkedPerAgent) return null;
    const handle = randomBytes(16).toString('base64url');
    const payload = `${handle}.${(this.#clock.now() + ttlMs).toString(36)}`;
    const timer = setTimeout(() => this.#drop(handle), ttlMs);
    timer.unref();
    this.#entries.set(handle, { agentId, parked, timer });
    return `${payload}.${this.#mac(binding, payload).toString('base64url')}`;
  }

  /** What `state` stands for, once; null for a state that is not ours, not this request's, used or too old. */
  take(binding: Binding, state: string): T | null {
    if (state.length > maxStateLength) return null;
    const [, handle = '', expires = '', mac = ''] = handlePattern.exec(state) ?? [];
    const expected = this.#mac(binding, `${handle}.${expires}`);
    const given = Buffer.from(mac, 'base64url');
    // Compared as text too: the last character of base64 has bits that no byte shows.
    const isOurs =
      given.length === expected.length && timingSafeEqual(given, expected) && expected.toString('base64url') === mac;
    if (!isOurs || Number.parseInt(expires, 36) <= this.#clock.now()) return null;
    const entry = this.#entries.get(handle);
    if (entry === undefined || entry.agentId !== binding.agent.id) return null;
    clearTimeout(entry.timer);
    this.#entries.delete(handle);
    return entry.parked;
  }

  /** Ends all that waits for this agent. */
  endAgent(agentId: string): void {
    for (const handle of this.#ofAgent(agentId)) this.#drop(handle);
  }

  endAll(): void {
    for (const handle of [...this.#entries.keys()]) this.#drop(handle);
  }

  #ofAgent(agentId: string): string[] {
    return [...this.#entries].filter(([, entry]) => entry.agentId === agentId).map(([handle]) => handle);
  }

  #drop(handle: string): void {
    const entry = this.#entries.get(handle);
    if (entry === undefined) return;
    clearTimeout(entry.timer);
    this.#entries.delete(handle);
    entry.parked.expire();
  }

  #mac(binding: Binding, payload: string): Buffer {
    const members = [binding.agent.id, binding.scope, binding.method, digestParams(binding.params), payload];
    return createHmac('sha256', this.#key).update('requestState\0').update(JSON.stringify(members)).digest();
  }
}

function digestParams(params: JsonObject): string {
  const asked = Object.fromEntries(Object.entries(params).filter(([name]) => !changing.has(name)));
  return createHash('sha256').update(canonicalJson(asked)).digest('hex');
}
