import { statSync } from 'node:fs';
import { type Connection, openReadHandle, type StoreFile } from './connection.ts';
import { readSchemaVersion } from './migrate.ts';
import { applicationId } from './migrations/001-meta.ts';
import { schemaVersion } from './migrations/index.ts';
import { hasCode } from './private-file.ts';
import { corruptError, newerError } from './start-errors.ts';

/**
 * Looks at an existing database without changing a byte of it, on a handle that cannot write. Returns its schema
 * version, 0 for a new file. Throws `EngineStartError` `database_newer` or `database_corrupt`. The walk through the
 * whole file is paid only after a start that did not end properly. `check` sees a database of the current schema.
 */
export function inspectFile(at: StoreFile, check: (db: Connection) => void): number {
  if (sizeOf(at.file) === 0) return 0;
  const endedProperly = sizeOf(`${at.file}-wal`) === 0;
  const db = openReadHandle(at);
  try {
    const version = readSchemaVersion(db);
    if (isBlank(db, version)) return 0;
    const owner = Number(db.pragma('application_id', { simple: true }));
    if (owner !== applicationId) throw corruptError(at.file, 'It is not a ScopeGate database.');
    if (version > schemaVersion) throw newerError(at.file, version, schemaVersion);
    if (!endedProperly) checkPages(db, at.file);
    if (version === schemaVersion) check(db);
    return version;
  } finally {
    db.close();
  }
}

/** The first start was interrupted before its first migration. */
function isBlank(db: Connection, version: number): boolean {
  return version === 0 && db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
}

function checkPages(db: Connection, file: string): void {
  const finding = db.pragma('quick_check(1)', { simple: true });
  if (finding !== 'ok') throw corruptError(file, String(finding));
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 0;
    throw error;
  }
}
