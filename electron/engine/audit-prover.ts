import type { AuditProof, AuditReport } from '../shared/audit-proof.ts';
import { nextTurn } from './audit-indexer.ts';
import { type VerifyOptions, verifyAudit } from './audit-verify.ts';
import type { LogPort } from './ports.ts';
import { reasonOf } from './store/private-file.ts';

interface Ports {
  options: Pick<VerifyOptions, 'dataDir' | 'nativeBinding'>;
  log: LogPort;
  now(): number;
  onChanged(): void;
}

/** One step takes a millisecond or two, between which calls go on. */
const rowsPerStep = 200;
/** Between two notices of how far it is, milliseconds. */
const noticeEveryMs = 250;

/** Verifies the log beside the running calls, once at a time. */
export class AuditProver {
  readonly #ports: Ports;
  #run: Promise<void> | null = null;
  #progress: AuditProof['run'] = null;
  #report: AuditProof['report'] = null;
  #isStopped = false;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Null while none runs. */
  get progress(): AuditProof['run'] {
    return this.#progress;
  }

  /** Of the last verification since the start; null: there was none. */
  get report(): (AuditReport & { at: number }) | null {
    return this.#report;
  }

  /** Begins one, unless one runs. */
  start(): void {
    if (this.#run) return;
    this.#isStopped = false;
    this.#progress = { checked: 0, total: 0 };
    this.#ports.onChanged();
    this.#run = this.#verify().finally(() => {
      this.#run = null;
      this.#progress = null;
      this.#ports.onChanged();
    });
  }

  /** Resolves when none runs any more; what was not finished has no report. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#run;
  }

  async #verify(): Promise<void> {
    const { options, log, now, onChanged } = this.#ports;
    const steps = verifyAudit({ ...options, rowsPerStep, withIndexes: false });
    const take = (report: AuditReport) => {
      this.#report = { ...report, at: now() };
    };
    let toldAt = performance.now();
    try {
      for (const progress of giveReport(steps, take)) {
        // leaving the loop closes the database
        if (this.#isStopped) break;
        this.#progress = progress;
        if (performance.now() - toldAt > noticeEveryMs) {
          toldAt = performance.now();
          onChanged();
        }
        await nextTurn();
      }
    } catch (error) {
      log.error('the audit log could not be verified', { error: reasonOf(error) });
    }
  }
}

/** The same steps, for a loop that is only interested in them. */
function* giveReport(steps: ReturnType<typeof verifyAudit>, take: (report: AuditReport) => void) {
  take(yield* steps);
}
