import Database from 'better-sqlite3';

export type Connection = Database.Database;

export interface StoreFile {
  /** Absolute path of the database. */
  file: string;
  /** Overrides better-sqlite3's own lookup of its native addon. */
  nativeBinding?: string | undefined;
}

/** How long a statement waits for another process that writes (a backup tool, a curious person with a shell). */
const busyTimeoutMs = 2000;
/** Pages (4 KiB) of log before a commit pays for the checkpoint itself; quiet moments come first (idle-checkpoint.ts). */
const autoCheckpointPages = 4000;

/**
 * The engine's one writing handle. `synchronous = NORMAL` in WAL: a row that `run` returned from survives the death of
 * the process; a power cut may take the last ones but never breaks the file.
 */
export function openWriteHandle(at: StoreFile): Connection {
  const db = connect(at, false);
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    // macOS: a plain fsync does not reach the disk. No effect elsewhere.
    db.pragma('checkpoint_fullfsync = ON');
    db.pragma('foreign_keys = ON');
    // With this a REPLACE fires DELETE triggers, which the append-only log relies on.
    db.pragma('recursive_triggers = ON');
    // Erased arguments must not live on in free pages.
    db.pragma('secure_delete = ON');
    db.pragma(`wal_autocheckpoint = ${autoCheckpointPages}`);
    db.pragma(`journal_size_limit = ${autoCheckpointPages * 4096}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A handle SQLite itself keeps from writing. */
export function openReadHandle(at: StoreFile): Connection {
  return connect(at, true);
}

function connect(at: StoreFile, readonly: boolean): Connection {
  return new Database(at.file, {
    readonly,
    fileMustExist: true,
    timeout: busyTimeoutMs,
    ...(at.nativeBinding === undefined ? {} : { nativeBinding: at.nativeBinding }),
  });
}
