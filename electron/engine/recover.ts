import type { AuditGate } from './pipeline/audit-gate.ts';
import type { StoreReader } from './store/contract.ts';

/**
 * Closes what an engine that was killed left open. A call that was sent and has no outcome may or may not have had its
 * effect, so it becomes `unknown`; a call that waited for a person was never sent and becomes `cancelled`.
 * Returns how many sent calls were found.
 */
export function recoverCalls(store: StoreReader, audit: AuditGate): number {
  const unfinished = store.unfinishedCalls();
  for (const row of unfinished) {
    const { seq: _seq, id: _id, prevHash: _prevHash, hash: _hash, at: _at, ...facts } = row;
    audit.append({
      ...facts,
      event: 'call.recovered',
      actor: 'engine',
      outcome: 'unknown',
      reasonCode: 'engine_ended',
    });
  }
  for (const approval of store.approvals({ status: 'open' })) {
    const rows = store.callRows(approval.callId);
    const isOver = rows.some(
      (row) => row.event === 'call.settled' || row.event === 'call.refused' || row.event === 'call.recovered',
    );
    if (isOver) continue;
    audit.append({
      event: 'call.recovered',
      actor: 'engine',
      agentId: approval.agentId,
      agentName: typeof approval.card.agentName === 'string' ? approval.card.agentName : null,
      serverId: approval.serverId,
      tool: approval.tool,
      callId: approval.callId,
      outcome: 'cancelled',
      reasonCode: 'engine_ended',
      approvalId: approval.id,
      subject: typeof approval.card.subject === 'string' ? approval.card.subject : null,
    });
  }
  return unfinished.length;
}
