import type { Migration } from './index.ts';

/**
 * The append-only log. The order of the columns up to `details` is the order of the hashed fields (audit-chain.ts).
 * Triggers refuse UPDATE and DELETE on every connection, and any insert that is not the next number, which also
 * refuses INSERT OR REPLACE.
 */
export const createAudit: Migration = {
  version: 6,
  name: 'audit',
  up(db) {
    db.exec(`
      CREATE TABLE audit (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        at INTEGER NOT NULL,
        event TEXT NOT NULL,
        actor TEXT NOT NULL,
        agent_id TEXT,
        agent_name TEXT,
        server_id TEXT,
        tool TEXT,
        call_id TEXT,
        effect TEXT,
        outcome TEXT,
        reason_code TEXT,
        risk_tier TEXT,
        policy_version INTEGER,
        arguments_digest TEXT,
        result_digest TEXT,
        result_bytes INTEGER,
        duration_ms REAL,
        waited_ms REAL,
        approval_id TEXT,
        subject TEXT,
        details TEXT,
        prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32),
        hash BLOB NOT NULL CHECK (length(hash) = 32)
      ) STRICT;

      -- The rows of one call, and whether it has ended.
      CREATE INDEX audit_by_call ON audit (call_id, event) WHERE call_id IS NOT NULL;
      -- Ended calls, newest first.
      CREATE INDEX audit_ended ON audit (at, seq)
        WHERE event IN ('call.settled', 'call.refused', 'call.recovered');
      -- Counts of calls, read from the index alone.
      CREATE INDEX audit_by_tool ON audit (agent_id, server_id, tool, at, event)
        WHERE event IN ('call.settled', 'call.refused', 'call.recovered')
          AND agent_id IS NOT NULL AND server_id IS NOT NULL AND tool IS NOT NULL;

      CREATE TRIGGER audit_next_only BEFORE INSERT ON audit
        WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
        BEGIN SELECT RAISE(ABORT, 'the audit log only takes the next row'); END;
      CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
      CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
    `);
  },
};
