import type { Connection } from '../connection.ts';
import { createMeta } from './001-meta.ts';
import { createAgents } from './002-agents.ts';
import { createServers } from './003-servers.ts';
import { createGrants } from './004-grants.ts';
import { createApprovals } from './005-approvals.ts';
import { createAudit } from './006-audit.ts';
import { createPolicy } from './007-policy.ts';
import { createLimits } from './008-limits.ts';
import { createCallArguments } from './009-call-arguments.ts';
import { createApprovalEngine } from './010-approval-engine.ts';
import { addServerAsks } from './011-server-asks.ts';
import { createDeclaredPauses } from './012-declared-pauses.ts';
import { createAgentPrograms } from './013-agent-programs.ts';
import { createKnownTasks } from './014-known-tasks.ts';
import { addAuditProof } from './015-audit-proof.ts';
import { createAuditSearch } from './016-audit-search.ts';
import { createVault } from './017-vault.ts';
import { addTaskEnds } from './018-task-ends.ts';
import { createTelemetry } from './019-telemetry.ts';
import { createResultFilters } from './020-result-filters.ts';
import { createServerLaunch } from './021-server-launch.ts';

/** One step of the schema, for one purpose; runs in a transaction of its own. Never edited once released. */
export interface Migration {
  /** The schema version (`PRAGMA user_version`) this step leads to. */
  readonly version: number;
  readonly name: string;
  up(db: Connection): void;
}

export const migrations: readonly Migration[] = [
  createMeta,
  createAgents,
  createServers,
  createGrants,
  createApprovals,
  createAudit,
  createPolicy,
  createLimits,
  createCallArguments,
  createApprovalEngine,
  addServerAsks,
  createDeclaredPauses,
  createAgentPrograms,
  createKnownTasks,
  addAuditProof,
  createAuditSearch,
  createVault,
  addTaskEnds,
  createTelemetry,
  createResultFilters,
  createServerLaunch,
];

/** Of the newest step; numbers rise, not always by one. */
export const schemaVersion = migrations.reduce((highest, step) => Math.max(highest, step.version), 0);
