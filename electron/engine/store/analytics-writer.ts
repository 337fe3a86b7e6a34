import { bucketOf, dimensionNumbers, hourMs, measureNumbers } from './analytics-buckets.ts';
import type { SpreadMeasure } from './audit-search-contract.ts';
import type { Connection } from './connection.ts';
import type { AuditRow } from './contract.ts';

/** Numbers of the names of a row. */
interface RowNumbers {
  agent: number;
  server: number;
  tool: number;
  outcome: number;
  rule: number;
}

/** Adds rows up in memory until `flush`, so that rows of one kind and hour cost one write. */
export interface Figures {
  count(row: AuditRow, numbers: RowNumbers, outcomeOf: (value: string) => number): void;
  flush(): void;
  /** Drops what was added up and not written. */
  forget(): void;
  /** Erases the hours that were over before a time. */
  dropBefore(at: number): void;
}

const endEvents = new Set(['call.settled', 'call.refused', 'call.recovered']);
/** Only these reasons mean that the rule of the row blocked the call. */
const blockReasons = new Set(['rule_deny', 'never']);

export function writeFigures(db: Connection): Figures {
  const addHour = db.prepare(`
    INSERT INTO audit_hours (dimension, hour, term, second, outcome, asked, calls) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET calls = calls + excluded.calls`);
  const addSpread = db.prepare(`
    INSERT INTO audit_spread (hour, measure, server, bucket, calls) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET calls = calls + excluded.calls`);
  const dropHours = db.prepare('DELETE FROM audit_hours WHERE hour < ?');
  const dropSpread = db.prepare('DELETE FROM audit_spread WHERE hour < ?');
  const hours = new Tally();
  const spread = new Tally();
  return {
    count(row, { agent, server, tool, outcome, rule }, outcomeOf) {
      const hour = Math.floor(row.at / hourMs);
      const time = (measure: SpreadMeasure, of: number, ms: number) =>
        spread.add([hour, measureNumbers[measure], of, bucketOf(ms)]);
      if (endEvents.has(row.event)) {
        const asked = Number(isAsked(row));
        hours.add([dimensionNumbers.all, hour, 0, 0, outcome, asked]);
        hours.add([dimensionNumbers.agent, hour, agent, 0, outcome, asked]);
        hours.add([dimensionNumbers.tool, hour, server, tool, outcome, asked]);
        if (rule !== 0 && blockReasons.has(row.reasonCode ?? ''))
          hours.add([dimensionNumbers.rule, hour, rule, 0, outcome, asked]);
        if (row.event === 'call.settled' && row.durationMs !== null) {
          const total = Math.max(0, row.durationMs - (row.waitedMs ?? 0));
          time('total', server, total);
          if (row.upstreamMs !== null) {
            time('upstream', server, row.upstreamMs);
            time('added', server, Math.max(0, total - row.upstreamMs));
          }
        }
      } else if (row.event === 'approval.decided') {
        hours.add([dimensionNumbers.question, hour, agent, 0, outcomeOf(answerOf(row)), 1]);
        if (row.actor === 'person' && row.waitedMs !== null) time('answer', 0, row.waitedMs);
      }
    },
    flush() {
      hours.write((key, calls) => addHour.run(...key, calls));
      spread.write((key, calls) => addSpread.run(...key, calls));
    },
    forget() {
      hours.clear();
      spread.clear();
    },
    dropBefore(at) {
      dropHours.run(Math.floor(at / hourMs));
      dropSpread.run(Math.floor(at / hourMs));
    },
  };
}

/** A person was asked about the call before it ended. */
function isAsked(row: AuditRow): boolean {
  return row.approvalId !== null || row.outcome === 'approval_denied' || row.outcome === 'approval_expired';
}

function answerOf(row: AuditRow): string {
  if (row.actor !== 'person') return 'unanswered';
  return row.effect === 'allow' ? 'approved' : 'denied';
}

/** Counts by a key of whole numbers. */
class Tally {
  readonly #counts = new Map<string, { key: number[]; calls: number }>();

  add(key: number[]): void {
    const text = key.join();
    const found = this.#counts.get(text);
    if (found) found.calls += 1;
    else this.#counts.set(text, { key, calls: 1 });
  }

  write(put: (key: number[], calls: number) => void): void {
    for (const { key, calls } of this.#counts.values()) put(key, calls);
    this.#counts.clear();
  }

  clear(): void {
    this.#counts.clear();
  }
}
