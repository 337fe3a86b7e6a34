import type { Migration } from './index.ts';

/** Who started which task: a task outlives the engine, and its agent asks for it after a restart. */
export const createKnownTasks: Migration = {
  version: 14,
  name: 'tasks agents have started',
  up(db) {
    db.exec(`
      CREATE TABLE known_tasks (
        agent_id TEXT NOT NULL,
        server_id TEXT NOT NULL,
        task_id TEXT NOT NULL,
        tool TEXT NOT NULL,
        approval_id TEXT,
        learned_at INTEGER NOT NULL,
        PRIMARY KEY (agent_id, server_id, task_id)
      ) STRICT
    `);
  },
};
