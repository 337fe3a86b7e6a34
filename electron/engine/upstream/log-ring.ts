import type { LogLine } from '../../shared/index.ts';
import type { Redactor } from './redactor.ts';

/** The last lines a server wrote, or ScopeGate wrote about it: 64 KiB of text, redacted before they are kept. */
export interface LogRing {
  add(stream: LogLine['stream'], text: string): void;
  lines(): LogLine[];
  /** A new start of the server: `tail` looks no further back. */
  beginRun(): void;
  /** The last lines the server itself wrote in this run, for a fault's detail. */
  tail(): string;
}

const maxBytes = 64 * 1024;
const maxLineLength = 4096;
const tailLines = 20;

export function createLogRing(now: () => number, redactor: Redactor): LogRing {
  let lines: LogLine[] = [];
  let size = 0;
  let runStart = 0;
  return {
    add(stream, text) {
      const clean = redactor.redact(text);
      const line = {
        at: now(),
        stream,
        text: clean.length > maxLineLength ? `${clean.slice(0, maxLineLength)}…` : clean,
      };
      lines.push(line);
      size += costOf(line);
      let drop = 0;
      for (; size > maxBytes && drop < lines.length - 1; drop++) size -= costOf(lines[drop] as LogLine);
      if (drop === 0) return;
      lines = lines.slice(drop);
      runStart = Math.max(0, runStart - drop);
    },
    lines: () => lines.slice(),
    beginRun() {
      runStart = lines.length;
    },
    tail() {
      const own = lines.slice(runStart).filter((line) => line.stream !== 'gateway');
      return own
        .slice(-tailLines)
        .map((line) => line.text)
        .join('\n');
    },
  };
}

function costOf(line: LogLine): number {
  return Buffer.byteLength(line.text) + 32;
}
