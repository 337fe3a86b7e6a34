import { type ApprovalView, stormAt } from '../../../electron/shared/index.ts';

/** What the queue shows as one: a question, or everything one agent asks when it asks too much at once. */
export type QueueEntry =
  | { kind: 'card'; id: string; approval: ApprovalView }
  | { kind: 'storm'; id: string; agentId: string; agentName: string; approvals: readonly ApprovalView[] };

/**
 * Folds the questions of an agent that has {@link stormAt} or more into one entry, at the place of its oldest. Agents in
 * `reviewed` stay unfolded: the person chose to look at each. So does the
 * one question they have their hands on (`touched`): it is not folded away with a menu open or an edit begun.
 */
export function groupStorms(
  pending: readonly ApprovalView[],
  reviewed: ReadonlySet<string>,
  touched: string | null = null,
): QueueEntry[] {
  const counts = new Map<string, number>();
  for (const { agentId } of pending) counts.set(agentId, (counts.get(agentId) ?? 0) + 1);
  const folded = new Set<string>();
  const entries: QueueEntry[] = [];
  for (const approval of pending) {
    const { agentId, agentName } = approval;
    if ((counts.get(agentId) ?? 0) < stormAt || reviewed.has(agentId) || approval.id === touched) {
      entries.push({ kind: 'card', id: approval.id, approval });
    } else if (!folded.has(agentId)) {
      folded.add(agentId);
      const approvals = pending.filter((other) => other.agentId === agentId && other.id !== touched);
      entries.push({ kind: 'storm', id: `storm ${agentId}`, agentId, agentName, approvals });
    }
  }
  return entries;
}

/** Which tools the questions are about, most asked first. */
export function countTools(approvals: readonly ApprovalView[]): { serverName: string; tool: string; count: number }[] {
  const counts = new Map<string, { serverName: string; tool: string; count: number }>();
  for (const { serverId, serverName, tool, waiting } of approvals) {
    const key = JSON.stringify([serverId, tool]);
    const known = counts.get(key) ?? { serverName, tool, count: 0 };
    counts.set(key, { ...known, count: known.count + Math.max(1, waiting) });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}
