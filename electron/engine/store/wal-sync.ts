import { closeSync, openSync } from 'node:fs';
import { type FileWrites, realWrites } from './slot-file.ts';

/**
 * Makes committed rows survive a power cut without stopping the event loop.
 *
 * What `synchronous = FULL` adds to `NORMAL` in WAL mode is one sync of the write-ahead log after each commit
 * (https://www.sqlite.org/pragma.html#pragma_synchronous): a commit is whole once its frames are, and flushing the log
 * makes the commits before it durable (https://sqlite.org/forum/forumpost/d1a6bc7c4cd2baca). The same is done here
 * on a descriptor of our own, in libuv's thread pool, and once for all commits that wait. This holds whatever happens to
 * the log meanwhile: SQLite syncs the log before it moves frames into the database, syncs the database before it starts
 * the log over, and syncs the header of a log started over; so a frame that is no longer in the log is on the disk
 * already. The file itself stays the same as long as the engine's connection is open: it is truncated and overwritten,
 * never replaced. Closing this descriptor drops none of SQLite's locks, which lie on the database and its `-shm` file
 * (https://www.sqlite.org/howtocorrupt.html §2.2), never on the log.
 */
export class WalSync {
  readonly #descriptor: number;
  readonly #writes: FileWrites;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #isOpen = true;

  /** `database`: its path, while its connection is open in WAL mode. */
  constructor(database: string, writes: FileWrites = realWrites) {
    this.#writes = writes;
    // for writing too: Windows flushes only what a handle may write
    this.#descriptor = openSync(`${database}-wal`, 'r+');
  }

  /** Resolves when everything committed before the call is on the disk. Rejects when the system could not promise it. */
  sync(): Promise<void> {
    if (!this.#running) return this.#start();
    // the one that runs may have begun before the newest commit; all who come meanwhile share the one after it
    this.#next ??= this.#running.then(
      () => this.#startNext(),
      () => this.#startNext(),
    );
    return this.#next;
  }

  /** Waits for what runs, then closes the descriptor. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await Promise.allSettled([this.#running, this.#next]);
    closeSync(this.#descriptor);
  }

  #startNext(): Promise<void> {
    this.#next = null;
    return this.#start();
  }

  #start(): Promise<void> {
    const running = this.#writes.sync(this.#descriptor).finally(() => {
      if (this.#running === running) this.#running = null;
    });
    this.#running = running;
    return running;
  }
}
