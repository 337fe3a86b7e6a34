import { chmodSync, mkdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EngineStartError } from './contract.ts';
import { hasCode, reasonOf } from './store/private-file.ts';
import { type LockAttempt, takeProcessLock } from './store/process-lock.ts';

/** The folder that holds everything of one engine, locked for this process. */
export interface DataDir {
  /** Absolute, with symbolic links resolved. */
  readonly path: string;
  /** Gives the folder free; safe to call twice. Also ends with the process. */
  release(): void;
}

const lockName = 'engine.lock';

/**
 * Creates the folder when missing, takes group and others off its mode (no effect on Windows) and locks it.
 * Throws `EngineStartError`: `data_dir_unusable` when it is not this user's own writable folder, `data_dir_in_use` when
 * another live engine has it.
 */
export function openDataDir(dir: string): DataDir {
  const path = prepare(resolve(dir));
  const attempt = lock(path);
  if (!attempt.ok) throw inUse(path, attempt.pid);
  return { path, release: attempt.lock.release };
}

function prepare(dir: string): string {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const path = realpathSync(dir);
    const stats = statSync(path);
    const refusal = refuseFolder(stats);
    if (refusal !== null) throw unusable(dir, refusal);
    if (process.platform !== 'win32' && (stats.mode & 0o777) !== 0o700) chmodSync(path, 0o700);
    return path;
  } catch (error) {
    if (error instanceof EngineStartError) throw error;
    throw unusable(dir, hasCode(error, 'EEXIST', 'ENOTDIR') ? 'it is not a folder' : reasonOf(error));
  }
}

function refuseFolder(stats: Stats): string | null {
  if (!stats.isDirectory()) return 'it is not a folder';
  if (process.getuid && stats.uid !== process.getuid()) return 'it belongs to another user';
  return null;
}

function lock(path: string): LockAttempt {
  try {
    return takeProcessLock(join(path, lockName));
  } catch (error) {
    throw unusable(path, reasonOf(error));
  }
}

function unusable(dir: string, reason: string): EngineStartError {
  return new EngineStartError(
    'data_dir_unusable',
    `ScopeGate cannot keep its data in ${dir}: ${reason}.`,
    'Choose a folder of your own that you can write to, or correct the owner of this one.',
  );
}

function inUse(path: string, pid: number | null): EngineStartError {
  const holder = pid === null ? 'another process' : `process ${pid}`;
  return new EngineStartError(
    'data_dir_in_use',
    `Another ScopeGate (${holder}) is using ${path}.`,
    `Quit that one first, or choose another data folder. If none runs, delete ${join(path, lockName)}.`,
  );
}
