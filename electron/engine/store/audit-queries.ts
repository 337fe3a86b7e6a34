import { type ChainValue, hashedValues } from './audit-chain.ts';
import { auditColumns, auditRow, hashedColumnCount, hashedColumns } from './audit-rows.ts';
import type { Connection } from './connection.ts';
import type { AuditRow, ChainRow, StoreReader } from './contract.ts';
import { readMeta } from './meta.ts';
import { decodeRows } from './rows.ts';

/** Word for word the condition of the partial indexes, else SQLite does not use them. */
const ended = "event IN ('call.settled', 'call.refused', 'call.recovered')";
const countable = `${ended} AND agent_id IS NOT NULL AND server_id IS NOT NULL AND tool IS NOT NULL`;

type RawRow = { seq: number };
type AuditReads = Pick<
  StoreReader,
  | 'settledCalls'
  | 'callRows'
  | 'unfinishedCalls'
  | 'chainRows'
  | 'auditCount'
  | 'auditEnd'
  | 'callCounts'
  | 'priorCalls'
>;

export function readAudit(db: Connection): AuditReads {
  return { ...readCalls(db), ...readChain(db), ...readCounts(db) };
}

function readCalls(db: Connection): Pick<AuditReads, 'settledCalls' | 'callRows' | 'unfinishedCalls'> {
  const markOf = db.prepare<[string], { at: number; seq: number }>(
    `SELECT at, seq FROM audit WHERE call_id = ? AND ${ended} ORDER BY seq DESC LIMIT 1`,
  );
  const newest = db.prepare<[number, number, number], RawRow>(`
    SELECT ${auditColumns} FROM audit WHERE ${ended} AND (at, seq) < (?, ?) ORDER BY at DESC, seq DESC LIMIT ?`);
  const ofCall = db.prepare<[string], RawRow>(`SELECT ${auditColumns} FROM audit WHERE call_id = ? ORDER BY seq`);
  const unfinished = db.prepare<[number], RawRow>(`
    SELECT ${auditColumns} FROM audit AS decided
    WHERE seq > ? AND event = 'call.decided' AND effect IS NOT 'deny' AND call_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM audit AS later WHERE later.call_id = decided.call_id AND later.${ended})
    ORDER BY seq`);
  const meta = readMeta(db);
  return {
    settledCalls(before, limit) {
      const mark = before === null ? { at: Number.MAX_SAFE_INTEGER, seq: 0 } : markOf.get(before.id);
      return decodeAudit(newest.all(mark?.at ?? before?.at ?? 0, mark?.seq ?? 0, limit));
    },
    callRows: (callId) => decodeAudit(ofCall.all(callId)),
    unfinishedCalls: () => decodeAudit(unfinished.all(meta('audit_settled_through'))),
  };
}

function readChain(db: Connection): Pick<AuditReads, 'chainRows' | 'auditCount' | 'auditEnd'> {
  const after = db
    .prepare<[number, number], unknown[]>(
      `SELECT ${hashedColumns}, prev_hash, hash FROM audit WHERE seq > ? ORDER BY seq LIMIT ?`,
    )
    .raw();
  // Rows are numbered without gaps, so this needs no walk through the table.
  const count = db
    .prepare<[], number>('SELECT coalesce((SELECT max(seq) FROM audit) - (SELECT min(seq) FROM audit) + 1, 0)')
    .pluck();
  const end = db.prepare<[], number>('SELECT coalesce(max(seq), 0) FROM audit').pluck();
  return {
    chainRows: (afterSeq, limit) => after.all(afterSeq, limit).map(toChainRow),
    auditEnd: () => end.get() ?? 0,
    auditCount: () => count.get() ?? 0,
  };
}

/** Values of another type than written (a damaged file) go on as they are: the hash will not fit them. */
function toChainRow(columns: unknown[]): ChainRow {
  return {
    values: hashedValues(columns.slice(0, hashedColumnCount) as ChainValue[]),
    prevHash: columns[hashedColumnCount] as Buffer,
    hash: columns[hashedColumnCount + 1] as Buffer,
  };
}

interface ToolKey {
  serverId: string;
  tool: string;
}

/** All three walk one covering index and never touch the table. */
function readCounts(db: Connection): Pick<AuditReads, 'callCounts' | 'priorCalls'> {
  const nextTool = db.prepare<[string, string, string], ToolKey>(`
    SELECT server_id AS serverId, tool FROM audit INDEXED BY audit_by_tool
    WHERE ${countable} AND agent_id = ? AND (server_id, tool) > (?, ?) ORDER BY server_id, tool LIMIT 1`);
  const since = db
    .prepare<[string, string, string, number], number>(`
      SELECT count(*) FROM audit INDEXED BY audit_by_tool
      WHERE ${countable} AND agent_id = ? AND server_id = ? AND tool = ? AND at >= ?`)
    .pluck();
  const forwarded = db
    .prepare<[string, string, string], number>(`
      SELECT count(*) FROM audit INDEXED BY audit_by_tool
      WHERE ${countable} AND agent_id = ? AND server_id = ? AND tool = ? AND event <> 'call.refused'`)
    .pluck();
  return {
    /** Jumps from tool to tool, so the cost is that of the tools and of the calls since, not of the whole history. */
    callCounts(agentId, sinceTime) {
      const counts: (ToolKey & { count: number })[] = [];
      for (let key = nextTool.get(agentId, '', ''); key; key = nextTool.get(agentId, key.serverId, key.tool)) {
        const count = since.get(agentId, key.serverId, key.tool, sinceTime) ?? 0;
        if (count > 0) counts.push({ ...key, count });
      }
      return counts;
    },
    priorCalls: (agentId, serverId, tool) => forwarded.get(agentId, serverId, tool) ?? 0,
  };
}

function decodeAudit(rows: RawRow[]): AuditRow[] {
  return decodeRows(auditRow, rows, 'audit', (row) => row.seq);
}
