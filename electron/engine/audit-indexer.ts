import type { LogPort } from './ports.ts';
import type { AuditSearchReader, AuditSearchWriter } from './store/audit-search-contract.ts';
import type { JsonObject } from './wire/json-rpc.ts';

interface Ports {
  store: Pick<
    AuditSearchWriter,
    'indexFacts' | 'indexWords' | 'eraseWords' | 'eraseArgumentWords' | 'erasePruned' | 'setTextSearch'
  > &
    Pick<AuditSearchReader, 'searchState'>;
  log: LogPort;
  /** Writes down what is kept of the newest calls, so that the index can read it. */
  flushKept(): void;
  /** What is kept of a call's arguments; null: nothing. */
  argumentsOf(callId: string): JsonObject | null;
}

/** A step may hold up the event loop for so long; steps of the next round are made as large as fits. Milliseconds. */
const stepMs = 5;
const smallest = 8;
const largest = 512;
/** Between two looks at the log while nobody searches. */
const pauseMs = 5_000;
/** After a step that failed. */
const retryMs = 60_000;

/**
 * Keeps the index of the log up with it, off the path of calls: after a pause, or when somebody searches, in steps of a
 * few milliseconds between which everything else goes on. A fault stops the index, never a call.
 */
export class AuditIndexer {
  readonly #ports: Ports;
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<void> | null = null;
  #isClosed = false;
  #problem: string | null = null;
  /** Rows a step takes, by the kind of step. */
  readonly #sizes = new Map<string, number>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Why the index stands still; null while it works. */
  get problem(): string | null {
    return this.#problem;
  }

  start(): void {
    this.#wait(pauseMs);
  }

  /** Reads on until the index knows the whole log, or `limitMs` are over; what is left is read afterwards. */
  async catchUp(limitMs: number): Promise<void> {
    const end = performance.now() + limitMs;
    do {
      this.#round ??= this.#run();
      await within(this.#round, end - performance.now());
      // a row written while a round came to its end is read by the next one
    } while (this.#isBehind() && performance.now() < end);
  }

  setTextSearch(on: boolean): void {
    this.#ports.store.setTextSearch(on);
    void (this.#round ?? Promise.resolve()).then(() => {
      if (!this.#isClosed) this.#round ??= this.#run();
    });
  }

  /** Resolves when no step is under way and none will come. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#round;
  }

  #isBehind(): boolean {
    if (this.#isClosed || this.#problem !== null) return false;
    const { headSeq, readThrough, textThrough, textOn } = this.#ports.store.searchState();
    return readThrough < headSeq || (textOn ? textThrough < headSeq : textThrough > 0);
  }

  async #run(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    // never over before it is known as the round that runs
    await nextTurn();
    try {
      if (this.#isClosed) return;
      this.#ports.flushKept();
      for (const step of this.#steps()) while (!this.#isClosed && this.#take(step)) await nextTurn();
      this.#problem = null;
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : 'unknown error';
      this.#ports.log.warn('the index of the audit log stands still', { error: this.#problem });
    } finally {
      this.#round = null;
      this.#wait(this.#problem === null ? pauseMs : retryMs);
    }
  }

  #wait(ms: number): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#round ??= this.#run();
    }, ms);
    this.#timer.unref();
  }

  #steps(): Step[] {
    const { store, argumentsOf } = this.#ports;
    return [
      { name: 'erase words of arguments', run: (limit) => store.eraseArgumentWords(limit) },
      { name: 'erase pruned rows', run: (limit) => store.erasePruned(limit) },
      { name: 'erase words', run: (limit) => store.eraseWords(limit) },
      { name: 'facts', run: (limit) => store.indexFacts(limit) },
      { name: 'words', run: (limit) => store.indexWords(limit, argumentsOf) },
    ];
  }

  /** False: there was nothing to do. */
  #take({ name, run }: Step): boolean {
    const size = this.#sizes.get(name) ?? smallest;
    const began = performance.now();
    const done = run(size);
    const took = performance.now() - began;
    if (took > stepMs) this.#sizes.set(name, Math.max(smallest, Math.floor(size / 2)));
    else if (took < stepMs / 2 && done === size) this.#sizes.set(name, Math.min(largest, size * 2));
    return done > 0;
  }
}

interface Step {
  name: string;
  run(limit: number): number;
}

/** Resolves with the promise, or after so many milliseconds. */
async function within(promise: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, limitMs));
  });
  await Promise.race([promise, limit]);
  clearTimeout(timer);
}

/** Lets everything that waits go first. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
