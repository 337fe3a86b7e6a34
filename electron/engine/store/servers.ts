import { z } from 'zod';
import { transportSchema } from '../../shared/index.ts';
import type { Connection } from './connection.ts';
import type { ServerRecord, StoreReader, StoreWriter } from './contract.ts';
import { decodeRows, flagColumn, jsonColumn } from './rows.ts';

const serverRow: z.ZodType<ServerRecord> = z.object({
  id: z.string(),
  name: z.string(),
  transport: jsonColumn(transportSchema),
  enabled: flagColumn,
  trusted: flagColumn,
  createdAt: z.number(),
  reviewedAt: z.number().nullable(),
  removedAt: z.number().nullable(),
});

export function readServers(db: Connection): Pick<StoreReader, 'servers'> {
  const all = db.prepare<[], { id: string }>(`
    SELECT id, name, transport, enabled, trusted, created_at AS createdAt, reviewed_at AS reviewedAt,
      removed_at AS removedAt
    FROM servers ORDER BY created_at, id`);
  return { servers: () => decodeRows(serverRow, all.all(), 'servers', (row) => row.id) };
}

export function writeServers(db: Connection): Pick<StoreWriter, 'putServer' | 'deleteServer'> {
  const put = db.prepare(`
    INSERT INTO servers (id, name, transport, enabled, trusted, created_at, reviewed_at, removed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, transport = excluded.transport, enabled = excluded.enabled,
      trusted = excluded.trusted, created_at = excluded.created_at, reviewed_at = excluded.reviewed_at,
      removed_at = excluded.removed_at`);
  const removals = [
    db.prepare('DELETE FROM grants WHERE server_id = ?'),
    db.prepare('DELETE FROM tools WHERE server_id = ?'),
    db.prepare('DELETE FROM servers WHERE id = ?'),
  ];
  const removeWhole = db.transaction((id: string) => {
    for (const removal of removals) removal.run(id);
  });
  return {
    putServer(server) {
      put.run(
        server.id,
        server.name,
        JSON.stringify(server.transport),
        Number(server.enabled),
        Number(server.trusted),
        server.createdAt,
        server.reviewedAt,
        server.removedAt,
      );
    },
    deleteServer(id) {
      // '*' is no server: as a key it would take every agent's default with it.
      if (id !== '*') removeWhole(id);
    },
  };
}
