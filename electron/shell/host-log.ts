import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LogPort } from '../engine/ports.ts';

type Fields = Record<string, string | number | boolean | null>;

export interface HostLogOptions {
  /** Folder of the log files; made with mode 0700. */
  folder: string;
  /** Bytes after which a new file is begun. */
  maxBytes?: number;
  /** Older files kept beside the current one. */
  keep?: number;
  now?: () => number;
  /** Where each line goes besides the file; stderr by default. */
  echo?: (line: string) => void;
}

/**
 * One JSON object a line, on stderr and in `scopegate.log`, which rotates to `.1`, `.2`, …
 * JSON escapes line ends, so text from outside cannot forge a line. A log that cannot be written never stops the app:
 * the audit is the record that must not fail, this is for finding faults.
 */
export function openHostLog(options: HostLogOptions): LogPort {
  const { folder, maxBytes = 1024 * 1024, keep = 3, now = Date.now, echo = writeToStderr } = options;
  const file = join(folder, 'scopegate.log');
  let isFileUsable = makeFolder(folder, echo);

  function write(level: 'info' | 'warn' | 'error', message: string, fields: Fields = {}): void {
    const line = `${JSON.stringify({ at: new Date(now()).toISOString(), level, message, ...fields })}\n`;
    echo(line);
    if (!isFileUsable) return;
    try {
      rotateWhenFull(file, maxBytes, keep, line.length);
      appendFileSync(file, line, { mode: 0o600 });
    } catch (error) {
      isFileUsable = false;
      echo(`scopegate: the log file cannot be written, logging to stderr only: ${String(error)}\n`);
    }
  }

  return {
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
  };
}

function makeFolder(folder: string, echo: (line: string) => void): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return true;
  } catch (error) {
    echo(`scopegate: no log folder, logging to stderr only: ${String(error)}\n`);
    return false;
  }
}

function rotateWhenFull(file: string, maxBytes: number, keep: number, added: number): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0 || size + added <= maxBytes) return;
  for (let n = keep - 1; n >= 1; n -= 1) {
    if (statSync(`${file}.${n}`, { throwIfNoEntry: false })) renameSync(`${file}.${n}`, `${file}.${n + 1}`);
  }
  renameSync(file, `${file}.1`);
}

function writeToStderr(line: string): void {
  process.stderr.write(line);
}
