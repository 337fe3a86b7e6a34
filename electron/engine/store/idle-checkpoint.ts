import type { Connection } from './connection.ts';

export interface IdleCheckpoint {
  /** Says that something was written. */
  touch(): void;
  stop(): void;
}

const quietMs = 1000;

/**
 * Moves the write-ahead log into the database while nobody waits for a commit: after a second without writes. Under
 * steady traffic SQLite's own automatic checkpoint does it instead.
 */
export function startIdleCheckpoint(db: Connection): IdleCheckpoint {
  let isDirty = false;
  let wroteSinceTick = false;
  const timer = setInterval(() => {
    if (isDirty && !wroteSinceTick && db.open && !db.inTransaction) isDirty = !checkpoint(db);
    wroteSinceTick = false;
  }, quietMs);
  timer.unref();
  return {
    touch() {
      isDirty = true;
      wroteSinceTick = true;
    },
    stop: () => clearInterval(timer),
  };
}

/** Failing here loses nothing: the log is still whole, the next quiet moment or the next commit tries again. */
function checkpoint(db: Connection): boolean {
  try {
    db.pragma('wal_checkpoint(PASSIVE)');
    return true;
  } catch {
    return false;
  }
}
