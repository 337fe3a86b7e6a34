import type { Migration } from './index.ts';

export const createAgents: Migration = {
  version: 2,
  name: 'agents',
  up(db) {
    db.exec(`
      CREATE TABLE agents (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
        token_hint TEXT NOT NULL,
        client_name TEXT,
        paused INTEGER NOT NULL CHECK (paused IN (0, 1)),
        rate_limit TEXT,
        tool_limit TEXT,
        created_at INTEGER NOT NULL,
        last_seen_at INTEGER,
        removed_at INTEGER
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
