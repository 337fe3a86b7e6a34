import type { Migration } from './index.ts';

/** The switches. '*' stands for every agent, the server's own switch, or the agent's default. */
export const createGrants: Migration = {
  version: 4,
  name: 'grants',
  up(db) {
    db.exec(`
      CREATE TABLE grants (
        agent_id TEXT NOT NULL,
        server_id TEXT NOT NULL,
        tool_name TEXT NOT NULL,
        effect TEXT NOT NULL CHECK (effect IN ('allow', 'ask', 'deny')),
        updated_at INTEGER NOT NULL,
        PRIMARY KEY (agent_id, server_id, tool_name),
        CHECK (server_id <> '*' OR tool_name = '*')
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX grants_by_server ON grants (server_id);
    `);
  },
};
