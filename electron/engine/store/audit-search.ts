import { z } from 'zod';
import { auditColumns, auditRow } from './audit-rows.ts';
import type { AuditSearchReader, SearchQuery, SearchState, Term, TermKind } from './audit-search-contract.ts';
import type { Connection } from './connection.ts';
import { readMeta } from './meta.ts';
import { decodeRow, decodeRows } from './rows.ts';

const savedRow = z.object({ id: z.number().int(), name: z.string(), query: z.string() });
const termRow: z.ZodType<Term> = z.object({ id: z.number().int(), value: z.string(), label: z.string() });
const endRow = z.object({ seq: z.number().int(), at: z.number(), hash: z.string() });

const termKinds = ['event', 'agent', 'server', 'tool', 'outcome', 'rule', 'tier'] as const satisfies TermKind[];

type Reads = Omit<AuditSearchReader, 'countsBetween' | 'spreadBetween'>;

/** Looks things up in the log by its index. Nothing here looks at a row for longer than it takes to read a window. */
export function readAuditSearch(db: Connection): Reads {
  const bySeq = db.prepare<[string], { seq: number }>(
    `SELECT ${auditColumns} FROM audit WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq DESC`,
  );
  const saved = db.prepare<[], { id: number }>('SELECT id, name, query FROM audit_saved_searches ORDER BY name, id');
  return {
    ...readState(db),
    ...readTerms(db),
    searchWindow: readWindows(db),
    auditRows: (seqs) => decodeRows(auditRow, bySeq.all(JSON.stringify(seqs)), 'audit', (row) => row.seq),
    savedSearches: () => decodeRows(savedRow, saved.all(), 'audit_saved_searches', (row) => row.id),
  };
}

function readState(db: Connection): Pick<Reads, 'searchState'> {
  const ends = (order: 'ASC' | 'DESC') =>
    db.prepare<[], unknown>(`SELECT seq, at, lower(hex(hash)) AS hash FROM audit ORDER BY seq ${order} LIMIT 1`);
  const first = ends('ASC');
  const last = ends('DESC');
  const withArguments = db.prepare<[], number>('SELECT count(*) FROM audit_argument_words').pluck();
  const meta = readMeta(db);
  const read = (row: unknown) => (row === undefined ? null : decodeRow(endRow, row, 'audit', 'end'));
  return {
    searchState(): SearchState {
      const oldest = read(first.get());
      const newest = read(last.get());
      return {
        firstSeq: oldest?.seq ?? 0,
        firstAt: oldest?.at ?? null,
        headSeq: newest?.seq ?? 0,
        headAt: newest?.at ?? null,
        headHash: newest?.hash ?? '',
        readThrough: meta('audit_read_through'),
        textThrough: meta('audit_text_through'),
        textOn: meta('audit_text_on') !== 0,
        callsWithArguments: withArguments.get() ?? 0,
      };
    },
  };
}

function readTerms(db: Connection): Pick<Reads, 'searchTerms'> {
  // instr, not LIKE: what a person types must not be a pattern
  const part = db.prepare<[string, string, string, number], { id: number }>(`
    SELECT id, value, label FROM audit_terms
    WHERE kind = ? AND (instr(lower(value), lower(?)) > 0 OR instr(lower(label), lower(?)) > 0) ORDER BY value LIMIT ?`);
  const whole = db.prepare<[string, string, string, number], { id: number }>(`
    SELECT id, value, label FROM audit_terms
    WHERE kind = ? AND (lower(value) = lower(?) OR lower(label) = lower(?)) ORDER BY value LIMIT ?`);
  return {
    searchTerms: (kind, text, isWhole, limit) =>
      decodeRows(termRow, (isWhole ? whole : part).all(kind, text, text, limit), 'audit_terms', (row) => row.id),
  };
}

/** Statements are made for each combination of conditions; there are few, and their values are always bound. */
function readWindows(db: Connection): Reads['searchWindow'] {
  const prepared = new Map<string, ReturnType<typeof prepareWindow>>();
  return (query, from, to) => {
    const kinds = termKinds.filter((kind) => query.terms[kind] !== undefined);
    const key = `${kinds.join()} ${query.match === null} ${query.after === null} ${query.before === null}`;
    let statement = prepared.get(key);
    if (!statement) {
      statement = prepareWindow(db, query, kinds);
      prepared.set(key, statement);
    }
    const values = [
      ...(query.match === null ? [] : [query.match]),
      ...[from, to],
      ...kinds.map((kind) => JSON.stringify(query.terms[kind])),
      ...(query.after === null ? [] : [query.after]),
      ...(query.before === null ? [] : [query.before]),
    ];
    return statement.all(...values);
  };
}

function prepareWindow(db: Connection, query: SearchQuery, kinds: readonly TermKind[]) {
  const seq = query.match === null ? 'f.seq' : 't.rowid';
  const from =
    query.match === null ? 'audit_facts AS f' : 'audit_text AS t CROSS JOIN audit_facts AS f ON f.seq = t.rowid';
  const conditions = [
    ...(query.match === null ? [] : ['audit_text MATCH ?']),
    // bound numbers are REAL to better-sqlite3, and FTS5 looks at INTEGER bounds only: else it reads every match
    `${seq} BETWEEN CAST(? AS INTEGER) AND CAST(? AS INTEGER)`,
    ...kinds.map((kind) => `f.${kind} IN (SELECT value FROM json_each(?))`),
    ...(query.after === null ? [] : ['f.at >= ?']),
    ...(query.before === null ? [] : ['f.at < ?']),
  ];
  return db
    .prepare<(string | number)[], number>(
      `SELECT ${seq} FROM ${from} WHERE ${conditions.join(' AND ')} ORDER BY ${seq} DESC`,
    )
    .pluck();
}
