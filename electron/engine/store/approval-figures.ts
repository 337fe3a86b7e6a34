import { auditColumns, auditRow } from './audit-rows.ts';
import type { Connection } from './connection.ts';
import type { StoreReader } from './contract.ts';
import { decodeRows } from './rows.ts';

/** What the log tells about approvals: how people answered, and what a permission would have let through. */
export function readApprovalFigures(db: Connection): Pick<StoreReader, 'approvalRows' | 'pastCalls'> {
  // the conditions repeat those of the partial indexes word for word, else SQLite does not use them
  const decided = db.prepare<[number, number], { seq: number }>(`
    SELECT ${auditColumns} FROM audit WHERE event = 'approval.decided' AND at >= ? ORDER BY at DESC, seq DESC LIMIT ?`);
  const past = db.prepare<[string, string, string, string, number], { calls: number; exact: number }>(`
    SELECT count(*) AS calls, coalesce(sum(arguments_digest = ?), 0) AS exact FROM audit
    WHERE event IN ('call.settled', 'call.refused', 'call.recovered')
      AND agent_id IS NOT NULL AND server_id IS NOT NULL AND tool IS NOT NULL
      AND agent_id = ? AND server_id = ? AND tool = ? AND at >= ?`);
  return {
    approvalRows: (since, limit) =>
      decodeRows(auditRow, decided.all(since, limit), 'audit', (row) => row.seq).reverse(),
    pastCalls: (agentId, serverId, tool, argumentsDigest, since) =>
      past.get(argumentsDigest, agentId, serverId, tool, since) ?? { calls: 0, exact: 0 },
  };
}
