import type { Migration } from './index.ts';

/** Questions to the person. Only a pending one keeps its arguments. */
export const createApprovals: Migration = {
  version: 5,
  name: 'approvals',
  up(db) {
    db.exec(`
      CREATE TABLE approvals (
        id TEXT PRIMARY KEY,
        call_id TEXT NOT NULL,
        agent_id TEXT NOT NULL,
        server_id TEXT NOT NULL,
        tool TEXT NOT NULL,
        digest TEXT NOT NULL,
        card TEXT NOT NULL,
        arguments TEXT,
        status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'used', 'denied', 'expired', 'cancelled')),
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        decided_at INTEGER,
        decided_by TEXT,
        deny_reason TEXT,
        deny_note TEXT,
        CHECK (arguments IS NULL OR status = 'pending')
      ) STRICT;
      CREATE INDEX approvals_open ON approvals (created_at) WHERE status IN ('pending', 'approved');
      CREATE INDEX approvals_closed ON approvals (created_at) WHERE status NOT IN ('pending', 'approved');
    `);
  },
};
