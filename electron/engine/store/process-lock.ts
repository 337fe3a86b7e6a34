import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { z } from 'zod';
import { createPrivateFile, hasCode, temporaryName } from './private-file.ts';
import { isSameStart, readProcessStart } from './process-start.ts';

const ownerSchema = z.object({
  pid: z.number().int().positive(),
  start: z.string(),
  /** Names one taking of the lock; part of a file name, so nothing but hex. */
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
});
type LockOwner = z.infer<typeof ownerSchema>;

export interface ProcessLock {
  /** Removes the lock if it is still ours; safe to call twice. */
  release(): void;
}

/** `pid` of the process that has it; null when the file does not say. */
export type LockAttempt = { ok: true; lock: ProcessLock } | { ok: false; pid: number | null };

/** How long a file without readable content may be one that is just being written. */
const unreadableGraceMs = 10_000;
/** Taking over from a process that died while it was taking over, and so on. */
const deepestTakeOver = 4;

/**
 * A lock that belongs to a process, not to a file: it ends with the process, however that ends. The file names its
 * owner by pid and start time, so that a pid given to another program does not hold the lock for ever.
 */
export function takeProcessLock(path: string): LockAttempt {
  const start = readProcessStart(process.pid);
  const owner: LockOwner = { pid: process.pid, start, nonce: randomBytes(16).toString('hex') };
  const holder = take(path, owner, 0);
  if (holder !== null) return { ok: false, pid: holder.pid };
  return { ok: true, lock: { release: () => removeOwn(path, owner) } };
}

/** Returns null when the lock is ours, else who has it. */
function take(path: string, owner: LockOwner, depth: number): { pid: number | null } | null {
  if (createLock(path, owner)) return null;
  const seen = readLock(path);
  if (seen === 'none') return createLock(path, owner) ? null : { pid: null };
  if (seen === 'writing' || depth >= deepestTakeOver) return { pid: null };
  if (seen !== 'unreadable' && isAlive(seen)) return { pid: seen.pid };
  return takeOver(path, seen === 'unreadable' ? null : seen, owner, depth);
}

/**
 * Of all who saw the same dead owner only one may replace its file, and none may replace a new owner's: a second lock,
 * named after the dead owner's nonce, lets one in, who then looks again before the atomic rename.
 */
function takeOver(
  path: string,
  dead: LockOwner | null,
  owner: LockOwner,
  depth: number,
): { pid: number | null } | null {
  const claim = `${path}.${dead?.nonce ?? 'unreadable'}`;
  const rival = take(claim, owner, depth + 1);
  if (rival !== null) return rival;
  try {
    const now = readLock(path);
    const isStillDead = dead === null ? now === 'unreadable' : typeof now === 'object' && now.nonce === dead.nonce;
    if (!isStillDead) return { pid: typeof now === 'object' ? now.pid : null };
    const temporary = temporaryName(path);
    createPrivateFile(temporary, JSON.stringify(owner));
    renameSync(temporary, path);
    return null;
  } finally {
    removeOwn(claim, owner);
  }
}

/** A hard link appears with its content already in it; where there are none the file is created and then written. */
function createLock(path: string, owner: LockOwner): boolean {
  const temporary = temporaryName(path);
  createPrivateFile(temporary, JSON.stringify(owner));
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    if (!hasCode(error, 'EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR', 'EMLINK')) throw error;
    return createWithoutLink(path, owner);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function createWithoutLink(path: string, owner: LockOwner): boolean {
  try {
    createPrivateFile(path, JSON.stringify(owner));
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function readLock(path: string): LockOwner | 'none' | 'writing' | 'unreadable' {
  try {
    const parsed = ownerSchema.safeParse(parseJson(readFileSync(path, 'utf8')));
    if (parsed.success) return parsed.data;
    return Date.now() - statSync(path).mtimeMs < unreadableGraceMs ? 'writing' : 'unreadable';
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 'none';
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Doubt about a running process counts as alive. */
function isAlive(owner: LockOwner): boolean {
  const start = readProcessStart(owner.pid);
  if (start === 'gone') return false;
  return start === 'unknown' || owner.start === 'unknown' || isSameStart(start, owner.start);
}

function removeOwn(path: string, owner: LockOwner): void {
  const seen = readLock(path);
  if (typeof seen === 'object' && seen.nonce === owner.nonce) rmSync(path, { force: true });
}
