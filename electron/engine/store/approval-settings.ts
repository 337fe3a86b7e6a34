import { z } from 'zod';
import { type ApprovalSettings, approvalSettingsSchema } from '../../shared/index.ts';
import type { Connection } from './connection.ts';
import type { StoreReader, StoreWriter } from './contract.ts';
import { decodeRow, flagColumn } from './rows.ts';

const settingsRow: z.ZodType<ApprovalSettings> = approvalSettingsSchema.extend({ awayOnLock: flagColumn });
const waitedMs = z.number().int().nonnegative();

/** How long each client has been seen to wait is kept for so many clients. */
const maxClients = 500;

export function readApprovalSettings(db: Connection): Pick<StoreReader, 'approvalSettings' | 'clientWait'> {
  const settings = db.prepare(`
    SELECT timeout_ms AS timeoutMs, cooldown_ms AS cooldownMs, when_away AS whenAway, away_on_lock AS awayOnLock
    FROM approval_settings WHERE id = 1`);
  const wait = db.prepare<[string], unknown>('SELECT waited_ms FROM client_waits WHERE client = ?').pluck();
  return {
    approvalSettings() {
      const row = settings.get();
      return row === undefined ? null : decodeRow(settingsRow, row, 'approval_settings', 1);
    },
    clientWait(client) {
      const value = wait.get(client);
      return value === undefined ? null : decodeRow(waitedMs, value, 'client_waits', client);
    },
  };
}

export function writeApprovalSettings(db: Connection): Pick<StoreWriter, 'putApprovalSettings' | 'putClientWait'> {
  const put = db.prepare(`
    INSERT INTO approval_settings (id, timeout_ms, cooldown_ms, when_away, away_on_lock) VALUES (1, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET timeout_ms = excluded.timeout_ms, cooldown_ms = excluded.cooldown_ms,
      when_away = excluded.when_away, away_on_lock = excluded.away_on_lock`);
  const putWait = db.prepare(`
    INSERT INTO client_waits (client, waited_ms, seen_at) VALUES (?, ?, ?)
    ON CONFLICT (client) DO UPDATE SET waited_ms = excluded.waited_ms, seen_at = excluded.seen_at`);
  const forget = db.prepare(`
    DELETE FROM client_waits WHERE client IN (SELECT client FROM client_waits ORDER BY seen_at DESC LIMIT -1 OFFSET ?)`);
  return {
    putApprovalSettings({ timeoutMs, cooldownMs, whenAway, awayOnLock }) {
      put.run(timeoutMs, cooldownMs, whenAway, Number(awayOnLock));
    },
    putClientWait(client, ms, at) {
      putWait.run(client, Math.round(ms), at);
      forget.run(maxClients);
    },
  };
}
