import type { Migration } from './index.ts';

/**
 * Rules, the never-list, remembered approvals, the user's own risk tiers, and what policy knows of each agent. A rule
 * stands as JSON with its scope beside it, so that one that cannot be read still blocks where it would have ruled.
 */
export const createPolicy: Migration = {
  version: 7,
  name: 'policy',
  up(db) {
    db.exec(`
      CREATE TABLE policy_rules (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('rule', 'never')),
        agent TEXT NOT NULL,
        server TEXT NOT NULL,
        tool TEXT NOT NULL,
        body TEXT NOT NULL,
        confirmed_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE live_grants (
        id TEXT PRIMARY KEY,
        agent_id TEXT NOT NULL,
        server_id TEXT NOT NULL,
        tool TEXT NOT NULL,
        match TEXT NOT NULL,
        expires_at INTEGER,
        until_quit INTEGER NOT NULL CHECK (until_quit IN (0, 1)),
        uses_left INTEGER CHECK (uses_left >= 0),
        created_at INTEGER NOT NULL,
        approval_id TEXT,
        sentence TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE risk_overrides (
        server_id TEXT NOT NULL,
        tool TEXT NOT NULL,
        tier TEXT NOT NULL,
        PRIMARY KEY (server_id, tool)
      ) STRICT, WITHOUT ROWID;

      -- The tier each tool was last seen with, and when it last rose.
      CREATE TABLE tool_tiers (
        server_id TEXT NOT NULL,
        tool TEXT NOT NULL,
        tier TEXT NOT NULL,
        rose_at INTEGER,
        PRIMARY KEY (server_id, tool)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE agent_policies (
        agent_id TEXT PRIMARY KEY,
        preset TEXT,
        loop TEXT,
        flow_guard INTEGER NOT NULL CHECK (flow_guard IN (0, 1))
      ) STRICT, WITHOUT ROWID;

      CREATE INDEX audit_policy ON audit (seq) WHERE event = 'policy.changed';
    `);
  },
};
