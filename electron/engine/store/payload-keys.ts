import { z } from 'zod';
import type { Connection } from './connection.ts';
import { decodeRow } from './rows.ts';

/** Keys of kept arguments, one for each day (days since the epoch), wrapped under a key of the engine. */
export interface PayloadKeys {
  payloadKey(day: number): Buffer | null;
}
export interface PayloadKeyWrites {
  putPayloadKey(day: number, wrapped: Buffer): void;
  /** What they sealed cannot be read any more, whatever is left of it on the disk. */
  deletePayloadKeys(beforeDay: number): void;
}

const keyRow = z.instanceof(Buffer);

export function readPayloadKeys(db: Connection): PayloadKeys {
  const key = db.prepare<[number]>('SELECT wrapped FROM payload_keys WHERE day = ?').pluck();
  return {
    payloadKey(day) {
      const wrapped = key.get(day);
      return wrapped === undefined ? null : decodeRow(keyRow, wrapped, 'payload_keys', day);
    },
  };
}

export function writePayloadKeys(db: Connection): PayloadKeyWrites {
  const put = db.prepare(
    'INSERT INTO payload_keys (day, wrapped) VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET wrapped = excluded.wrapped',
  );
  const remove = db.prepare('DELETE FROM payload_keys WHERE day < ?');
  return {
    putPayloadKey: (day, wrapped) => void put.run(day, wrapped),
    deletePayloadKeys: (beforeDay) => void remove.run(beforeDay),
  };
}
