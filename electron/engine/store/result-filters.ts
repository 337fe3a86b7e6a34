import { z } from 'zod';
import type { Connection } from './connection.ts';
import type { StoreReader, StoreWriter } from './contract.ts';
import { decodeRow, jsonColumn, jsonObject } from './rows.ts';

const row = z.object({ settings: jsonColumn(jsonObject) });

export function readResultFilters(db: Connection): Pick<StoreReader, 'resultFilter'> {
  const one = db.prepare<[string], { settings: string }>('SELECT settings FROM result_filters WHERE server_id = ?');
  return {
    resultFilter(serverId) {
      const found = one.get(serverId);
      return found === undefined ? null : decodeRow(row, found, 'result_filters', serverId).settings;
    },
  };
}

export function writeResultFilters(db: Connection): Pick<StoreWriter, 'putResultFilter'> {
  const put = db.prepare(`
    INSERT INTO result_filters (server_id, settings) VALUES (?, ?)
    ON CONFLICT (server_id) DO UPDATE SET settings = excluded.settings`);
  return {
    putResultFilter(serverId, settings) {
      put.run(serverId, JSON.stringify(settings));
    },
  };
}
