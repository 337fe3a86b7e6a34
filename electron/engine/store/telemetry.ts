import { z } from 'zod';
import {
  type TelemetryConfig,
  type TelemetrySignal,
  telemetryConfigSchema,
  telemetryOff,
  telemetrySignalSchema,
} from '../../shared/telemetry.ts';
import { auditColumns, auditRow } from './audit-rows.ts';
import type { Connection } from './connection.ts';
import type { AuditRow } from './contract.ts';
import { decodeRow, jsonColumn } from './rows.ts';

/** How far one signal has come through the audit log. */
export interface TelemetryCursor {
  signal: TelemetrySignal;
  sentThrough: number;
  lastSentAt: number | null;
  /** Rows that were pruned before they could be sent. */
  missed: number;
  /** Items the collector said it threw away. */
  rejected: number;
}

export interface TelemetryReads {
  telemetryConfig(): TelemetryConfig;
  telemetryCursors(): TelemetryCursor[];
  /** SHA-256 of the token figures are fetched with; null: there is none. */
  scrapeToken(): { digest: Buffer; madeAt: number } | null;
  /** Rows of the log after a number, oldest first. */
  rowsAfter(seq: number, limit: number): AuditRow[];
}

export interface TelemetryWrites {
  putTelemetryConfig(config: TelemetryConfig): void;
  putTelemetryCursor(cursor: TelemetryCursor): void;
  putScrapeToken(token: { digest: Buffer; madeAt: number } | null): void;
}

const cursorRow: z.ZodType<TelemetryCursor> = z.object({
  signal: telemetrySignalSchema,
  sentThrough: z.number().int().nonnegative(),
  lastSentAt: z.number().nullable(),
  missed: z.number().int(),
  rejected: z.number().int(),
});
const configRow = z.object({ config: jsonColumn(telemetryConfigSchema).nullable() });
const tokenRow = z.object({ digest: z.instanceof(Buffer).nullable(), madeAt: z.number().nullable() });

export function readTelemetry(db: Connection): TelemetryReads {
  const config = db.prepare('SELECT config FROM telemetry_settings WHERE id = 1');
  const cursors = db.prepare(
    'SELECT signal, sent_through AS sentThrough, last_sent_at AS lastSentAt, missed, rejected FROM telemetry_cursors',
  );
  const token = db.prepare(
    'SELECT scrape_digest AS digest, scrape_made_at AS madeAt FROM telemetry_settings WHERE id = 1',
  );
  const rows = db.prepare(`SELECT ${auditColumns} FROM audit WHERE seq > ? ORDER BY seq LIMIT ?`);
  return {
    telemetryConfig: () => decodeRow(configRow, config.get(), 'telemetry_settings', 1).config ?? telemetryOff,
    telemetryCursors: () => cursors.all().map((row) => decodeRow(cursorRow, row, 'telemetry_cursors', 'signal')),
    scrapeToken() {
      const { digest, madeAt } = decodeRow(tokenRow, token.get(), 'telemetry_settings', 1);
      return digest === null || madeAt === null ? null : { digest, madeAt };
    },
    rowsAfter: (seq, limit) => rows.all(seq, limit).map((row) => decodeRow(auditRow, row, 'audit', seq)),
  };
}

export function writeTelemetry(db: Connection): TelemetryWrites {
  const config = db.prepare('UPDATE telemetry_settings SET config = ? WHERE id = 1');
  const put = db.prepare(
    `INSERT INTO telemetry_cursors (signal, sent_through, last_sent_at, missed, rejected) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (signal) DO UPDATE SET sent_through = excluded.sent_through, last_sent_at = excluded.last_sent_at,
       missed = excluded.missed, rejected = excluded.rejected`,
  );
  const token = db.prepare('UPDATE telemetry_settings SET scrape_digest = ?, scrape_made_at = ? WHERE id = 1');
  return {
    putTelemetryConfig: (next) => void config.run(JSON.stringify(next)),
    putTelemetryCursor: ({ signal, sentThrough, lastSentAt, missed, rejected }) =>
      void put.run(signal, sentThrough, lastSentAt, missed, rejected),
    putScrapeToken: (next) => void token.run(next?.digest ?? null, next?.madeAt ?? null),
  };
}
