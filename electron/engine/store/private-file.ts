import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { EngineStartError } from '../contract.ts';

/** Undefined on Windows, where links need a privilege of their own. */
const noFollow = constants.O_NOFOLLOW ?? 0;
const privateMode = 0o600;

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/**
 * Opens a regular file that belongs to this user, never through a symbolic link, and takes group and others off its
 * mode. Returns null when there is none; throws `EngineStartError` when something else is in its place.
 */
function openOwned(path: string, flags: number): number | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, flags | noFollow, privateMode);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw unusable(path, hasCode(error, 'ELOOP', 'EMLINK') ? 'it is a symbolic link' : reasonOf(error));
  }
  const refusal = inspectOwned(descriptor);
  if (refusal !== null) {
    closeSync(descriptor);
    throw unusable(path, refusal);
  }
  return descriptor;
}

/** Looks at the open file itself, so that nothing can be swapped between the look and the use. */
function inspectOwned(descriptor: number): string | null {
  const stats = fstatSync(descriptor);
  if (!stats.isFile()) return 'it is not a regular file';
  if (process.getuid && stats.uid !== process.getuid()) return 'it belongs to another user';
  if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0) fchmodSync(descriptor, privateMode);
  return null;
}

/** The bytes of a private file, or null when there is none. Throws `EngineStartError` for a link or a foreign file. */
export function readPrivateFile(path: string): Buffer | null {
  const descriptor = openOwned(path, constants.O_RDONLY);
  if (descriptor === null) return null;
  try {
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A descriptor for reading, to be closed by the caller; null when there is none. Throws like `readPrivateFile`. */
export function openPrivateRead(path: string): number | null {
  return openOwned(path, constants.O_RDONLY);
}

/** Makes an empty file with mode 0600 when there is none; checks and tightens the one that is there. */
export function ensurePrivateFile(path: string): void {
  const descriptor = openOwned(path, constants.O_RDWR | constants.O_CREAT);
  if (descriptor !== null) closeSync(descriptor);
}

/** Takes group and others off a file's mode; does nothing when it is not there. */
export function tightenFile(path: string): void {
  if (process.platform === 'win32') return;
  try {
    chmodSync(path, privateMode);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

/** Replaces a file as a whole: after a crash at any point the old or the new bytes are there, never a mixture. */
export function writePrivateFile(path: string, bytes: Uint8Array | string): void {
  const temporary = temporaryName(path);
  try {
    createPrivateFile(temporary, bytes);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}

/** Creates a file that must not exist yet (`EEXIST` otherwise) and makes its bytes durable. */
export function createPrivateFile(path: string, bytes: Uint8Array | string): void {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow;
  const descriptor = openSync(path, flags, privateMode);
  try {
    writeFileSync(descriptor, bytes);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A name beside `path` that nobody else uses. */
export function temporaryName(path: string): string {
  return `${path}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`;
}

/** A rename is durable only once its directory is; Windows has no such call. */
function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(directory, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function unusable(path: string, reason: string): EngineStartError {
  return new EngineStartError(
    'data_dir_unusable',
    `ScopeGate cannot use ${path}: ${reason}.`,
    'Move it away or correct its owner, then start ScopeGate again.',
  );
}
