import type { TelemetryAttempt, TelemetrySignal, TelemetrySignalState } from '../../shared/telemetry.ts';
import type { LogPort } from '../ports.ts';
import type { AuditRow } from '../store/contract.ts';
import type { TelemetryCursor } from '../store/telemetry.ts';

/** What became of one batch on its way out. */
export type SendResult =
  /** `busyMs`: how long writing the batch held up everything else in this process. */
  | { kind: 'accepted'; rejected: number; message: string; busyMs: number }
  | { kind: 'refused'; message: string; retry: 'later' | 'smaller' | 'held'; retryAfterMs: number | null };

interface Ports {
  rowsAfter(seq: number, limit: number): AuditRow[];
  auditEnd(): number;
  putCursor(cursor: TelemetryCursor): void;
  /** Rows were pruned before they could be sent. */
  missed(signal: TelemetrySignal, from: number, through: number): void;
  send(signal: TelemetrySignal, rows: readonly AuditRow[], abort: AbortSignal): Promise<SendResult>;
  log: LogPort;
  now(): number;
}

/** Rows in one request; as many as can be written within `stepMs`, so that calls hardly feel it. */
const firstBatch = 32;
const largestBatch = 200;
const smallestBatch = 8;
const stepMs = 5;
/** Between two looks at a log that has nothing new. Milliseconds. */
const idleMs = 2_000;
const firstRetryMs = 1_000;
const longestRetryMs = 5 * 60_000;

/**
 * Sends the rows of the audit log for one signal, oldest first, off the path of calls: the database is the queue, so
 * nothing is held in memory but the batch on its way, and a call never waits for it. The cursor moves only when the
 * collector took a batch; after a crash, or when its answer was lost, that batch is sent again.
 */
export class SignalSender {
  readonly #ports: Ports;
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;
  #cursor: TelemetryCursor;
  #problem: TelemetryAttempt | null = null;
  #stuckAt: number | null = null;
  #size = firstBatch;
  #failures = 0;
  /** The end of the batch on its way: a retry sends the very same rows, so that it can be told as one. */
  #through: number | null = null;
  #wake: () => void = () => {};

  constructor(ports: Ports, cursor: TelemetryCursor) {
    this.#ports = ports;
    this.#cursor = cursor;
    this.#done = this.#run();
  }

  state(): TelemetrySignalState {
    const { signal, sentThrough, lastSentAt, missed, rejected } = this.#cursor;
    const behind = Math.max(0, this.#ports.auditEnd() - sentThrough);
    return {
      signal,
      sentThrough,
      lastSentAt,
      missed,
      rejected,
      behind,
      problem: this.#problem,
      stuckAt: this.#stuckAt,
    };
  }

  /** Leaves out the row the collector refuses; false: it is not that one. */
  skip(seq: number): boolean {
    if (this.#stuckAt !== seq) return false;
    this.#move({ sentThrough: seq, rejected: this.#cursor.rejected + 1 });
    this.#wake();
    return true;
  }

  /** Drops the request on its way, and resolves when nothing more will happen. */
  async close(): Promise<void> {
    this.#abort.abort();
    this.#wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      let pauseMs: number;
      try {
        pauseMs = await this.#step();
      } catch (error) {
        pauseMs = this.#fail(error instanceof Error ? error.message : 'unknown error', null);
      }
      if (pauseMs > 0) await this.#pause(pauseMs);
      else await nextTurn();
    }
  }

  /** Sends one batch, and tells how long to wait before the next; 0: there is more. */
  async #step(): Promise<number> {
    const rows = this.#next();
    const last = rows.at(-1);
    if (last === undefined) return idleMs;
    this.#through = last.seq;
    const result = await this.#ports.send(this.#cursor.signal, rows, this.#abort.signal);
    if (this.#abort.signal.aborted) return 0;
    if (result.kind === 'accepted') {
      this.#accept(rows.length, last.seq, result);
      return 0;
    }
    return this.#refuse(rows, result);
  }

  #next(): AuditRow[] {
    const { rowsAfter, auditEnd, missed } = this.#ports;
    // a log that was put back to an older state ends before the cursor: go on from its end
    if (this.#cursor.sentThrough > auditEnd()) this.#move({ sentThrough: auditEnd() });
    const { signal, sentThrough } = this.#cursor;
    const limit = this.#through === null ? this.#size : Math.min(this.#size, this.#through - sentThrough);
    const rows = rowsAfter(sentThrough, Math.max(1, limit));
    const gap = (rows[0]?.seq ?? 0) - sentThrough - 1;
    if (gap > 0) {
      missed(signal, sentThrough + 1, sentThrough + gap);
      this.#move({ sentThrough: sentThrough + gap, missed: this.#cursor.missed + gap });
    }
    return rows;
  }

  #accept(count: number, seq: number, { rejected, message, busyMs }: SendResult & { kind: 'accepted' }): void {
    if (this.#failures > 0) this.#ports.log.info('telemetry is sent again', { signal: this.#cursor.signal, seq });
    if (rejected > 0)
      this.#ports.log.warn('the collector threw telemetry away', { signal: this.#cursor.signal, rejected, message });
    if (busyMs > stepMs) this.#size = Math.max(smallestBatch, Math.floor(count / 2));
    else if (busyMs < stepMs / 2 && count >= this.#size) this.#size = Math.min(largestBatch, this.#size * 2);
    this.#move({ sentThrough: seq, lastSentAt: this.#ports.now(), rejected: this.#cursor.rejected + rejected });
  }

  #refuse(rows: readonly AuditRow[], result: SendResult & { kind: 'refused' }): number {
    const [first] = rows;
    if (result.retry === 'smaller' && rows.length > 1) {
      this.#size = Math.max(1, Math.floor(rows.length / 2));
      this.#through = null;
      return 0;
    }
    // one row alone is refused: only a person may leave it out
    if (result.retry === 'smaller') this.#stuckAt = first?.seq ?? null;
    return this.#fail(result.message, result.retryAfterMs);
  }

  #fail(message: string, retryAfterMs: number | null): number {
    if (this.#failures === 0) this.#ports.log.warn('telemetry waits', { signal: this.#cursor.signal, reason: message });
    this.#problem = { at: this.#ports.now(), ok: false, message };
    const backoff = Math.min(longestRetryMs, firstRetryMs * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 20);
    // many gateways that lost one collector must not all come back in the same second
    return retryAfterMs ?? backoff * (0.75 + Math.random() / 2);
  }

  /** Notes the place durably before it counts; a place that cannot be noted is not taken. */
  #move(changes: Partial<TelemetryCursor>): void {
    const next = { ...this.#cursor, ...changes };
    this.#ports.putCursor(next);
    this.#cursor = next;
    this.#problem = null;
    this.#stuckAt = null;
    this.#failures = 0;
    this.#through = null;
  }

  #pause(ms: number): Promise<void> {
    if (this.#abort.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Lets everything that waits go first. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
