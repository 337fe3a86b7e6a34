import type { CallView } from '../../electron/shared/index.ts';

/**
 * Puts changed calls (in the order they were told) into a list that is newest first. A known call is replaced where it
 * stands, so rows never move; an unknown one is put by its time, a later one above an earlier one of the same time.
 */
export function mergeCalls(calls: readonly CallView[], changed: readonly CallView[], limit: number): CallView[] {
  const latest = new Map<string, CallView>();
  for (const call of changed) latest.set(call.id, call);
  const known: CallView[] = calls.map((call) => {
    const update = latest.get(call.id);
    if (update === undefined) return call;
    latest.delete(call.id);
    return update;
  });
  if (latest.size === 0) return known;
  const fresh = [...latest.values()].reverse().sort((a, b) => b.at - a.at);
  const merged: CallView[] = [];
  let next = 0;
  for (const call of fresh) {
    for (let other = known[next]; other !== undefined && other.at > call.at; other = known[next]) {
      merged.push(other);
      next += 1;
    }
    merged.push(call);
  }
  while (next < known.length) {
    const other = known[next];
    if (other !== undefined) merged.push(other);
    next += 1;
  }
  return merged.slice(0, limit);
}
