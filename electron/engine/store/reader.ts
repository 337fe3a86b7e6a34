import { EngineStartError } from '../contract.ts';
import { readAgentPrograms } from './agent-programs.ts';
import { readAgents } from './agents.ts';
import { readAnalytics } from './analytics.ts';
import { readApprovalFigures } from './approval-figures.ts';
import { readApprovalSettings } from './approval-settings.ts';
import { readApprovals } from './approvals.ts';
import { readCheckpoints } from './audit-checkpoints.ts';
import { readPruning } from './audit-prune.ts';
import { readAudit } from './audit-queries.ts';
import { readAuditSearch } from './audit-search.ts';
import { readAuditSettings } from './audit-settings.ts';
import { type Connection, openReadHandle, type StoreFile } from './connection.ts';
import type { StoreReader } from './contract.ts';
import { readCredentials } from './credential-rows.ts';
import { readGrants } from './grants.ts';
import { inspectFile } from './inspect.ts';
import { readKnownTasks } from './known-tasks.ts';
import { readState } from './meta.ts';
import { schemaVersion } from './migrations/index.ts';
import { readPayloadKeys } from './payload-keys.ts';
import { readPolicy } from './policy-rules.ts';
import { readPolicyRun } from './policy-run.ts';
import { readResultFilters } from './result-filters.ts';
import { readServerLaunch } from './server-launch.ts';
import { readServers } from './servers.ts';
import { toStartError } from './start-errors.ts';
import { readTelemetry } from './telemetry.ts';
import { readTools } from './tools.ts';
import { readVault } from './vault-rows.ts';

/** Reads and nothing else: SQLite itself refuses every change on its handle. */
export interface StoreReaderHandle extends StoreReader {
  close(): void;
}

/** Prepares every statement, so that a missing table or column shows at once. */
export function createReader(db: Connection): StoreReader {
  return {
    ...readAgents(db),
    ...readAgentPrograms(db),
    ...readServers(db),
    ...readKnownTasks(db),
    ...readServerLaunch(db),
    ...readTools(db),
    ...readResultFilters(db),
    ...readGrants(db),
    ...readPolicy(db),
    ...readPolicyRun(db),
    ...readApprovals(db),
    ...readApprovalSettings(db),
    ...readApprovalFigures(db),
    ...readAudit(db),
    ...readAuditSettings(db),
    ...readCheckpoints(db),
    ...readPayloadKeys(db),
    ...readPruning(db),
    ...readAuditSearch(db),
    ...readAnalytics(db),
    ...readVault(db),
    ...readCredentials(db),
    ...readTelemetry(db),
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
