import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { absentHash, type ConfigText, hashBytes, readConfigFile, refuse, requireWritable } from './config-file.ts';

/** What is needed to take a write back, byte for byte. */
export interface FileChange {
  file: string;
  beforeHash: string;
  afterHash: string;
  /** A copy of what was there (0600); null where there was no file. */
  backup: string | null;
}

/**
 * Writes a client's file as a whole, after a copy of it was made: whatever happens, the old or the new bytes are there.
 * Refuses when the file is not the one that was shown any more. Throws `BridgeFault`; nothing is changed then.
 */
export async function writeChange(
  shown: ConfigText,
  after: Buffer,
  place: { home: string; backups: string; id: string },
): Promise<FileChange> {
  await requireWritable(shown);
  await requireOwn(shown);
  await requireSame(shown, place.home);
  const backup = shown.bytes === null ? null : path.join(place.backups, `${place.id}-${path.basename(shown.file)}`);
  try {
    if (backup !== null && shown.bytes !== null) await writeAtomic(backup, shown.bytes, 0o600);
    await writeAtomic(shown.target, after, shown.mode, () => requireSame(shown, place.home));
  } catch (error) {
    if (backup !== null) await rm(backup, { force: true });
    throw isFault(error) ? error : refuse(shown.file, `it could not be written (${codeOf(error)})`, 'Free disk space.');
  }
  return { file: shown.file, beforeHash: shown.hash, afterHash: hashBytes(after), backup };
}

/** Puts back the very bytes that were there. Throws `BridgeFault` when the file was changed since. */
export async function undoChange(change: FileChange, home: string): Promise<void> {
  const now = await readConfigFile(change.file, home);
  const again =
    change.backup === null ? 'Remove the entry by hand.' : `Remove the entry by hand, or use ${change.backup}.`;
  if (now.hash !== change.afterHash) throw refuse(change.file, 'it was changed since ScopeGate wrote it', again);
  if (change.beforeHash === absentHash) {
    await rm(now.target, { force: true });
    return;
  }
  const bytes = change.backup === null ? null : await readFile(change.backup).catch(() => null);
  if (bytes === null || hashBytes(bytes) !== change.beforeHash)
    throw refuse(change.file, 'the copy of what was there before is gone or altered', 'Remove the entry by hand.');
  await writeAtomic(now.target, bytes, now.mode, () => requireSame(now, home));
  if (change.backup !== null) await rm(change.backup, { force: true });
}

async function requireSame(shown: ConfigText, home: string): Promise<void> {
  const now = await readConfigFile(shown.file, home);
  if (now.hash !== shown.hash || now.target !== shown.target)
    throw refuse(shown.file, 'it changed after it was shown', 'Look at the change again, then repeat this.');
}

/** A file of another user is replaced by one of this user's, which that user could not read any more. */
async function requireOwn(shown: ConfigText): Promise<void> {
  if (shown.bytes === null || !process.getuid) return;
  const { uid } = await stat(shown.target);
  if (uid !== process.getuid()) throw refuse(shown.file, 'it belongs to another user', 'Add the entry by hand.');
}

/**
 * A temporary file in the same folder takes the old one's place in one step; `mode` is kept whatever the umask says.
 * `check` runs last, when only the rename is left.
 */
export async function writeAtomic(file: string, bytes: Uint8Array, mode: number, check?: () => Promise<void>) {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
  const handle = await open(temporary, flags, 0o600);
  try {
    await handle.writeFile(bytes);
    if (process.platform !== 'win32') await handle.chmod(mode);
    await handle.sync();
    await handle.close();
    await check?.();
    await rename(temporary, file);
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
}

function isFault(error: unknown): boolean {
  return error instanceof Error && error.name === 'BridgeFault';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'error';
}
