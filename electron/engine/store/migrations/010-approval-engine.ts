import type { Migration } from './index.ts';

/**
 * Approvals that outlive their wait. Arguments stay as long as somebody has yet to look at them (pending, or kept for
 * review), the edited ones as long as the call they stand for may still come; erased with the row's next state. Beside
 * them the person's settings, how long each client waits, and the index the fatigue meter reads.
 */
export const createApprovalEngine: Migration = {
  version: 10,
  name: 'approval engine',
  up(db) {
    db.exec(`
      ALTER TABLE approvals RENAME TO approvals_before;
      DROP INDEX approvals_open;
      DROP INDEX approvals_closed;
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
        to_review INTEGER NOT NULL DEFAULT 0 CHECK (to_review IN (0, 1)),
        edited TEXT,
        CHECK (arguments IS NULL OR status = 'pending' OR to_review = 1),
        CHECK (to_review = 0 OR status IN ('denied', 'expired')),
        CHECK (edited IS NULL OR status = 'approved')
      ) STRICT;
      INSERT INTO approvals (id, call_id, agent_id, server_id, tool, digest, card, arguments, status, created_at,
          expires_at, decided_at, decided_by, deny_reason, deny_note)
        SELECT id, call_id, agent_id, server_id, tool, digest, card, arguments, status, created_at,
          expires_at, decided_at, decided_by, deny_reason, deny_note
        FROM approvals_before ORDER BY rowid;
      DROP TABLE approvals_before;
      CREATE INDEX approvals_open ON approvals (created_at) WHERE status IN ('pending', 'approved');
      CREATE INDEX approvals_closed ON approvals (created_at) WHERE status NOT IN ('pending', 'approved');
      CREATE INDEX approvals_to_review ON approvals (created_at) WHERE to_review = 1;
      CREATE INDEX approvals_denied ON approvals (decided_at) WHERE status = 'denied';

      CREATE TABLE approval_settings (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        timeout_ms INTEGER NOT NULL,
        cooldown_ms INTEGER NOT NULL,
        when_away TEXT NOT NULL CHECK (when_away IN ('hold', 'deny')),
        away_on_lock INTEGER NOT NULL CHECK (away_on_lock IN (0, 1))
      ) STRICT;

      CREATE TABLE client_waits (
        client TEXT PRIMARY KEY,
        waited_ms INTEGER NOT NULL,
        seen_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE INDEX audit_approvals ON audit (at, seq) WHERE event = 'approval.decided';
    `);
  },
};
