import { z } from 'zod';
import { type AuditDurability, type AuditRetention, auditDurabilitySchema } from '../../shared/audit-proof.ts';
import type { Connection } from './connection.ts';
import { decodeRow } from './rows.ts';

export interface AuditSettings extends AuditRetention {
  durability: AuditDurability;
}

const limit = z.number().int().positive().nullable();
const settingsRow = z.object({ durability: auditDurabilitySchema, days: limit, megabytes: limit });

export function readAuditSettings(db: Connection): { auditSettings(): AuditSettings } {
  const row = db.prepare(
    'SELECT durability, keep_days AS days, keep_megabytes AS megabytes FROM audit_settings WHERE id = 1',
  );
  return { auditSettings: () => decodeRow(settingsRow, row.get(), 'audit_settings', 1) };
}

export function writeAuditSettings(db: Connection): { putAuditSettings(settings: AuditSettings): void } {
  const put = db.prepare('UPDATE audit_settings SET durability = ?, keep_days = ?, keep_megabytes = ? WHERE id = 1');
  return { putAuditSettings: ({ durability, days, megabytes }) => void put.run(durability, days, megabytes) };
}
