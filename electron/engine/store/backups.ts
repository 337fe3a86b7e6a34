import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { LogPort } from '../ports.ts';
import type { Connection } from './connection.ts';
import { readSchemaVersion } from './migrate.ts';
import { createPrivateFile, hasCode, reasonOf, temporaryName } from './private-file.ts';

export interface Backup {
  path: string;
  /** Milliseconds since the epoch. */
  at: number;
}

const keptBackups = 3;
const backupEveryMs = 24 * 60 * 60 * 1000;
/** Pages copied between two looks at other work: 256 KiB, well under a millisecond. */
const pagesPerStep = 64;

/** `backups/` beside the database; the names carry the time and the schema version. */
function folderOf(file: string): string {
  return join(dirname(file), 'backups');
}

/** Newest first. */
export function listBackups(file: string): Backup[] {
  const prefix = `${basename(file, extname(file))}-`;
  return namesIn(folderOf(file))
    .filter((name) => name.startsWith(prefix))
    .flatMap((name) => {
      const at = readTime(name.slice(prefix.length));
      return at === null ? [] : [{ path: join(folderOf(file), name), at }];
    })
    .sort((one, other) => other.at - one.at);
}

/** A whole copy before the function returns, for the moment before a migration. Throws when it cannot be written. */
export function backupNow(db: Connection, file: string, now: number): Backup {
  const target = prepare(db, file, now);
  try {
    db.prepare('VACUUM INTO ?').run(target.temporary);
    return finish(file, target);
  } catch (error) {
    rmSync(target.temporary, { force: true });
    throw error;
  }
}

/**
 * A copy made in small steps while the engine works, at most once a day. Never throws: a failed backup is logged. When
 * the database closes meanwhile, the copy is dropped.
 */
export async function backupDaily(db: Connection, file: string, now: number, log: LogPort | undefined): Promise<void> {
  let temporary: string | null = null;
  try {
    const newest = listBackups(file)[0];
    if (newest && Math.abs(now - newest.at) < backupEveryMs) return;
    const target = prepare(db, file, now);
    temporary = target.temporary;
    await db.backup(temporary, { progress: () => pagesPerStep });
    const { path } = finish(file, target);
    log?.info('database backed up', { path });
  } catch (error) {
    if (temporary !== null) drop(temporary);
    if (db.open) log?.warn('the daily backup of the database failed', { reason: reasonOf(error) });
  }
}

/** What stays behind is removed before the next backup. */
function drop(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // the fault that led here is the one that is told
  }
}

interface Target extends Backup {
  temporary: string;
}

/** The copy is private before its first byte is, and has its final name only when it is whole. */
function prepare(db: Connection, file: string, now: number): Target {
  const folder = folderOf(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of namesIn(folder)) {
    if (/\.tmp(-journal|-wal|-shm)?$/.test(name)) rmSync(join(folder, name), { force: true });
  }
  const name = `${basename(file, extname(file))}-${writeTime(now)}-v${readSchemaVersion(db)}.db`;
  const path = join(folder, name);
  const temporary = temporaryName(path);
  createPrivateFile(temporary, '');
  return { path, at: now, temporary };
}

function finish(file: string, target: Target): Backup {
  renameSync(target.temporary, target.path);
  for (const old of listBackups(file).slice(keptBackups)) rmSync(old.path, { force: true });
  return { path: target.path, at: target.at };
}

/** `2026-11-22T09:30:00.123Z` as `20261122T093000123Z`. */
function writeTime(time: number): string {
  return new Date(time).toISOString().replace(/[-:.]/g, '');
}

function readTime(rest: string): number | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-v\d+\.db$/.exec(rest);
  if (!match) return null;
  const [year, month, day, hour, minute, second, millisecond] = match.slice(1).map(Number) as [
    number,
    number,
    ...number[],
  ];
  return Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
