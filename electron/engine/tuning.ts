import type { ApprovalTiming } from './pipeline/approval-item.ts';
import type { CallTiming } from './pipeline/ports.ts';
import type { FileWrites } from './store/slot-file.ts';

/** How long agents' lists wait for servers that were never read. */
export interface ListTiming {
  /** Longer than for the others, once there is something to show: a server that hangs holds nobody up. */
  listGraceMs: number;
}

export type EngineTuning = ApprovalTiming &
  CallTiming &
  ListTiming & {
    /** In place of the file system for the writes of the audit path beside SQLite, for tests. */
    auditWrites?: FileWrites;
  };

/** Times of the product, milliseconds (policy-and-approvals: 5 min for a person, 10 min armed; agents give up at 60 s). */
export const defaultTuning: EngineTuning = {
  timeoutMs: 5 * 60_000,
  extendMs: 5 * 60_000,
  armedMs: 10 * 60_000,
  giveUpMs: 50_000,
  progressMs: 10_000,
  upstreamMs: 120_000,
  listGraceMs: 3_000,
};
