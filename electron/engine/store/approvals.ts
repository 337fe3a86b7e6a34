import { z } from 'zod';
import type { Connection } from './connection.ts';
import type { ApprovalRecord, StoreReader, StoreWriter } from './contract.ts';
import { decodeRows, flagColumn, jsonColumn, jsonObject } from './rows.ts';

const approvalRow: z.ZodType<ApprovalRecord> = z.object({
  id: z.string(),
  callId: z.string(),
  agentId: z.string(),
  serverId: z.string(),
  tool: z.string(),
  digest: z.string(),
  card: jsonColumn(jsonObject),
  argumentsJson: z.string().nullable(),
  status: z.string(),
  createdAt: z.number(),
  expiresAt: z.number(),
  decidedAt: z.number().nullable(),
  decidedBy: z.string().nullable(),
  denyReason: z.string().nullable(),
  denyNote: z.string().nullable(),
  toReview: flagColumn,
  editedJson: z.string().nullable(),
});

const columns = `id, call_id AS callId, agent_id AS agentId, server_id AS serverId, tool, digest, card,
  arguments AS argumentsJson, status, created_at AS createdAt, expires_at AS expiresAt, decided_at AS decidedAt,
  decided_by AS decidedBy, deny_reason AS denyReason, deny_note AS denyNote, to_review AS toReview,
  edited AS editedJson`;

export function readApprovals(
  db: Connection,
): Pick<StoreReader, 'approvals' | 'approvalsToReview' | 'approvalsDenied'> {
  const open = db.prepare<[], { id: string }>(
    `SELECT ${columns} FROM approvals WHERE status IN ('pending', 'approved') ORDER BY created_at, rowid`,
  );
  const closed = db.prepare<[number, number], { id: string }>(`
    SELECT ${columns} FROM approvals WHERE status NOT IN ('pending', 'approved') AND created_at < ?
    ORDER BY created_at DESC, rowid DESC LIMIT ?`);
  const toReview = db.prepare<[], { id: string }>(
    `SELECT ${columns} FROM approvals WHERE to_review = 1 ORDER BY created_at DESC, rowid DESC`,
  );
  const denied = db.prepare<[number], { id: string }>(`
    SELECT ${columns} FROM approvals WHERE status = 'denied' AND decided_by = 'person' AND decided_at >= ?
    ORDER BY decided_at`);
  const decode = (rows: { id: string }[]) => decodeRows(approvalRow, rows, 'approvals', (row) => row.id);
  return {
    approvalsToReview: () => decode(toReview.all()),
    approvalsDenied: (since) => decode(denied.all(since)),
    approvals(filter) {
      const rows =
        filter.status === 'open' ? open.all() : closed.all(filter.before ?? Number.MAX_SAFE_INTEGER, filter.limit);
      return decode(rows);
    },
  };
}

export function writeApprovals(db: Connection): Pick<StoreWriter, 'putApproval'> {
  const put = db.prepare(`
    INSERT INTO approvals (id, call_id, agent_id, server_id, tool, digest, card, arguments, status, created_at,
      expires_at, decided_at, decided_by, deny_reason, deny_note, to_review, edited)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET card = excluded.card, arguments = excluded.arguments, status = excluded.status,
      expires_at = excluded.expires_at, decided_at = excluded.decided_at, decided_by = excluded.decided_by,
      deny_reason = excluded.deny_reason, deny_note = excluded.deny_note,
      to_review = excluded.to_review, edited = excluded.edited`);
  return {
    putApproval(approval) {
      put.run(
        approval.id,
        approval.callId,
        approval.agentId,
        approval.serverId,
        approval.tool,
        approval.digest,
        JSON.stringify(approval.card),
        // Kept only while a person may still have to read them, whatever the caller hands in.
        approval.status === 'pending' || approval.toReview ? approval.argumentsJson : null,
        approval.status,
        approval.createdAt,
        approval.expiresAt,
        approval.decidedAt,
        approval.decidedBy,
        approval.denyReason,
        approval.denyNote,
        Number(approval.toReview),
        approval.status === 'approved' ? approval.editedJson : null,
      );
    },
  };
}
