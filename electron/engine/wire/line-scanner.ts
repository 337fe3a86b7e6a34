import { createByteCollector } from './byte-collector.ts';

export interface LineScannerOptions {
  /** Bytes of one line without its end. */
  maxLineBytes: number;
  /** One line without LF or CRLF; empty lines are not reported. The bytes may be a view into a chunk that was pushed. */
  onLine(line: Buffer): void;
  /** A line was longer than the cap and is dropped up to its end; the first and last bytes of it, for a diagnosis. */
  onOverflow(head: Buffer, tail: Buffer): void;
}

export interface LineScanner {
  push(chunk: Buffer): void;
  /** The stream ended: what is left without a line end is a line too. */
  end(): void;
}

const keptOfOverflow = 512;

/** Cuts a byte stream at LF; linear, memory bounded by the cap. */
export function createLineScanner(options: LineScannerOptions): LineScanner {
  const pending = createByteCollector();
  let overflow: { head: Buffer; tail: Buffer } | null = null;

  function take(piece: Buffer): void {
    if (overflow !== null) {
      overflow.tail = Buffer.concat([overflow.tail, piece.subarray(-keptOfOverflow)]).subarray(-keptOfOverflow);
      return;
    }
    pending.append(piece);
    if (pending.length <= options.maxLineBytes) return;
    const whole = pending.take();
    overflow = {
      head: Buffer.from(whole.subarray(0, keptOfOverflow)),
      tail: Buffer.from(whole.subarray(-keptOfOverflow)),
    };
  }

  function finish(): void {
    const dropped = overflow;
    const line = pending.take();
    overflow = null;
    if (dropped !== null) {
      options.onOverflow(dropped.head, dropped.tail);
      return;
    }
    const end = line[line.length - 1] === 0x0d ? line.length - 1 : line.length;
    if (end > 0) options.onLine(end === line.length ? line : line.subarray(0, end));
  }

  return {
    push(chunk) {
      let start = 0;
      for (;;) {
        const lineEnd = chunk.indexOf(0x0a, start);
        if (lineEnd < 0) break;
        if (lineEnd > start) take(chunk.subarray(start, lineEnd));
        finish();
        start = lineEnd + 1;
      }
      if (start < chunk.length) take(chunk.subarray(start));
    },
    end() {
      if (pending.length > 0 || overflow !== null) finish();
    },
  };
}
