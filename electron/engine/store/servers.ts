import { z } from 'zod';
import { askSwitchesSchema, transportSchema } from '../../shared/index.ts';
import type { Connection } from './connection.ts';
import type { ServerFacts, ServerRecord, StoreReader, StoreWriter } from './contract.ts';
import { decodeRow, decodeRows, flagColumn, jsonColumn, jsonObject } from './rows.ts';

const serverRow: z.ZodType<ServerRecord> = z.object({
  id: z.string(),
  name: z.string(),
  transport: jsonColumn(transportSchema),
  enabled: flagColumn,
  trusted: flagColumn,
  asks: jsonColumn(askSwitchesSchema),
  createdAt: z.number(),
  reviewedAt: z.number().nullable(),
  removedAt: z.number().nullable(),
});

const factsRow: z.ZodType<ServerFacts> = z.object({
  serverId: z.string(),
  configHash: z.string().nullable(),
  era: z.enum(['legacy', 'modern']).nullable(),
  hello: jsonColumn(jsonObject).nullable(),
  conditionalTools: jsonColumn(z.array(z.string())).nullable(),
});

export function readServers(db: Connection): Pick<StoreReader, 'servers' | 'serverFacts'> {
  const all = db.prepare<[], { id: string }>(`
    SELECT id, name, transport, enabled, trusted, asks, created_at AS createdAt, reviewed_at AS reviewedAt,
      removed_at AS removedAt
    FROM servers ORDER BY created_at, id`);
  const facts = db.prepare<[string], unknown>(
    `SELECT server_id AS serverId, config_hash AS configHash, era, hello, conditional_tools AS conditionalTools
     FROM server_facts WHERE server_id = ?`,
  );
  return {
    servers: () => decodeRows(serverRow, all.all(), 'servers', (row) => row.id),
    serverFacts(serverId) {
      const row = facts.get(serverId);
      return row === undefined ? null : decodeRow(factsRow, row, 'server_facts', serverId);
    },
  };
}

export function writeServers(db: Connection): Pick<StoreWriter, 'putServer' | 'deleteServer' | 'putServerFacts'> {
  const put = db.prepare(`
    INSERT INTO servers (id, name, transport, enabled, trusted, asks, created_at, reviewed_at, removed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, transport = excluded.transport, enabled = excluded.enabled,
      trusted = excluded.trusted, asks = excluded.asks, created_at = excluded.created_at, reviewed_at = excluded.reviewed_at,
      removed_at = excluded.removed_at`);
  const putFacts = db.prepare(`
    INSERT INTO server_facts (server_id, config_hash, era, hello, conditional_tools) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (server_id) DO UPDATE SET config_hash = excluded.config_hash, era = excluded.era, hello = excluded.hello,
      conditional_tools = excluded.conditional_tools`);
  const removals = [
    db.prepare('DELETE FROM server_facts WHERE server_id = ?'),
    db.prepare('DELETE FROM server_launch WHERE server_id = ?'),
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
        JSON.stringify(server.asks),
        server.createdAt,
        server.reviewedAt,
        server.removedAt,
      );
    },
    putServerFacts(facts) {
      const hello = facts.hello === null ? null : JSON.stringify(facts.hello);
      const conditional = facts.conditionalTools === null ? null : JSON.stringify(facts.conditionalTools);
      putFacts.run(facts.serverId, facts.configHash, facts.era, hello, conditional);
    },
    deleteServer(id) {
      // '*' is no server: as a key it would take every agent's default with it.
      if (id !== '*') removeWhole(id);
    },
  };
}
