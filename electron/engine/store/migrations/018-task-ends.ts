import type { Migration } from './index.ts';

/** The end of a task is written to the audit log once, also over restarts. */
export const addTaskEnds: Migration = {
  version: 18,
  name: 'ends of tasks',
  up(db) {
    db.exec('ALTER TABLE known_tasks ADD COLUMN settled_at INTEGER');
  },
};
