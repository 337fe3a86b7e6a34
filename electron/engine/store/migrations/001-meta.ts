import type { Migration } from './index.ts';

/** Marks the file as ScopeGate's own ("SGTE"), so that no other program's database is ever taken for ours. */
export const applicationId = 0x53475445;

/** Single numbers: policy version, kill switch, how far the audit log is known to be settled. */
export const createMeta: Migration = {
  version: 1,
  name: 'meta',
  up(db) {
    db.pragma(`application_id = ${applicationId}`);
    db.exec(`
      CREATE TABLE meta (
        name TEXT PRIMARY KEY,
        value INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      INSERT INTO meta (name, value) VALUES ('policy_version', 1), ('paused', 0), ('audit_settled_through', 0);
    `);
  },
};
