import { nextTurn } from './audit-indexer.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { AuditGate } from './pipeline/audit-gate.ts';
import type { LogPort } from './ports.ts';
import type { StoreWriter } from './store/contract.ts';
import { reasonOf } from './store/private-file.ts';

interface Ports {
  store: StoreWriter;
  audit: AuditGate;
  trail: AuditTrail;
  log: LogPort;
  now(): number;
}

const dayMs = 24 * 3_600_000;
const megabyte = 1024 * 1024;
const rowsPerStep = 500;
/** By size, so much is left that the next row does not prune again. */
const headroom = 0.9;

/**
 * Prunes what the person's limits no longer keep, at the start and daily: always from the beginning, always up to a
 * signed checkpoint, and never a call that is still open. One signed row says up to where; the log verifies from there.
 */
export class AuditRetention {
  readonly #ports: Ports;
  readonly #timer: NodeJS.Timeout;
  #deleting: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#timer = setInterval(() => this.prune(), dayMs);
    this.#timer.unref();
  }

  /** Returns how many rows are given up; they are deleted in small steps from now on. */
  prune(): number {
    const { store, log } = this.#ports;
    let rows = 0;
    try {
      const before = store.prunedThrough();
      const through = this.#target();
      if (through > before && this.#record(through)) rows = through - before;
      // also what an engine before this one left
      this.#deleting = this.#deleting.then(() => this.#delete());
    } catch (error) {
      log.warn('the audit log could not be pruned', { error: reasonOf(error) });
    }
    return rows;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#deleting;
  }

  /** The row of the newest checkpoint that may be the last one to go; 0: none. */
  #target(): number {
    const { store, now } = this.#ports;
    const { days, megabytes } = store.auditSettings();
    const byAge = days === null ? 0 : (store.checkpointBefore(Number.MAX_SAFE_INTEGER, now() - days * dayMs)?.seq ?? 0);
    const limit = Math.max(byAge, megabytes === null ? 0 : this.#overflow(megabytes * megabyte));
    const [open] = store.unfinishedCalls();
    return store.checkpointBefore(Math.min(limit, (open?.seq ?? limit + 1) - 1), now())?.seq ?? 0;
  }

  /** The number of the last row that must go for the rest to fit, taking all rows for equally large. */
  #overflow(bytes: number): number {
    const { store } = this.#ports;
    const used = store.usedBytes();
    if (used <= bytes) return 0;
    const rows = store.auditEnd() - store.prunedThrough();
    return store.prunedThrough() + Math.ceil(rows * (1 - (bytes * headroom) / used));
  }

  #record(through: number): boolean {
    const { store, audit, trail } = this.#ports;
    const { days, megabytes } = store.auditSettings();
    const isRecorded = store.transaction(() => {
      const details = { through, days, megabytes };
      if (!audit.append({ event: 'audit.pruned', actor: 'engine', details })) return false;
      store.allowPruning(through);
      return true;
    });
    if (isRecorded) void trail.checkpoint();
    return isRecorded;
  }

  async #delete(): Promise<void> {
    const { store, log } = this.#ports;
    try {
      while (!this.#isClosed && store.deletePruned(rowsPerStep) > 0) await nextTurn();
    } catch (error) {
      log.warn('pruned rows of the audit log could not be deleted yet', { error: reasonOf(error) });
    }
  }
}
