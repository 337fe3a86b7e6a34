import type { Migration } from './index.ts';

/**
 * What servers may ask of agents, and what is known of a server from its last connection. `server_facts` has no foreign
 * key: servers declared in a configuration file have no row.
 */
export const addServerAsks: Migration = {
  version: 11,
  name: 'what servers may ask',
  up(db) {
    db.exec(`
      ALTER TABLE servers ADD COLUMN asks TEXT NOT NULL
        DEFAULT '{"elicitation":"allow","sampling":"ask","roots":"ask"}';

      CREATE TABLE server_facts (
        server_id TEXT PRIMARY KEY,
        config_hash TEXT,
        era TEXT CHECK (era IN ('legacy', 'modern')),
        hello TEXT,
        conditional_tools TEXT
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
