import type { Migration } from './index.ts';

/**
 * Servers and the tools they define. `tools` has no foreign key: servers declared in a configuration file have tools
 * that were reviewed, and no row of their own.
 */
export const createServers: Migration = {
  version: 3,
  name: 'servers and tools',
  up(db) {
    db.exec(`
      CREATE TABLE servers (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        transport TEXT NOT NULL,
        enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
        trusted INTEGER NOT NULL CHECK (trusted IN (0, 1)),
        created_at INTEGER NOT NULL,
        reviewed_at INTEGER,
        removed_at INTEGER
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE tools (
        server_id TEXT NOT NULL,
        name TEXT NOT NULL,
        definition TEXT NOT NULL,
        definition_hash TEXT NOT NULL,
        reviewed_hash TEXT,
        reviewed_definition TEXT,
        first_seen_at INTEGER NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (server_id, name),
        CHECK ((reviewed_hash IS NULL) = (reviewed_definition IS NULL))
      ) STRICT;
    `);
  },
};
