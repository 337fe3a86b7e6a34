import type { Connection } from './connection.ts';
import { readMeta, writeMeta } from './meta.ts';

export interface PruneReads {
  /** Rows up to here may be deleted, and mostly are; 0: none were. */
  prunedThrough(): number;
  /** Bytes of the database that are in use; its file may be larger. */
  usedBytes(): number;
}

export interface PruneWrites {
  /** Gives the rows up to `seq` free for deletion; the row that says so must be part of the same transaction. */
  allowPruning(seq: number): void;
  /** Deletes up to `limit` rows that were given free, oldest first; returns how many. */
  deletePruned(limit: number): number;
}

export function readPruning(db: Connection): PruneReads {
  const meta = readMeta(db);
  const figure = (name: string) => Number(db.pragma(name, { simple: true }));
  return {
    prunedThrough: () => meta('audit_pruned_through'),
    usedBytes: () => (figure('page_count') - figure('freelist_count')) * figure('page_size'),
  };
}

export function writePruning(db: Connection): PruneWrites {
  const setMeta = writeMeta(db);
  const remove = db.prepare<[number]>(`
    DELETE FROM audit WHERE seq IN (
      SELECT seq FROM audit WHERE seq <= (SELECT value FROM meta WHERE name = 'audit_pruned_through')
      ORDER BY seq LIMIT ?)`);
  return {
    allowPruning: (seq) => setMeta('audit_pruned_through', seq),
    deletePruned: (limit) => remove.run(limit).changes,
  };
}
