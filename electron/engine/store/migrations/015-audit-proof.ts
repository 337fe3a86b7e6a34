import type { Migration } from './index.ts';

/**
 * What makes the log provable. `format` tells which columns a row's hash covers: 1 for rows of earlier versions, whose
 * new columns are empty, 2 from here on (docs/audit-format.md). Checkpoints are signed and never change. Rows may only
 * be deleted from the beginning, up to the number the signed `audit.pruned` row names. The arguments kept for replay
 * get a key for each day, wrapped under a key of the engine; without it they cannot be read.
 */
export const addAuditProof: Migration = {
  version: 15,
  name: 'audit proof',
  up(db) {
    db.exec(`
      ALTER TABLE audit ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
      ALTER TABLE audit ADD COLUMN rule_id TEXT;
      ALTER TABLE audit ADD COLUMN credential TEXT;
      ALTER TABLE audit ADD COLUMN os_user TEXT;
      ALTER TABLE audit ADD COLUMN process TEXT;
      ALTER TABLE audit ADD COLUMN upstream_ms REAL;
      ALTER TABLE audit ADD COLUMN findings TEXT;

      INSERT INTO meta (name, value) VALUES ('audit_pruned_through', 0);
      DROP TRIGGER audit_no_delete;
      CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
        WHEN OLD.seq > (SELECT value FROM meta WHERE name = 'audit_pruned_through')
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

      CREATE TABLE audit_checkpoints (
        n INTEGER PRIMARY KEY,
        line INTEGER NOT NULL,
        epoch INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        hash BLOB NOT NULL CHECK (length(hash) = 32),
        at INTEGER NOT NULL,
        prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32),
        public_key BLOB NOT NULL CHECK (length(public_key) = 32),
        next_key BLOB NOT NULL CHECK (length(next_key) = 32),
        signature BLOB NOT NULL CHECK (length(signature) = 64)
      ) STRICT;
      CREATE TRIGGER audit_checkpoints_next_only BEFORE INSERT ON audit_checkpoints
        WHEN NEW.n IS NOT (SELECT coalesce(max(n), 0) + 1 FROM audit_checkpoints)
        BEGIN SELECT RAISE(ABORT, 'checkpoints only take the next one'); END;
      CREATE TRIGGER audit_checkpoints_no_update BEFORE UPDATE ON audit_checkpoints
        BEGIN SELECT RAISE(ABORT, 'checkpoints never change'); END;
      CREATE TRIGGER audit_checkpoints_no_delete BEFORE DELETE ON audit_checkpoints
        BEGIN SELECT RAISE(ABORT, 'checkpoints never change'); END;

      CREATE TABLE audit_settings (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        durability TEXT NOT NULL CHECK (durability IN ('by-tier', 'full', 'normal')),
        keep_days INTEGER,
        keep_megabytes INTEGER
      ) STRICT;
      INSERT INTO audit_settings (id, durability, keep_days, keep_megabytes) VALUES (1, 'by-tier', NULL, NULL);

      -- One key for each day of kept arguments; deleting it deletes what it sealed.
      CREATE TABLE payload_keys (
        day INTEGER PRIMARY KEY,
        wrapped BLOB NOT NULL
      ) STRICT;
      ALTER TABLE call_arguments ADD COLUMN day INTEGER;
    `);
  },
};
