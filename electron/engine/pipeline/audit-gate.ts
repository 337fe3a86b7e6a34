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

interface Ports {
  store: Pick<StoreWriter, 'appendAudit'>;
  log: LogPort;
  now(): number;
  /** The log can, or can no longer, be written. */
  onHealth(problem: string | null): void;
}

/**
 * The only way to the audit log. A failed write makes the engine degraded: nothing is forwarded until a row could be
 * written again. Every call tries, so the first success ends it.
 */
export class AuditGate {
  readonly #ports: Ports;
  #problem: string | null = null;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Why the log cannot be written; null while it can. */
  get problem(): string | null {
    return this.#problem;
  }

  /** True when the row is in the log. False means: do not go on. */
  append(facts: AuditFacts): boolean {
    try {
      this.#ports.store.appendAudit({ ...blank, at: this.#ports.now(), ...facts });
      this.#setProblem(null);
      return true;
    } catch (error) {
      this.#setProblem(error instanceof Error ? error.message : 'unknown error');
      return false;
    }
  }

  #setProblem(problem: string | null): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    if (problem) this.#ports.log.error('the audit log cannot be written, calls are refused', { error: problem });
    else this.#ports.log.info('the audit log can be written again');
    this.#ports.onHealth(problem);
  }
}
