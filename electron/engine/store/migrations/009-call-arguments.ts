import type { Migration } from './index.ts';

/**
 * Arguments of decided calls for the replay of rules, sealed under the engine's key, for the days the person chose
 * (`replay_days`; 0: none are kept). `sealed` is null where the arguments were too large to keep.
 */
export const createCallArguments: Migration = {
  version: 9,
  name: 'call arguments',
  up(db) {
    db.exec(`
      CREATE TABLE call_arguments (
        call_id TEXT PRIMARY KEY,
        at INTEGER NOT NULL,
        agent_id TEXT NOT NULL,
        agent_name TEXT NOT NULL,
        server_id TEXT NOT NULL,
        tool TEXT NOT NULL,
        subject TEXT NOT NULL,
        arguments_digest TEXT NOT NULL,
        sealed BLOB
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX call_arguments_by_time ON call_arguments (at);
      INSERT INTO meta (name, value) VALUES ('replay_days', 7);
    `);
  },
};
