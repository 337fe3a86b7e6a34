import type { CallClass } from '../../../electron/shared/index.ts';
import { auditLink } from '../../lib/audit-link.ts';
import type { FilterToken } from '../../lib/call-filter.ts';
import { writeTime } from '../audit/audit-query.ts';

/** The words of the outcomes a class counts, as the filter takes them; what was approved is allowed as well. */
const outcomeTokens: Readonly<Record<CallClass, readonly string[]>> = {
  allowed: ['allowed'],
  approved: ['allowed'],
  denied: ['denied', 'paused', 'refused', 'limited', 'invalid', 'timed out', 'not listed'],
  failed: ['failed', 'tool error', 'unknown'],
  cancelled: ['cancelled'],
};

export interface Stretch {
  at: number;
  to: number;
}

/** The Audit page with the calls of a stretch of time; of some classes, when any are named. */
export function callsLink(
  { at, to }: Stretch,
  classes: readonly CallClass[] = [],
  more: readonly FilterToken<string>[] = [],
): string {
  const outcomes = [...new Set(classes.flatMap((name) => outcomeTokens[name]))];
  return auditLink([
    ...more,
    ...outcomes.map((value) => ({ key: 'outcome', value })),
    ...(outcomes.length === 0 ? [{ key: 'event', value: 'call.' }] : []),
    { key: 'after', value: writeTime(at) },
    { key: 'before', value: writeTime(to) },
  ]);
}
