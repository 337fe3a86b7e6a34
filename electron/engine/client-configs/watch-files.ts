import { type FSWatcher, type Stats, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';

/** Milliseconds. Programs write a file in several steps; some systems tell of no change at all. */
const settleMs = 250;
const defaultPollMs = 4000;

export interface FileWatch {
  /** From now on these files and no others. */
  follow(files: readonly string[]): void;
  close(): void;
}

/**
 * Calls back some time after one of the files was made, changed, replaced or removed. Folders are watched, because a file
 * that is replaced is another one; a look at size and time every few seconds catches what the system does not tell.
 */
export function watchFiles(onChange: (file: string) => void, pollMs = defaultPollMs): FileWatch {
  let files: readonly string[] = [];
  const folders = new Map<string, FSWatcher>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const marks = new Map<string, string>();

  const check = async (file: string) => {
    const mark = markOf(await stat(file).catch(() => null));
    const before = marks.get(file);
    if (!files.includes(file) || mark === before) return;
    marks.set(file, mark);
    if (before !== undefined) onChange(file);
  };
  const settle = (file: string) => {
    clearTimeout(timers.get(file));
    const timer = setTimeout(() => {
      timers.delete(file);
      void check(file);
    }, settleMs);
    timer.unref();
    timers.set(file, timer);
  };
  const open = (folder: string) => {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        for (const file of files)
          if (path.dirname(file) === folder && (name === null || path.basename(file) === name)) settle(file);
      });
      watcher.on('error', () => close(folder));
      folders.set(folder, watcher);
    } catch {
      // no such folder yet, or no more watches to be had: the poll is enough
    }
  };
  const close = (folder: string) => {
    folders.get(folder)?.close();
    folders.delete(folder);
  };
  const poll = setInterval(() => {
    for (const file of files) void check(file);
  }, pollMs);
  poll.unref();

  return {
    follow(next) {
      files = [...new Set(next)];
      const wanted = new Set(files.map((file) => path.dirname(file)));
      for (const folder of folders.keys()) if (!wanted.has(folder)) close(folder);
      for (const folder of wanted) if (!folders.has(folder)) open(folder);
      for (const file of marks.keys()) if (!files.includes(file)) marks.delete(file);
      for (const file of files) if (!marks.has(file)) void check(file);
    },
    close() {
      files = [];
      clearInterval(poll);
      for (const timer of timers.values()) clearTimeout(timer);
      for (const folder of [...folders.keys()]) close(folder);
    },
  };
}

function markOf(stats: Stats | null): string {
  return stats === null ? 'absent' : `${stats.ino}:${stats.size}:${stats.mtimeMs}`;
}
