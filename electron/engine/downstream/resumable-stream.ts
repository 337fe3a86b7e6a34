import type { ServerResponse } from 'node:http';
import { sseEvent, ssePriming } from '../wire/sse-writer.ts';
import type { Heartbeat } from './heartbeat.ts';
import { isGone, startStream } from './http-reply.ts';
import type { ListenerLimits } from './listener-limits.ts';

export interface StreamOptions {
  heartbeat: Heartbeat;
  limits: Pick<ListenerLimits, 'streamBufferBytes' | 'replayEvents' | 'replayBytes' | 'retryMs'>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Whether the client knows an event without data (2025-11-25). */
  isPrimed: boolean;
  /** More is kept for a connection that may come back. */
  onKept(): void;
}

interface KeptEvent {
  seq: number;
  pieces: Buffer[];
  bytes: number;
  isResponse: boolean;
}

/**
 * One stream of server-sent events of a legacy session, which may outlive its connection: events are kept, within
 * bounds, for a client that comes back with `Last-Event-ID`. Event ids are `<stream>-<number>`, unique in the session.
 */
export class ResumableStream {
  readonly number: number;
  readonly kind: 'post' | 'get';
  readonly #options: StreamOptions;
  readonly #onDetached: () => void;
  #res: ServerResponse | null = null;
  #kept: KeptEvent[] = [];
  #keptBytes = 0;
  #seq = 0;
  #isFinished = false;
  #isEnded = false;
  #idleSince: number;

  constructor(number: number, kind: 'post' | 'get', options: StreamOptions, onDetached: () => void) {
    this.number = number;
    this.kind = kind;
    this.#options = options;
    this.#onDetached = onDetached;
    this.#idleSince = options.now();
  }

  get isAttached(): boolean {
    return this.#res !== null && !isGone(this.#res);
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** What is kept for a client that may come back. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** Since when nobody reads it, or nothing more will come. */
  get idleSince(): number {
    return this.#idleSince;
  }

  /** Goes on at this connection, with what came after event `after`; an older connection ends. */
  attach(res: ServerResponse, after = 0): void {
    const earlier = this.#res;
    this.#res = res;
    if (earlier !== null && !isGone(earlier)) earlier.end();
    startStream(res);
    this.#options.heartbeat.watch(res);
    res.once('close', () => this.#detach(res));
    if (this.#seq === 0 && this.#options.isPrimed) {
      res.write(ssePriming(`${this.number}-0`, this.#options.limits.retryMs));
    }
    for (const event of this.#kept) if (event.seq > after) write(res, event.pieces);
    if (this.#isFinished) res.end();
  }

  /**
   * False when a notification was left out for a reader that does not keep up. A response is never left out.
   * Without a connection everything is kept for the one that may come.
   */
  send(parts: readonly Buffer[], isResponse = false): boolean {
    if (this.#isEnded) return false;
    const { limits } = this.#options;
    const res = this.#res;
    const isSlow = res !== null && !isGone(res) && res.writableLength > limits.streamBufferBytes;
    if (isSlow && !isResponse) {
      // A GET stream is for good: its client is cut off, opens a new one and lists anew.
      if (this.kind === 'get') res.destroy();
      return false;
    }
    const seq = ++this.#seq;
    const pieces = sseEvent(parts, `${this.number}-${seq}`);
    let bytes = 0;
    for (const piece of pieces) bytes += piece.length;
    this.#keep({ seq, pieces, bytes, isResponse });
    if (res !== null && !isGone(res)) write(res, pieces);
    else this.#options.onKept();
    return true;
  }

  /**
   * Ends the connection, not the stream: a client of a revision that has polling comes back after the time it was told
   * (2025-11-25, Streamable HTTP). Earlier ones would take it for a lost answer, so they are held.
   */
  rest(): void {
    const res = this.#res;
    if (!this.#options.isPrimed || this.#isFinished || res === null || isGone(res)) return;
    res.end();
  }

  /** Nothing more will come; the client may still fetch what it missed. */
  finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#idleSince = this.#options.now();
    const res = this.#res;
    if (res === null || isGone(res)) return;
    // Written in full to a living connection: a large response need not be held on to.
    res.once('finish', () => {
      if (this.#keptBytes > this.#options.limits.replayBytes) this.#forget();
    });
    res.end();
  }

  /** The session is over. */
  end(): void {
    this.#isFinished = true;
    this.#isEnded = true;
    this.#forget();
    if (this.#res !== null && !isGone(this.#res)) this.#res.end();
  }

  #detach(res: ServerResponse): void {
    if (this.#res !== res) return;
    this.#res = null;
    if (!this.#isFinished) this.#idleSince = this.#options.now();
    this.#options.onKept();
    this.#onDetached();
  }

  #keep(event: KeptEvent): void {
    const { replayEvents, replayBytes } = this.#options.limits;
    this.#kept.push(event);
    this.#keptBytes += event.bytes;
    while (this.#kept.length > replayEvents || this.#keptBytes > replayBytes) {
      const index = this.#kept.findIndex((kept) => !kept.isResponse);
      if (index === -1) return;
      const [dropped] = this.#kept.splice(index, 1);
      this.#keptBytes -= dropped?.bytes ?? 0;
    }
  }

  #forget(): void {
    this.#kept = [];
    this.#keptBytes = 0;
  }
}

function write(res: ServerResponse, pieces: readonly Buffer[]): void {
  res.cork();
  for (const piece of pieces) res.write(piece);
  res.uncork();
}
