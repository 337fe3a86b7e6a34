import type { Migration } from './index.ts';

/** Declared agents have no row of their own, so the key is the agent's id and refers to no table. */
export const createAgentPrograms: Migration = {
  version: 13,
  name: 'programs expected behind the tokens of agents',
  up(db) {
    db.exec(`
      CREATE TABLE agent_programs (
        agent_id TEXT NOT NULL,
        path TEXT NOT NULL,
        accepted_at REAL NOT NULL,
        PRIMARY KEY (agent_id, path)
      ) STRICT, WITHOUT ROWID`);
  },
};
