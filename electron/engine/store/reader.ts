import { EngineStartError } from '../contract.ts';
import { readAgents } from './agents.ts';
import { readApprovalFigures } from './approval-figures.ts';
import { readApprovalSettings } from './approval-settings.ts';
import { readApprovals } from './approvals.ts';
import { readAudit } from './audit-queries.ts';
import { type Connection, openReadHandle, type StoreFile } from './connection.ts';
import type { StoreReader } from './contract.ts';
import { readGrants } from './grants.ts';
import { inspectFile } from './inspect.ts';
import { readState } from './meta.ts';
import { schemaVersion } from './migrations/index.ts';
import { readPolicy } from './policy-rules.ts';
import { readPolicyRun } from './policy-run.ts';
import { readServerLaunch } from './server-launch.ts';
import { readServers } from './servers.ts';
import { toStartError } from './start-errors.ts';
import { readTools } from './tools.ts';

/** Reads and nothing else: SQLite itself refuses every change on its handle. */
export interface StoreReaderHandle extends StoreReader {
  close(): void;
}

/** Prepares every statement, so that a missing table or column shows at once. */
export function createReader(db: Connection): StoreReader {
  return {
    ...readAgents(db),
    ...readServers(db),
    ...readServerLaunch(db),
    ...readTools(db),
    ...readGrants(db),
    ...readPolicy(db),
    ...readPolicyRun(db),
    ...readApprovals(db),
    ...readApprovalSettings(db),
    ...readApprovalFigures(db),
    ...readAudit(db),
    ...readState(db),
  };
}

/** Opens a database of the current schema for reading, also beside a running engine. Throws `EngineStartError`. */
export function openReader(at: StoreFile): StoreReaderHandle {
  try {
    const version = inspectFile(at, () => undefined);
    if (version !== schemaVersion) throw notUpgraded(at.file);
    const db = openReadHandle(at);
    return { ...createReader(db), close: () => void db.close() };
  } catch (error) {
    throw toStartError(at.file, error);
  }
}

function notUpgraded(file: string): EngineStartError {
  return new EngineStartError(
    'data_dir_unusable',
    `${file} is not yet a database of this version of ScopeGate.`,
    'Start this ScopeGate once on that folder, then try again.',
  );
}
