import { EngineStartError } from '../contract.ts';
import type { LogPort } from '../ports.ts';
import { writeAgentPrograms } from './agent-programs.ts';
import { writeAgents } from './agents.ts';
import { writeApprovalSettings } from './approval-settings.ts';
import { writeApprovals } from './approvals.ts';
import type { ChainHead } from './audit-chain.ts';
import { writeCheckpoints } from './audit-checkpoints.ts';
import { openAuditLog } from './audit-log.ts';
import { writePruning } from './audit-prune.ts';
import { writeAuditSearch } from './audit-search-writer.ts';
import { writeAuditSettings } from './audit-settings.ts';
import { backupDaily, backupNow } from './backups.ts';
import { type Connection, openWriteHandle, type StoreFile } from './connection.ts';
import type { AuditEvent, StoreWriter } from './contract.ts';
import { writeCredentials } from './credential-rows.ts';
import { writeGrants } from './grants.ts';
import { startIdleCheckpoint } from './idle-checkpoint.ts';
import { inspectFile } from './inspect.ts';
import { writeKnownTasks } from './known-tasks.ts';
import { writeState } from './meta.ts';
import { migrate } from './migrate.ts';
import { schemaVersion } from './migrations/index.ts';
import { writePayloadKeys } from './payload-keys.ts';
import { writePolicy } from './policy-rules.ts';
import { writePolicyRun } from './policy-run.ts';
import { ensurePrivateFile, reasonOf, tightenFile } from './private-file.ts';
import { createReader } from './reader.ts';
import { writeResultFilters } from './result-filters.ts';
import { isCorruption } from './rows.ts';
import { writeServerLaunch } from './server-launch.ts';
import { writeServers } from './servers.ts';
import { toStartError } from './start-errors.ts';
import { writeTelemetry } from './telemetry.ts';
import { writeTools } from './tools.ts';
import { writeVault } from './vault-rows.ts';

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
  let onCommit: (head: ChainHead) => void = () => undefined;
  const committed = (before: ChainHead) => {
    const head = audit.head();
    if (head !== before && !db.inTransaction) onCommit(head);
  };
  const transaction = <T>(work: () => T): T => {
    const before = audit.head();
    checkpoint.touch();
    let result: T;
    try {
      result = run(work) as T;
    } catch (error) {
      audit.rewind(before);
      throw error;
    }
    committed(before);
    return result;
  };
  const appendAudit = (event: AuditEvent): number => {
    const before = audit.head();
    checkpoint.touch();
    const seq = audit.append(event);
    committed(before);
    return seq;
  };
  return {
    ...createReader(db),
    ...writeAgents(db),
    ...writeAgentPrograms(db),
    ...writeServers(db),
    ...writeKnownTasks(db),
    ...writeServerLaunch(db),
    ...writeTools(db),
    ...writeResultFilters(db),
    ...writeGrants(db),
    ...writePolicy(db),
    ...writePolicyRun(db),
    ...writeApprovals(db),
    ...writeApprovalSettings(db),
    ...writeAuditSettings(db),
    ...writeAuditSearch(db),
    ...writeCheckpoints(db),
    ...writePayloadKeys(db),
    ...writePruning(db),
    ...writeTelemetry(db),
    ...writeState(db),
    ...writeVault(db),
    ...writeCredentials(db),
    transaction,
    appendAudit,
    appendAuditRows(events) {
      const [alone] = events;
      // a statement is a transaction by itself; one around it costs half as much again
      if (alone && events.length === 1) {
        appendAudit(alone);
        return;
      }
      transaction(() => {
        for (const event of events) audit.append(event);
      });
    },
    auditHead: () => audit.head(),
    onAuditCommit(listener) {
      onCommit = listener;
    },
    renewWal() {
      const [result] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
      if (result?.busy !== 0) throw new Error('the write-ahead log is in use');
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
