import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { isSecretText } from '../core/secret-values.ts';
import type { ResolvedCall } from '../core/stages.ts';
import type { LogPort } from '../ports.ts';
import type { StoreWriter } from '../store/contract.ts';
import type { KeptCall } from '../store/policy-contract.ts';
import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';
import { PayloadSeal } from './payload-seal.ts';

interface Ports {
  store: Pick<
    StoreWriter,
    | 'putKeptCalls'
    | 'pruneKeptCalls'
    | 'replayDays'
    | 'setReplayDays'
    | 'payloadKey'
    | 'putPayloadKey'
    | 'deletePayloadKeys'
  >;
  /** The engine's own key; the keys of the days are sealed under one derived from it. */
  key: KeyObject;
  log: LogPort;
  now(): number;
}

/** Arguments as they were kept. `redacted`: top-level arguments in which something that looked secret was taken out. */
export interface KeptArguments {
  arguments: JsonObject;
  redacted: string[];
}

const writeBehindMs = 1_000;
const maxWaiting = 1_000;
const maxSealedBytes = 16 * 1024;
/** Calls kept at most, whatever their age. */
const maxKept = 20_000;
const pruneEveryMs = 10 * 60_000;
const dayMs = 24 * 3_600_000;
const maxDepth = 32;

const secretKey = /pass(?:word|wd|phrase)?|secret|token|api_?key|authorization|credential|cookie|private_?key/i;

const keptSchema = z.object({
  arguments: z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
  redacted: z.array(z.string()),
});

/**
 * Keeps the arguments of calls for the replay of rules: for the days the person chose, sealed under a key of this engine
 * alone, without what looks secret, at most 16 KiB each and 20,000 in all. Written behind, so no call waits for it.
 */
export class ArgumentKeeper {
  readonly #ports: Ports;
  readonly #seals: PayloadSeal;
  #waiting: ResolvedCall[] = [];
  #timer: NodeJS.Timeout | null = null;
  #days: number;
  #prunedAt = 0;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#seals = new PayloadSeal(ports);
    this.#days = ports.store.replayDays();
  }

  get days(): number {
    return this.#days;
  }

  /** 0 erases everything kept and keeps nothing more. */
  setDays(days: number): void {
    this.#ports.store.setReplayDays(days);
    this.#days = days;
    if (days === 0) this.#waiting = [];
    this.#prune();
  }

  keep(call: ResolvedCall): void {
    // a flood is not worth memory: what is not kept is told apart in a replay
    if (this.#days === 0 || this.#waiting.length >= maxWaiting) return;
    this.#waiting.push(call);
    this.#timer ??= setTimeout(() => this.flush(), writeBehindMs);
    this.#timer.unref();
  }

  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const calls = this.#waiting;
    this.#waiting = [];
    try {
      if (calls.length > 0) this.#ports.store.putKeptCalls(calls.map((call) => this.#seal(call)));
      if (this.#ports.now() - this.#prunedAt > pruneEveryMs) this.#prune();
    } catch (error) {
      // replay knows less; no call depends on it
      const reason = error instanceof Error ? error.message : 'unknown';
      this.#ports.log.warn('arguments could not be kept for replay', { error: reason });
    }
  }

  /** Null: too large to be kept, or sealed under another key. */
  open(call: KeptCall): KeptArguments | null {
    const plain = call.sealed && this.#seals.open({ sealed: call.sealed, day: call.day }, call.callId);
    if (!plain) return null;
    try {
      const parsed = keptSchema.safeParse(JSON.parse(plain.toString('utf8')));
      return parsed.success ? parsed.data : null;
    } catch {
      return null;
    }
  }

  #seal(call: ResolvedCall): KeptCall {
    const { agent } = call.exchange;
    const kept: KeptArguments = redactArguments(call.arguments);
    const plain = Buffer.from(JSON.stringify(kept));
    return {
      callId: call.id,
      at: Math.round(call.at),
      agentId: agent.id,
      agentName: agent.name,
      serverId: call.tool.serverId,
      tool: call.tool.name,
      subject: call.subject,
      argumentsDigest: call.argumentsDigest,
      ...(plain.length <= maxSealedBytes ? this.#seals.seal(plain, call.id, call.at) : { sealed: null, day: null }),
    };
  }

  #prune(): void {
    this.#prunedAt = this.#ports.now();
    const oldest = this.#days === 0 ? Number.MAX_SAFE_INTEGER : this.#ports.now() - this.#days * dayMs;
    this.#ports.store.pruneKeptCalls(oldest, maxKept);
    this.#seals.eraseBefore(oldest);
  }
}

/** Takes out values that look secret by their name or their form; exported for its tests. */
export function redactArguments(args: JsonObject): KeptArguments {
  const redacted = new Set<string>();
  const clean = (value: JsonValue, key: string, root: string, depth: number): JsonValue => {
    const isSecret = depth > maxDepth || secretKey.test(key) || (typeof value === 'string' && isSecretText(value));
    if (isSecret && value !== null && typeof value !== 'boolean') {
      redacted.add(root);
      return '[taken out]';
    }
    if (Array.isArray(value)) return value.map((element) => clean(element, '', root, depth + 1));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, clean(member, name, root, depth + 1)]),
    );
  };
  const kept = Object.fromEntries(Object.entries(args).map(([name, member]) => [name, clean(member, name, name, 1)]));
  return { arguments: kept, redacted: [...redacted] };
}
