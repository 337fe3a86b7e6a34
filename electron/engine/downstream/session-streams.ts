import type { ServerResponse } from 'node:http';
import type { ListenerLimits } from './listener-limits.ts';
import type { StreamOptions } from './resumable-stream.ts';
import { ResumableStream } from './resumable-stream.ts';

export interface SessionStreamsOptions extends StreamOptions {
  limits: StreamOptions['limits'] & Pick<ListenerLimits, 'replayMs' | 'replayStreams'>;
  /** A connection of one of the streams closed. */
  onDetached(): void;
}

const eventIdPattern = /^(\d{1,15})-(\d{1,15})$/;

/** The event streams of one legacy session: its GET streams and the answers of POSTs that became streams. */
export class SessionStreams {
  readonly #options: SessionStreamsOptions;
  readonly #streams = new Map<number, ResumableStream>();
  #last = 0;

  constructor(options: SessionStreamsOptions) {
    this.#options = options;
  }

  /** Open connections that were made with GET. */
  get openGets(): number {
    let open = 0;
    for (const stream of this.#streams.values()) if (stream.kind === 'get' && stream.isAttached) open++;
    return open;
  }

  /** Whether somebody reads, or something is still to come that somebody may fetch. */
  get isBusy(): boolean {
    for (const stream of this.#streams.values()) {
      if (stream.isAttached || (stream.kind === 'post' && !stream.isFinished)) return true;
    }
    return false;
  }

  open(res: ServerResponse, kind: 'post' | 'get'): ResumableStream {
    this.expire();
    const stream = new ResumableStream(++this.#last, kind, this.#options, () => this.#options.onDetached());
    this.#streams.set(stream.number, stream);
    stream.attach(res);
    return stream;
  }

  /**
   * Goes on with the stream that sent this event, and with no other (Streamable HTTP, resumability). False when there is
   * no such stream of this session any more.
   */
  resume(res: ServerResponse, lastEventId: string): boolean {
    this.expire();
    const match = eventIdPattern.exec(lastEventId);
    const stream = match === null ? undefined : this.#streams.get(Number(match[1]));
    if (stream === undefined) return false;
    stream.attach(res, Number(match?.[2]));
    return true;
  }

  /**
   * A message that belongs to no request. It goes on one stream only (multiple connections): the newest GET stream that
   * takes it, else one that was lost and may be resumed. False when there is none.
   */
  notify(message: Buffer): boolean {
    const gets = this.#gets();
    return (
      gets.some((stream) => stream.isAttached && stream.send([message])) ||
      gets.some((stream) => !stream.isAttached && stream.send([message]))
    );
  }

  /** Like `notify`, on an open connection or not at all: nobody would answer otherwise. */
  ask(message: Buffer): boolean {
    return this.#gets().some((stream) => stream.isAttached && stream.send([message]));
  }

  /** Drops streams that nobody came back to, the oldest first where there are too many. */
  expire(): void {
    const { replayMs, replayStreams } = this.#options.limits;
    const before = this.#options.now() - replayMs;
    const idle = [...this.#streams.values()]
      .filter((stream) => !stream.isAttached && (stream.isFinished || stream.kind === 'get'))
      .sort((a, b) => a.idleSince - b.idleSince);
    idle.forEach((stream, index) => {
      if (stream.idleSince > before && index >= idle.length - replayStreams) return;
      this.drop(stream);
    });
  }

  /** What is kept for clients that may come back. */
  get keptBytes(): number {
    let bytes = 0;
    for (const stream of this.#streams.values()) bytes += stream.keptBytes;
    return bytes;
  }

  /** Streams that hold something and that nobody reads. */
  left(): ResumableStream[] {
    return [...this.#streams.values()].filter((stream) => !stream.isAttached && stream.keptBytes > 0);
  }

  /** Forgets one of its streams: a client that comes back for it gets a new one. */
  drop(stream: ResumableStream): void {
    stream.end();
    this.#streams.delete(stream.number);
  }

  end(): void {
    for (const stream of this.#streams.values()) stream.end();
    this.#streams.clear();
  }

  /** The newest first. */
  #gets(): ResumableStream[] {
    return [...this.#streams.values()].filter((stream) => stream.kind === 'get').reverse();
  }
}
