import { createHash } from 'node:crypto';
import type { ChainRow, StoreReader } from './contract.ts';

/**
 * The hash chain of the audit log.
 *
 *     hash = SHA-256( 0x00 || canonical || prevHash )
 *
 * `canonical` is the UTF-8 text of a JSON array of the stored columns in this order, as `JSON.stringify` writes it:
 * seq, id, at, event, actor, agentId, agentName, serverId, tool, callId, effect, outcome, reasonCode, riskTier,
 * policyVersion, argumentsDigest, resultDigest, resultBytes, durationMs, waitedMs, approvalId, subject, details, and in
 * format 2 further: format, ruleId, credential, osUser, process, upstreamMs, findings (docs/audit-format.md).
 * An absent value is `null`; `details`, `process` and
 * `findings` are JSON text as stored, hence JSON strings inside the array. `prevHash` is
 * the 32 bytes of the row before, 32 zero bytes for row 1. The leading zero byte marks a leaf, as in RFC 6962 §2.1.
 */
export type ChainValue = string | number | null;

export const genesisHash: Buffer = Buffer.alloc(32);

const leafPrefix = Buffer.of(0);

export function hashRow(values: readonly ChainValue[], prevHash: Buffer): Buffer {
  return createHash('sha256').update(leafPrefix).update(JSON.stringify(values), 'utf8').update(prevHash).digest();
}

const oldFormatColumns = 23;

/**
 * The columns of a stored row that its hash covers: the first ones only for an old row, unless it has something in a
 * column its hash does not cover. Such a row, or one of an unknown format, then does not fit its hash.
 */
export function hashedValues(values: readonly ChainValue[]): readonly ChainValue[] {
  const isOld = values[oldFormatColumns] === 1 && values.slice(oldFormatColumns + 1).every((value) => value === null);
  return isOld ? values.slice(0, oldFormatColumns) : values;
}

/** A point of the chain known to be good; `seq: 0` with `genesisHash` is its beginning. */
export interface ChainHead {
  seq: number;
  hash: Buffer;
}

/**
 * `gap`: a row is missing, doubled or out of order. `link`: the row does not follow the one before. `hash`: the row's
 * content is not what was written.
 */
export type ChainCheck = { ok: true; head: ChainHead } | { ok: false; seq: number; reason: 'gap' | 'link' | 'hash' };

/**
 * Checks rows that follow `from`, in the order given, up to the first bad one. `seq` of a gap is the number that was
 * expected. A log cut off at its end is a whole, shorter chain: only somebody who knows the head can tell.
 */
export function checkChain(rows: Iterable<ChainRow>, from: ChainHead = { seq: 0, hash: genesisHash }): ChainCheck {
  let head = from;
  for (const row of rows) {
    if (row.values[0] !== head.seq + 1) return { ok: false, seq: head.seq + 1, reason: 'gap' };
    const seq = head.seq + 1;
    if (!Buffer.isBuffer(row.prevHash) || !row.prevHash.equals(head.hash)) return { ok: false, seq, reason: 'link' };
    const hash = hashRow(row.values, row.prevHash);
    if (!Buffer.isBuffer(row.hash) || !row.hash.equals(hash)) return { ok: false, seq, reason: 'hash' };
    head = { seq, hash };
  }
  return { ok: true, head };
}

const rowsPerRead = 2000;

/** The whole log, read in slices, so that a log of any length fits in memory. */
export function verifyChain(reader: Pick<StoreReader, 'chainRows'>): ChainCheck {
  let check: ChainCheck = { ok: true, head: { seq: 0, hash: genesisHash } };
  for (;;) {
    const rows = reader.chainRows(check.head.seq, rowsPerRead);
    if (rows.length === 0) return check;
    check = checkChain(rows, check.head);
    if (!check.ok) return check;
  }
}
