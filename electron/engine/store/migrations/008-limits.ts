import type { Migration } from './index.ts';

/** Token buckets, so that a restart refills none. Keys are the limiter's own. */
export const createLimits: Migration = {
  version: 8,
  name: 'limits',
  up(db) {
    db.exec(`
      CREATE TABLE limit_buckets (
        key TEXT PRIMARY KEY,
        tokens REAL NOT NULL,
        at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
