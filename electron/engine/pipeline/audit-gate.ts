import type { AuditDurability } from '../../shared/audit-proof.ts';
import type { LogPort } from '../ports.ts';
import type { AuditEvent, StoreWriter } from '../store/contract.ts';

/** An audit event with only what the writer has to say; everything else is empty. */
export type AuditFacts = Pick<AuditEvent, 'event' | 'actor'> & Partial<Omit<AuditEvent, 'event' | 'actor'>>;

const blank: Omit<AuditEvent, 'event' | 'actor' | 'at'> = {
  agentId: null,
  agentName: null,
  serverId: null,
  tool: null,
  callId: null,
  effect: null,
  outcome: null,
  reasonCode: null,
  riskTier: null,
  policyVersion: null,
  argumentsDigest: null,
  resultDigest: null,
  resultBytes: null,
  durationMs: null,
  waitedMs: null,
  approvalId: null,
  subject: null,
  details: null,
};

/** What makes rows durable and provable beside the database. */
export interface TrailPort {
  /** Why the mark could not be written after the last commit; null when it was. */
  readonly fault: string | null;
  /** Resolves when everything committed before survives a power cut. */
  sync(): Promise<void>;
  /** Writes the mark again. */
  retry(): void;
}

interface Ports {
  store: Pick<StoreWriter, 'appendAudit' | 'appendAuditRows' | 'renewWal'>;
  trail: TrailPort;
  log: LogPort;
  durability: AuditDurability;
  now(): number;
  /** The log can, or can no longer, be written. */
  onHealth(problem: string | null): void;
}

/** Rows since the start, for the row that ends the log. */
export interface GateCounters {
  written: number;
  refused: number;
}

interface Waiting {
  event: AuditEvent;
  mustSync: boolean;
  settle(isWritten: boolean): void;
}

/**
 * The only way to the audit log. Rows of calls that come in one turn of the event loop share a transaction, and those
 * that must survive a power cut share a sync, for which no other work waits. A failed write makes the engine degraded:
 * nothing is forwarded until a row could be written again. Every call tries, so the first success ends it.
 */
export class AuditGate {
  readonly #ports: Ports;
  readonly counters: GateCounters = { written: 0, refused: 0 };
  #problem: string | null = null;
  #durability: AuditDurability;
  #waiting: Waiting[] = [];
  #turn: NodeJS.Immediate | null = null;
  /** A sync failed: what it was to make durable may be a hole in the write-ahead log. */
  #isWalUncertain = false;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#durability = ports.durability;
  }

  /** Why the log cannot be written; null while it can. */
  get problem(): string | null {
    return this.#problem;
  }

  get durability(): AuditDurability {
    return this.#durability;
  }

  set durability(durability: AuditDurability) {
    this.#durability = durability;
  }

  /** True when the row is in the log. False means: do not go on. Also within a transaction of the store. */
  append(facts: AuditFacts): boolean {
    try {
      this.#ports.store.appendAudit(this.#complete(facts));
    } catch (error) {
      this.counters.refused += 1;
      this.#fail(error);
      return false;
    }
    return this.#wrote(1);
  }

  /**
   * Resolves to true when the row is in the log, and on the disk where durability asks for it. False means: do not go
   * on. Time passes meanwhile: policy must be looked at again before an effect. Never rejects.
   */
  commit(facts: AuditFacts): Promise<boolean> {
    const event = this.#complete(facts);
    return new Promise((settle) => {
      this.#waiting.push({ event, mustSync: this.#mustSync(event), settle });
      this.#turn ??= setImmediate(() => this.flush());
    });
  }

  /** Commits what waits at once. */
  flush(): void {
    if (this.#turn) clearImmediate(this.#turn);
    this.#turn = null;
    const batch = this.#waiting;
    if (batch.length === 0) return;
    this.#waiting = [];
    if (!this.#write(batch)) {
      settleAll(batch, false);
      return;
    }
    const slow = batch.filter(({ mustSync }) => mustSync);
    if (slow.length > 0) void this.#syncFor(slow);
    settleAll(slow.length === 0 ? batch : batch.filter(({ mustSync }) => !mustSync), true);
  }

  /** Tries to write again, for the person who made room; returns what is still wrong. */
  retry(): string | null {
    this.#ports.trail.retry();
    this.append({ event: 'log.retried', actor: 'person' });
    return this.#problem;
  }

  #write(batch: readonly Waiting[]): boolean {
    try {
      if (this.#isWalUncertain) this.#ports.store.renewWal();
      this.#isWalUncertain = false;
      this.#ports.store.appendAuditRows(batch.map(({ event }) => event));
    } catch (error) {
      this.counters.refused += batch.length;
      this.#fail(error);
      return false;
    }
    return this.#wrote(batch.length);
  }

  async #syncFor(slow: readonly Waiting[]): Promise<void> {
    try {
      await this.#ports.trail.sync();
      settleAll(slow, true);
    } catch (error) {
      this.#isWalUncertain = true;
      this.#fail(error);
      settleAll(slow, false);
    }
  }

  /** A row without its mark could be taken away unseen, so it counts as not written. */
  #wrote(rows: number): boolean {
    this.counters.written += rows;
    this.#setProblem(this.#ports.trail.fault);
    return this.#problem === null;
  }

  #complete(facts: AuditFacts): AuditEvent {
    return { ...blank, at: this.#ports.now(), ...facts };
  }

  /** By tier, what lets something happen is synced where it can do more than read; a tier nobody knows counts as more. */
  #mustSync({ event, effect, riskTier }: AuditEvent): boolean {
    if (this.#durability !== 'by-tier') return this.#durability === 'full';
    return event.endsWith('.decided') && effect !== 'deny' && riskTier !== 'read';
  }

  #fail(error: unknown): void {
    this.#setProblem(error instanceof Error ? error.message : 'unknown error');
  }

  #setProblem(problem: string | null): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    if (problem) this.#ports.log.error('the audit log cannot be written, calls are refused', { error: problem });
    else this.#ports.log.info('the audit log can be written again');
    this.#ports.onHealth(problem);
  }
}

function settleAll(batch: readonly Waiting[], isWritten: boolean): void {
  for (const { settle } of batch) settle(isWritten);
}
