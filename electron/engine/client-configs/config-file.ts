import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, lstat, open, realpath } from 'node:fs/promises';
import path from 'node:path';
import { BridgeFault } from '../faults.ts';

/** A client's file as it is now. */
export interface ConfigText {
  /** Where the client looks for it. */
  file: string;
  /** The file itself: another one where `file` is a link inside the home folder. */
  target: string;
  /** Null: there is none yet. */
  bytes: Buffer | null;
  /** Without the byte order mark. Empty where there is no file. */
  text: string;
  hasBom: boolean;
  /** SHA-256 of the bytes; `absent` where there is none. */
  hash: string;
  /** Permission bits. */
  mode: number;
}

const maxBytes = 4 * 1024 * 1024;
const bom = '\uFEFF';

export const absentHash = 'absent';

/**
 * Reads a client's file for a person who chose that client. Refuses what could not be written back as it was: a link that
 * leaves the home folder, something that is no file, more than 4 MiB, text that is not UTF-8. Throws `BridgeFault`.
 */
export async function readConfigFile(file: string, home: string): Promise<ConfigText> {
  const target = await findTarget(file, home);
  if (target === null)
    return { file, target: file, bytes: null, text: '', hasBom: false, hash: absentHash, mode: 0o600 };
  const { bytes, mode } = await readBytes(file, target);
  const text = decode(file, bytes);
  const hasBom = text.startsWith(bom);
  return { file, target, bytes, text: hasBom ? text.slice(1) : text, hasBom, hash: hashBytes(bytes), mode };
}

export function hashBytes(bytes: Buffer | null): string {
  return bytes === null ? absentHash : createHash('sha256').update(bytes).digest('hex');
}

/** The bytes for a text of this file, with its byte order mark. */
export function encodeConfig(config: Pick<ConfigText, 'hasBom'>, text: string): Buffer {
  return Buffer.from(config.hasBom ? bom + text : text, 'utf8');
}

/** Throws `BridgeFault` where the file, or the folder a new one needs, cannot be written. */
export async function requireWritable(config: ConfigText): Promise<void> {
  const place = config.bytes === null ? await nearestFolder(path.dirname(config.target)) : config.target;
  try {
    await access(place, constants.W_OK);
    await access(config.bytes === null ? place : path.dirname(place), constants.W_OK);
  } catch {
    throw refuse(config.file, 'it cannot be written', 'Make it writable for you, or add the entry by hand.');
  }
}

async function nearestFolder(folder: string): Promise<string> {
  for (let at = folder; ; at = path.dirname(at)) {
    const found = await lstat(at).catch(() => null);
    if (found !== null || path.dirname(at) === at) return at;
  }
}

/** Null: there is no file. A link is followed only to a place inside the home folder, which the preview then names. */
async function findTarget(file: string, home: string): Promise<string | null> {
  const found = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw refuse(file, `it cannot be read (${error.code ?? 'error'})`, 'Check who owns it.');
  });
  if (found === null) return null;
  const target = await realpath(file).catch(() => {
    throw refuse(file, 'it is a link that leads nowhere', 'Remove the link, or make it lead to a file.');
  });
  if (!found.isSymbolicLink()) return file;
  const root = await realpath(home).catch(() => home);
  const inside = path.relative(root, target);
  if (inside.startsWith('..') || path.isAbsolute(inside))
    throw refuse(
      file,
      `it is a link to ${target}, outside your home folder`,
      'ScopeGate follows no link out of it. Add the entry by hand.',
    );
  return target;
}

async function readBytes(file: string, target: string): Promise<{ bytes: Buffer; mode: number }> {
  // not blocking: a named pipe must not hang the engine; the look at the open handle cannot be raced
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);
  const handle = await open(target, flags).catch((error: NodeJS.ErrnoException) => {
    throw refuse(file, `it cannot be read (${error.code ?? 'error'})`, 'Check who owns it and what may read it.');
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw refuse(file, 'it is not a regular file', 'Put a file in its place.');
    if (stat.size > maxBytes) throw refuse(file, 'it is larger than 4 MiB', 'Add the entry by hand.');
    return { bytes: await handle.readFile(), mode: stat.mode & 0o777 };
  } finally {
    await handle.close();
  }
}

function decode(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refuse(file, 'it is not UTF-8 text', 'Save it as UTF-8, or add the entry by hand.');
  }
}

/** One sentence for every refusal; that nothing was written always holds when it is thrown. */
export function refuse(file: string, why: string, fix: string): BridgeFault {
  return new BridgeFault('conflict', `${file} was left as it is: ${why}.`, fix);
}
