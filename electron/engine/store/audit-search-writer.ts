import { type Figures, writeFigures } from './analytics-writer.ts';
import { auditColumns, auditRow } from './audit-rows.ts';
import type { AuditSearchWriter, TermKind } from './audit-search-contract.ts';
import { describeWords, flattenWords } from './audit-search-words.ts';
import type { Connection } from './connection.ts';
import type { AuditRow } from './contract.ts';
import { readMeta, writeMeta } from './meta.ts';
import { decodeRows } from './rows.ts';

/** A forwarded call is listed by the row of its end; its decision row has nothing more to find. */
const unlistedEvent = 'call.decided';

/** Makes the index from the log, piece by piece; every piece is one transaction with the mark of how far it got. */
export function writeAuditSearch(db: Connection): AuditSearchWriter {
  const figures = writeFigures(db);
  const savedAs = db.prepare<[string, string, number]>(
    'INSERT INTO audit_saved_searches (name, query, created_at) VALUES (?, ?, ?)',
  );
  const unsave = db.prepare('DELETE FROM audit_saved_searches WHERE id = ?');
  const setMeta = writeMeta(db);
  return {
    indexFacts: writeFacts(db, figures),
    indexWords: writeWords(db),
    ...eraseIndex(db, figures),
    setTextSearch: (on) => setMeta('audit_text_on', Number(on)),
    putSavedSearch: (name, query, at) => ({
      id: Number(savedAs.run(name, query, Math.round(at)).lastInsertRowid),
      name,
      query,
    }),
    deleteSavedSearch: (id) => void unsave.run(id),
  };
}

/** Rows after the last one read; pruning may have taken the ones between. */
function readRows(db: Connection): (after: number, limit: number) => AuditRow[] {
  const rows = db.prepare<[number, number], { seq: number }>(
    `SELECT ${auditColumns} FROM audit WHERE seq > ? ORDER BY seq LIMIT ?`,
  );
  return (after, limit) => decodeRows(auditRow, rows.all(after, limit), 'audit', (row) => row.seq);
}

function writeFacts(db: Connection, figures: Figures): AuditSearchWriter['indexFacts'] {
  const rowsAfter = readRows(db);
  const meta = readMeta(db);
  const setMeta = writeMeta(db);
  const insert = db.prepare(`
    INSERT INTO audit_facts (seq, at, event, agent, server, tool, outcome, rule, tier)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const terms = writeTerms(db);
  const add = db.transaction((rows: readonly AuditRow[]) => {
    for (const row of rows) {
      if (row.event === unlistedEvent) continue;
      const numbers = {
        agent: terms.numberOf('agent', row.agentId, row.agentName),
        server: terms.numberOf('server', row.serverId),
        tool: terms.numberOf('tool', row.tool),
        outcome: terms.numberOf('outcome', row.outcome),
        rule: terms.numberOf('rule', row.ruleId),
      };
      const { agent, server, tool, outcome, rule } = numbers;
      const tier = terms.numberOf('tier', row.riskTier);
      insert.run(row.seq, row.at, terms.numberOf('event', row.event), agent, server, tool, outcome, rule, tier);
      figures.count(row, numbers, (value) => terms.numberOf('outcome', value));
    }
    figures.flush();
    setMeta('audit_read_through', rows.at(-1)?.seq ?? 0);
  });
  return (limit) => {
    const rows = rowsAfter(meta('audit_read_through'), limit);
    if (rows.length === 0) return 0;
    try {
      add(rows);
    } catch (error) {
      // what was remembered of a transaction that did not come through is not there
      terms.forget();
      figures.forget();
      throw error;
    }
    return rows.length;
  };
}

interface Terms {
  /** 0 for null. An agent's newest name becomes its label. */
  numberOf(kind: TermKind, value: string | null, label?: string | null): number;
  forget(): void;
}

function writeTerms(db: Connection): Terms {
  const put = db
    .prepare<[string, string, string], number>(`
      INSERT INTO audit_terms (kind, value, label) VALUES (?, ?, ?)
      ON CONFLICT (kind, value) DO UPDATE SET label = excluded.label RETURNING id`)
    .pluck();
  const known = new Map<string, { id: number; label: string }>();
  return {
    numberOf(kind, value, label) {
      if (value === null) return 0;
      const key = `${kind} ${value}`;
      const text = label ?? value;
      const found = known.get(key);
      if (found?.label === text) return found.id;
      const id = put.get(kind, value, text) ?? 0;
      if (known.size > 10_000) known.clear();
      known.set(key, { id, label: text });
      return id;
    },
    forget: () => known.clear(),
  };
}

function writeWords(db: Connection): AuditSearchWriter['indexWords'] {
  const rowsAfter = readRows(db);
  const meta = readMeta(db);
  const setMeta = writeMeta(db);
  const insert = db.prepare('INSERT INTO audit_text (rowid, words, arguments) VALUES (?, ?, ?)');
  const remember = db.prepare(`
    INSERT INTO audit_argument_words (call_id, seq) VALUES (?, ?)
    ON CONFLICT (call_id) DO UPDATE SET seq = excluded.seq`);
  const add = db.transaction(
    (rows: readonly AuditRow[], argumentsOf: Parameters<AuditSearchWriter['indexWords']>[1]) => {
      for (const row of rows) {
        if (row.event === unlistedEvent) continue;
        const isCall = row.event === 'call.settled' || row.event === 'call.refused' || row.event === 'call.recovered';
        const kept = isCall && row.callId !== null ? argumentsOf(row.callId) : null;
        insert.run(row.seq, describeWords(row), kept === null ? '' : flattenWords(kept));
        if (kept !== null && row.callId !== null) remember.run(row.callId, row.seq);
      }
      setMeta('audit_text_through', rows.at(-1)?.seq ?? 0);
    },
  );
  return (limit, argumentsOf) => {
    if (meta('audit_text_on') === 0) return 0;
    // facts first: words are only ever looked up together with them
    const through = meta('audit_text_through');
    const rows = rowsAfter(through, Math.min(limit, meta('audit_read_through') - through));
    if (rows.length > 0) add(rows, argumentsOf);
    return rows.length;
  };
}

type Erasers = Pick<AuditSearchWriter, 'eraseWords' | 'eraseArgumentWords' | 'erasePruned'>;

function eraseIndex(db: Connection, figures: Figures): Erasers {
  const meta = readMeta(db);
  const setMeta = writeMeta(db);
  const someWords = db.prepare<[number], number>('SELECT rowid FROM audit_text LIMIT ?').pluck();
  const removeWords = db.prepare('DELETE FROM audit_text WHERE rowid = ?');
  const forgetCalls = db.prepare('DELETE FROM audit_argument_words');
  const lost = db.prepare<[number], { callId: string; seq: number }>(`
    SELECT call_id AS callId, seq FROM audit_argument_words AS words
    WHERE NOT EXISTS (
      SELECT 1 FROM call_arguments AS kept WHERE kept.call_id = words.call_id AND kept.sealed IS NOT NULL
        AND (kept.day IS NULL OR EXISTS (SELECT 1 FROM payload_keys WHERE payload_keys.day = kept.day)))
    LIMIT ?`);
  const blank = db.prepare("UPDATE audit_text SET arguments = '' WHERE rowid = ?");
  const forgetCall = db.prepare('DELETE FROM audit_argument_words WHERE call_id = ?');
  const first = db.prepare<[], number>('SELECT coalesce(min(seq), 0) FROM audit').pluck();
  const firstAt = db.prepare<[], number>('SELECT at FROM audit ORDER BY seq LIMIT 1').pluck();
  const pruned = db.prepare<[number, number], number>('SELECT seq FROM audit_facts WHERE seq < ? LIMIT ?').pluck();
  const removeFacts = db.prepare('DELETE FROM audit_facts WHERE seq = ?');
  const forgetPruned = db.prepare('DELETE FROM audit_argument_words WHERE seq < ?');
  return {
    eraseWords: db.transaction((limit: number) => {
      if (meta('audit_text_on') !== 0) return 0;
      const seqs = someWords.all(limit);
      for (const seq of seqs) removeWords.run(seq);
      if (seqs.length === 0 && meta('audit_text_through') > 0) {
        forgetCalls.run();
        setMeta('audit_text_through', 0);
      }
      return seqs.length;
    }),
    eraseArgumentWords: db.transaction((limit: number) => {
      const calls = lost.all(limit);
      for (const { callId, seq } of calls) {
        blank.run(seq);
        forgetCall.run(callId);
      }
      return calls.length;
    }),
    erasePruned: db.transaction((limit: number) => {
      const oldest = first.get() ?? 0;
      const seqs = pruned.all(oldest, limit);
      for (const seq of seqs) {
        removeFacts.run(seq);
        removeWords.run(seq);
      }
      if (seqs.length > 0) {
        forgetPruned.run((seqs.at(-1) ?? 0) + 1);
        figures.dropBefore(firstAt.get() ?? 0);
      }
      return seqs.length;
    }),
  };
}
