import { randomUUID } from 'node:crypto';
import type { BridgeEvent, EventBody } from '../shared/index.ts';
import type { Clock, LogPort } from './ports.ts';
import { createEchoGuard, type EchoGuard } from './wire/echo-guard.ts';

const flushAfterMs = 25;

/**
 * Broadcasts state to every UI with one rising revision per engine start. Bodies carry whole states, so of several for
 * the same thing within a flush only the newest goes out: a burst of calls cannot flood a UI, and a listener never
 * delays a call because nothing is sent on the call's own stack.
 */
export class EventBus {
  readonly epoch = randomUUID();
  /** Revision of the last event that went out. */
  revision = 0;
  readonly #clock: Clock;
  readonly #log: LogPort;
  readonly #guard: EchoGuard;
  readonly #listeners = new Set<(event: BridgeEvent) => void>();
  #pending = new Map<string, () => EventBody>();
  #timer: NodeJS.Timeout | null = null;
  #soon: NodeJS.Immediate | null = null;

  constructor(clock: Clock, log: LogPort, guard: EchoGuard = createEchoGuard()) {
    this.#clock = clock;
    this.#log = log;
    this.#guard = guard;
  }

  subscribe(listener: (event: BridgeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** `key` names the thing whose state this is; `body` is made when it is sent, and only if anybody listens. */
  emit(key: string, body: () => EventBody): void {
    if (this.#listeners.size === 0) {
      this.revision += 1;
      return;
    }
    this.#pending.delete(key);
    this.#pending.set(key, body);
    this.#timer ??= setTimeout(() => this.flush(), flushAfterMs);
  }

  /** Sends what waits after this turn: a person is waiting to see it. */
  flushSoon(): void {
    if (this.#pending.size > 0) this.#soon ??= setImmediate(() => this.flush());
  }

  /** Sends what waits. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#soon) clearImmediate(this.#soon);
    this.#timer = null;
    this.#soon = null;
    const pending = this.#pending;
    this.#pending = new Map();
    for (const body of pending.values()) this.#send(body);
  }

  #send(body: () => EventBody): void {
    this.revision += 1;
    const event: BridgeEvent = {
      ...{ epoch: this.epoch, revision: this.revision, at: this.#clock.now() },
      body: this.#guard.cleanValue(body()),
    };
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#log.error('an event listener failed', { error: error instanceof Error ? error.message : 'unknown' });
      }
    }
  }
}
