import type { ExportFormat } from '../shared/index.ts';
import { findPage } from './audit-search.ts';
import type { AuditSearchReader, SearchQuery } from './store/audit-search-contract.ts';
import type { AuditRow } from './store/contract.ts';

/** Entries in one piece of an export: about half a megabyte. */
const pieceSize = 500;

const columns = [
  'seq',
  'time',
  'event',
  'actor',
  'agentId',
  'agentName',
  'serverId',
  'tool',
  'subject',
  'outcome',
  'effect',
  'reasonCode',
  'ruleId',
  'riskTier',
  'policyVersion',
  'approvalId',
  'credential',
  'callId',
  'durationMs',
  'waitedMs',
  'upstreamMs',
  'argumentsDigest',
  'resultDigest',
  'resultBytes',
  'osUser',
  'process',
  'findings',
  'details',
  'hash',
] as const;

interface Piece {
  /** Null: nothing can fit. */
  query: SearchQuery | null;
  format: ExportFormat;
  /** The newest row that counts. */
  end: number;
  before: number | null;
}

type Store = Pick<AuditSearchReader, 'searchTerms' | 'searchWindow' | 'auditRows'>;

/** The next piece of a file, newest entry first; the first piece of a CSV begins with the names of its columns. */
export async function exportPiece(
  store: Store,
  { query, format, end, before }: Piece,
): Promise<{ text: string; entries: number; next: number | null }> {
  const head = before === null && format === 'csv' ? `${columns.join(',')}\r\n` : '';
  if (query === null) return { text: head, entries: 0, next: null };
  const from = before === null ? end : Math.min(end, before - 1);
  const { seqs, more } = await findPage(store, query, from, pieceSize);
  const rows = store.auditRows(seqs);
  const lines = rows.map(format === 'csv' ? toCsvLine : toJsonLine);
  return { text: head + lines.join(''), entries: rows.length, next: more ? (seqs.at(-1) ?? null) : null };
}

/** The row with every column and its place in the chain. */
function toJsonLine({ seq, at, ...row }: AuditRow): string {
  return `${JSON.stringify({ seq, time: new Date(at).toISOString(), at, ...row })}\n`;
}

function toCsvLine(row: AuditRow): string {
  const fields = columns.map((column) => {
    if (column === 'time') return new Date(row.at).toISOString();
    const value = row[column];
    if (value === null || value === undefined) return '';
    return toCsvField(typeof value === 'object' ? JSON.stringify(value) : String(value), typeof value === 'number');
  });
  return `${fields.join(',')}\r\n`;
}

/**
 * One field as RFC 4180 has it. Text that a spreadsheet would run as a formula gets an apostrophe in front, as OWASP
 * advises ("CSV Injection"), whatever white space or invisible characters stand before its first sign.
 */
export function toCsvField(text: string, isNumber = false): string {
  const isFormula = !isNumber && /^[\s\p{C}"']*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20|%]|^[\t\r\n]/u.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n;\t']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
