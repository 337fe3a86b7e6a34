import type { Migration } from './index.ts';

/** How results of a server are looked through. No foreign key: declared servers have no row of their own. */
export const createResultFilters: Migration = {
  version: 20,
  name: 'result filters',
  up(db) {
    db.exec(`
      CREATE TABLE result_filters (
        server_id TEXT PRIMARY KEY,
        settings TEXT NOT NULL CHECK (json_valid(settings))
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
