import { EngineStartError } from '../contract.ts';
import type { LogPort } from '../ports.ts';
import { writeAgents } from './agents.ts';
import { writeApprovalSettings } from './approval-settings.ts';
import { writeApprovals } from './approvals.ts';
import { openAuditLog } from './audit-log.ts';
import { backupDaily, backupNow } from './backups.ts';
import { type Connection, openWriteHandle, type StoreFile } from './connection.ts';
import type { StoreWriter } from './contract.ts';
import { writeGrants } from './grants.ts';
import { startIdleCheckpoint } from './idle-checkpoint.ts';
import { inspectFile } from './inspect.ts';
import { writeState } from './meta.ts';
import { migrate } from './migrate.ts';
import { schemaVersion } from './migrations/index.ts';
import { writePolicy } from './policy-rules.ts';
import { writePolicyRun } from './policy-run.ts';
import { ensurePrivateFile, reasonOf, tightenFile } from './private-file.ts';
import { createReader } from './reader.ts';
import { isCorruption } from './rows.ts';
import { writeServerLaunch } from './server-launch.ts';
import { writeServers } from './servers.ts';
import { toStartError } from './start-errors.ts';
import { writeTools } from './tools.ts';

export interface OpenStoreOptions extends StoreFile {
  /** Milliseconds since the epoch, for the names and the age of backups. */
  now?: () => number;
  log?: LogPort;
}

/**
 * Opens the engine's database, creating or upgrading it; its folder must exist and be locked by this process. Before an
 * upgrade, and at most daily, a copy goes to `backups/` beside it. Throws `EngineStartError`: `database_newer`,
 * `database_corrupt` (the file is left as it is) or `data_dir_unusable`.
 */
export function openStore(options: OpenStoreOptions): StoreWriter {
  const now = options.now ?? Date.now;
  let db: Connection | null = null;
  try {
    ensurePrivateFile(options.file);
    const version = inspectFile(options, checkCurrent);
    db = openWriteHandle(options);
    upgrade(db, options, version, now());
    const writer = createWriter(db);
    for (const ending of ['-wal', '-shm']) tightenFile(`${options.file}${ending}`);
    if (version !== 0) void backupDaily(db, options.file, now(), options.log);
    return writer;
  } catch (error) {
    db?.close();
    throw toStartError(options.file, error);
  }
}

/** On the read-only handle, so that what is found damaged stays untouched. */
function checkCurrent(db: Connection): void {
  createReader(db);
  openAuditLog(db);
}

function upgrade(db: Connection, options: OpenStoreOptions, version: number, now: number): void {
  if (version > 0 && version < schemaVersion) {
    try {
      const backup = backupNow(db, options.file, now);
      options.log?.info('database backed up before an upgrade', {
        path: backup.path,
        from: version,
        to: schemaVersion,
      });
    } catch (error) {
      if (isCorruption(error)) throw error;
      throw new EngineStartError(
        'data_dir_unusable',
        `The database must be upgraded, and its backup could not be written: ${reasonOf(error)}.`,
        'Make room on the disk, then start ScopeGate again. Nothing was changed.',
      );
    }
  }
  migrate(db);
}

function createWriter(db: Connection): StoreWriter {
  const audit = openAuditLog(db);
  const run = db.transaction((work: () => unknown) => work());
  audit.markSettled();
  const checkpoint = startIdleCheckpoint(db);
  return {
    ...createReader(db),
    ...writeAgents(db),
    ...writeServers(db),
    ...writeServerLaunch(db),
    ...writeTools(db),
    ...writeGrants(db),
    ...writePolicy(db),
    ...writePolicyRun(db),
    ...writeApprovals(db),
    ...writeApprovalSettings(db),
    ...writeState(db),
    transaction<T>(work: () => T): T {
      const head = audit.head();
      checkpoint.touch();
      try {
        return run(work) as T;
      } catch (error) {
        audit.rewind(head);
        throw error;
      }
    },
    appendAudit(event) {
      checkpoint.touch();
      return audit.append(event);
    },
    close() {
      if (!db.open) return;
      checkpoint.stop();
      try {
        audit.markSettled();
      } finally {
        db.close();
      }
    },
  };
}
