import { createByteCollector } from './byte-collector.ts';

/** One dispatched event of a `text/event-stream` (WHATWG HTML, server-sent events). */
export interface SseEvent {
  /** The `event` field; `message` when absent. */
  event: string;
  /** The `data` lines joined with LF; empty when the event had an id or a type only. */
  data: Buffer;
  /** The `id` field of this event; null when absent. */
  id: string | null;
}

export interface SseScannerOptions {
  /** Bytes of all lines of one event. */
  maxEventBytes: number;
  onEvent(event: SseEvent): void;
  /** The server asked for this delay before a reconnect, milliseconds. */
  onRetry?(ms: number): void;
  /** An event was larger than the cap; the scanner takes no more bytes. */
  onOverflow(): void;
}

export interface SseScanner {
  push(chunk: Buffer): void;
}

const lf = 0x0a;
const cr = 0x0d;
const newline = Buffer.from('\n');

/**
 * Incremental and linear over chunks cut anywhere, also inside a UTF-8 character or between CR and LF. An event that is
 * not finished by an empty line is never reported.
 */
export function createSseScanner(options: SseScannerOptions): SseScanner {
  const partial = createByteCollector();
  const data = createByteCollector();
  let eventBytes = 0;
  let afterCr = false;
  let isStart = true;
  let isDead = false;
  let event = '';
  let id: string | null = null;
  let hasData = false;
  let hasField = false;

  function dispatch(): void {
    const finished: SseEvent = { event: event || 'message', data: data.take(), id };
    const isEvent = hasField;
    eventBytes = 0;
    event = '';
    id = null;
    hasData = false;
    hasField = false;
    if (isEvent) options.onEvent(finished);
  }

  function readField(line: Buffer): void {
    const colon = line.indexOf(0x3a);
    if (colon === 0) return;
    const nameEnd = colon < 0 ? line.length : colon;
    const valueStart = colon < 0 ? line.length : line[colon + 1] === 0x20 ? colon + 2 : colon + 1;
    const name = nameEnd > 5 ? '' : line.toString('latin1', 0, nameEnd);
    if (name === 'data') {
      if (hasData) data.append(newline);
      data.append(line.subarray(valueStart));
      hasData = true;
    } else if (name === 'event') event = line.toString('utf8', valueStart);
    else if (name === 'id') {
      const value = line.toString('utf8', valueStart);
      // A NUL makes the field void; it would not survive the Last-Event-ID header.
      if (value.includes('\0')) return;
      id = value;
    } else if (name === 'retry') {
      const value = line.toString('latin1', valueStart);
      if (/^\d{1,9}$/.test(value)) options.onRetry?.(Number(value));
      return;
    } else return;
    hasField = true;
  }

  function finishLine(last: Buffer): void {
    let line = last;
    if (partial.length > 0) {
      partial.append(last);
      line = partial.take();
    }
    if (isStart) {
      isStart = false;
      if (line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf) line = line.subarray(3);
    }
    if (line.length === 0) dispatch();
    else readField(line);
  }

  /** Counts bytes towards the cap; false when the event grew too large. */
  function isWithinCap(bytes: number): boolean {
    eventBytes += bytes;
    if (eventBytes <= options.maxEventBytes) return true;
    isDead = true;
    partial.take();
    data.take();
    options.onOverflow();
    return false;
  }

  return {
    push(chunk) {
      let start = 0;
      if (afterCr && chunk.length > 0) {
        afterCr = false;
        if (chunk[0] === lf) start = 1;
      }
      // Both searches keep their place, so a chunk of many LF lines without a CR is not searched again for each line.
      let nextLf = chunk.indexOf(lf, start);
      let nextCr = chunk.indexOf(cr, start);
      while (!isDead) {
        if (nextLf >= 0 && nextLf < start) nextLf = chunk.indexOf(lf, start);
        if (nextCr >= 0 && nextCr < start) nextCr = chunk.indexOf(cr, start);
        const end = nextLf < 0 ? nextCr : nextCr < 0 ? nextLf : Math.min(nextLf, nextCr);
        if (end < 0) break;
        if (!isWithinCap(end - start)) return;
        finishLine(chunk.subarray(start, end));
        start = end + 1;
        if (chunk[end] !== cr) continue;
        if (start === chunk.length) afterCr = true;
        else if (chunk[start] === lf) start++;
      }
      if (isDead || start >= chunk.length || !isWithinCap(chunk.length - start)) return;
      partial.append(chunk.subarray(start));
    },
  };
}
