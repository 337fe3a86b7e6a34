import type { Migration } from './index.ts';

/**
 * What a person accepted to run for each server, and the sandbox it runs in. `seal` is keyed, so that a row written by
 * anybody else accepts nothing. Servers from before have no row: they start after a person has looked at them once.
 */
export const createServerLaunch: Migration = {
  version: 21,
  name: 'what may run for a server',
  up(db) {
    db.exec(`
      CREATE TABLE server_launch (
        server_id TEXT PRIMARY KEY,
        sandbox TEXT,
        seal TEXT NOT NULL,
        accepted_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`);
  },
};
