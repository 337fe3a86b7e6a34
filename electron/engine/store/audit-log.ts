import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { EngineStartError } from '../contract.ts';
import { type ChainHead, checkChain, genesisHash, hashRow } from './audit-chain.ts';
import { readAudit } from './audit-queries.ts';
import { hashedColumnCount, hashedColumns, toChainValues } from './audit-rows.ts';
import type { Connection } from './connection.ts';
import type { AuditEvent } from './contract.ts';
import { readMeta, writeMeta } from './meta.ts';

/** The writing end of the log; there is one, and it alone knows the head of the chain without asking the database. */
export interface AuditLog {
  append(event: AuditEvent): number;
  /** The head as of now; given to `rewind` when the transaction around later appends did not come through. */
  head(): ChainHead;
  rewind(head: ChainHead): void;
  /** Remembers up to where no call is open, so that the next start need not look there again. */
  markSettled(): void;
}

/** Rows between two notes of how far the log is settled: what a start after a crash has to look through. */
const rowsPerMark = 4096;
const endEvents = new Set(['call.settled', 'call.refused', 'call.recovered']);

/** Throws `EngineStartError` (`database_corrupt`) when the last row is not what was once written. */
export function openAuditLog(db: Connection): AuditLog {
  let head = readHead(db);
  const osUser = readOsUser();
  const placeholders = Array.from({ length: hashedColumnCount + 2 }, () => '?').join(', ');
  const insert = db.prepare(`INSERT INTO audit (${hashedColumns}, prev_hash, hash) VALUES (${placeholders})`);
  const { unfinishedCalls } = readAudit(db);
  const readOpen = () => new Map(unfinishedCalls().map((row) => [row.callId, row.seq]));
  /** Forwarded calls without an end, by call id; the same answer as `unfinishedCalls`, kept up row by row. */
  let open = readOpen();
  const meta = readMeta(db);
  const setMeta = writeMeta(db);

  const markSettled = () => {
    const oldestOpen = open.values().next().value;
    const settledThrough = oldestOpen === undefined ? head.seq : oldestOpen - 1;
    if (settledThrough !== meta('audit_settled_through')) setMeta('audit_settled_through', settledThrough);
  };
  const keepOpen = (event: AuditEvent, seq: number) => {
    if (event.callId === null) return;
    if (endEvents.has(event.event)) open.delete(event.callId);
    else if (event.event === 'call.decided' && event.effect !== 'deny') open.set(event.callId, seq);
  };
  return {
    append(event) {
      const seq = head.seq + 1;
      const values = toChainValues(seq, randomUUID(), osUser, event);
      const hash = hashRow(values, head.hash);
      insert.run(...values, head.hash, hash);
      head = { seq, hash };
      keepOpen(event, seq);
      if (seq % rowsPerMark === 0) markSettled();
      return seq;
    },
    head: () => head,
    rewind(to) {
      if (to === head) return;
      head = to;
      open = readOpen();
    },
    markSettled,
  };
}

/** Null where the system knows no name for the account, as in some containers. */
function readOsUser(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}

function readHead(db: Connection): ChainHead {
  const { auditEnd, chainRows } = readAudit(db);
  const seq = auditEnd();
  if (seq === 0) return { seq: 0, hash: genesisHash };
  const [last] = chainRows(seq - 1, 1);
  const check = last ? checkChain([last], { seq: seq - 1, hash: last.prevHash }) : null;
  if (check?.ok) return check.head;
  throw new EngineStartError(
    'database_corrupt',
    `The last row of the audit log (number ${seq}) is not what was written.`,
    'Stop ScopeGate and put a backup from the backups folder beside the database in its place.',
  );
}
