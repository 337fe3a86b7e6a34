import { z } from 'zod';
import type { Connection } from './connection.ts';
import type { StoreReader, StoreWriter } from './contract.ts';
import { decodeRow } from './rows.ts';

type MetaName =
  | 'policy_version'
  | 'paused'
  | 'audit_settled_through'
  | 'replay_days'
  | 'audit_pruned_through'
  | 'audit_read_through'
  | 'audit_text_through'
  | 'audit_text_on';

const metaValue = z.number().int().nonnegative();

/** One number of the `meta` table; every name exists since the first migration. */
export function readMeta(db: Connection): (name: MetaName) => number {
  const value = db.prepare<[string], unknown>('SELECT value FROM meta WHERE name = ?').pluck();
  return (name) => decodeRow(metaValue, value.get(name), 'meta', name);
}

export function writeMeta(db: Connection): (name: MetaName, value: number) => void {
  const put = db.prepare('UPDATE meta SET value = ? WHERE name = ?');
  return (name, value) => {
    put.run(value, name);
  };
}

export function readState(db: Connection): Pick<StoreReader, 'policyVersion' | 'flag'> {
  const read = readMeta(db);
  return { policyVersion: () => read('policy_version'), flag: (name) => read(name) !== 0 };
}

export function writeState(db: Connection): Pick<StoreWriter, 'bumpPolicyVersion' | 'setFlag'> {
  const write = writeMeta(db);
  const bump = db
    .prepare<[], unknown>("UPDATE meta SET value = value + 1 WHERE name = 'policy_version' RETURNING value")
    .pluck();
  return {
    bumpPolicyVersion: () => decodeRow(metaValue, bump.get(), 'meta', 'policy_version'),
    setFlag: (name, value) => write(name, Number(value)),
  };
}
