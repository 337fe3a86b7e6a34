import { z } from 'zod';
import { dimensionNumbers, hourMs, measureNumbers } from './analytics-buckets.ts';
import type { AuditSearchReader, CountRow, SpreadMeasure, SpreadRow } from './audit-search-contract.ts';
import type { Connection } from './connection.ts';
import { decodeRow } from './rows.ts';

const termRow = z.object({ value: z.string(), label: z.string() });
const none = { value: '', label: '' };

const measures = Object.keys(measureNumbers) as SpreadMeasure[];

/** Sums the counts of whole hours in SQL; the caller asks for as many hours at once as it may block for. */
export function readAnalytics(db: Connection): Pick<AuditSearchReader, 'countsBetween' | 'spreadBetween'> {
  const counts = db
    .prepare<[number, number, number], unknown[]>(`
      SELECT term, second, outcome, asked, sum(calls) FROM audit_hours
      WHERE dimension = ? AND hour >= ? AND hour < ? GROUP BY term, second, outcome, asked`)
    .raw();
  const spread = db
    .prepare<[number, number], unknown[]>(`
      SELECT measure, server, bucket, sum(calls) FROM audit_spread
      WHERE hour >= ? AND hour < ? GROUP BY measure, server, bucket`)
    .raw();
  const termOf = db.prepare<[number], unknown>('SELECT value, label FROM audit_terms WHERE id = ?');
  const hourOf = (at: number) => Math.floor(at / hourMs);
  /** Names by number; asked for once in a read, as there are few names and many rows. */
  const makeNames = () => {
    const known = new Map<number, typeof none>([[0, none]]);
    return (id: number) => {
      const found = known.get(id);
      if (found) return found;
      const named = decodeRow(termRow, termOf.get(id), 'audit_terms', id);
      known.set(id, named);
      return named;
    };
  };
  return {
    countsBetween(dimension, from, to): CountRow[] {
      const nameOf = makeNames();
      return counts.all(dimensionNumbers[dimension], hourOf(from), hourOf(to)).map((row) => {
        const [term, second, outcome, asked, calls] = toNumbers(row);
        const { value: id, label } = nameOf(term);
        const names = { second: nameOf(second).value, outcome: nameOf(outcome).value };
        return { id, label, ...names, asked: asked !== 0, calls };
      });
    },
    spreadBetween(from, to): SpreadRow[] {
      const nameOf = makeNames();
      return spread.all(hourOf(from), hourOf(to)).map((row) => {
        const [measure, server, bucket, calls] = toNumbers(row);
        return { measure: measures[measure] ?? 'total', serverId: nameOf(server).value, bucket, calls };
      });
    },
  };
}

type Numbers = [number, number, number, number, number];

/** The columns are STRICT integers; anything else is a damaged file, and counts for nothing in a figure. */
function toNumbers(row: readonly unknown[]): Numbers {
  const at = (index: number) => (typeof row[index] === 'number' ? row[index] : 0);
  return [at(0), at(1), at(2), at(3), at(4)];
}
