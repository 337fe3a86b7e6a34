import type { Migration } from './index.ts';

/** Declared agents have no row of their own, yet a pause of theirs must outlive a restart. */
export const createDeclaredPauses: Migration = {
  version: 12,
  name: 'pauses of declared agents',
  up(db) {
    db.exec('CREATE TABLE declared_pauses (agent_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID');
  },
};
