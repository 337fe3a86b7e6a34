import type { AuditTrail } from './audit-trail.ts';
import type { AuditGate } from './pipeline/audit-gate.ts';

/** The first rows of a start: what it found missing, each for itself, and that the log goes on. */
export function recordStart(audit: AuditGate, trail: AuditTrail): void {
  const { losses, afterMark } = trail.start;
  for (const loss of losses)
    audit.append({ event: 'log.loss', actor: 'engine', reasonCode: loss.reason, details: loss });
  audit.append({ event: 'log.started', actor: 'engine', details: { afterMark, checkpoint: trail.last?.n ?? 0 } });
}

/** The last row of a run. `refused`: rows that could not be written; nothing was forwarded for them. */
export function recordStop(audit: AuditGate): void {
  audit.flush();
  const { written, refused } = audit.counters;
  audit.append({ event: 'log.stopped', actor: 'engine', details: { written, refused } });
}
