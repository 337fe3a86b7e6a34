import type { Connection } from '../connection.ts';
import { createMeta } from './001-meta.ts';
import { createAgents } from './002-agents.ts';
import { createServers } from './003-servers.ts';
import { createGrants } from './004-grants.ts';
import { createApprovals } from './005-approvals.ts';
import { createAudit } from './006-audit.ts';
import { addServerAsks } from './007-server-asks.ts';

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
  addServerAsks,
];

export const schemaVersion = migrations.length;
