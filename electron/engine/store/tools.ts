import { z } from 'zod';
import type { Connection } from './connection.ts';
import type { StoreReader, StoreWriter, ToolRecord } from './contract.ts';
import { decodeRows, jsonColumn, jsonObject } from './rows.ts';

const toolRow: z.ZodType<ToolRecord> = z.object({
  serverId: z.string(),
  name: z.string(),
  definition: jsonColumn(jsonObject),
  definitionHash: z.string(),
  reviewedHash: z.string().nullable(),
  reviewedDefinition: jsonColumn(jsonObject).nullable(),
  firstSeenAt: z.number(),
  position: z.number(),
});

export function readTools(db: Connection): Pick<StoreReader, 'tools'> {
  const ofServer = db.prepare<[string], { name: string }>(`
    SELECT server_id AS serverId, name, definition, definition_hash AS definitionHash, reviewed_hash AS reviewedHash,
      reviewed_definition AS reviewedDefinition, first_seen_at AS firstSeenAt, position
    FROM tools WHERE server_id = ? ORDER BY position, name`);
  return { tools: (serverId) => decodeRows(toolRow, ofServer.all(serverId), 'tools', (row) => row.name) };
}

interface ToolPlace {
  name: string;
  definitionHash: string;
  position: number;
}

export function writeTools(db: Connection): Pick<StoreWriter, 'putTools' | 'markReviewed'> {
  const places = db.prepare<[string], ToolPlace>(
    'SELECT name, definition_hash AS definitionHash, position FROM tools WHERE server_id = ?',
  );
  const put = db.prepare(`
    INSERT INTO tools (server_id, name, definition, definition_hash, first_seen_at, position) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (server_id, name) DO UPDATE SET definition = excluded.definition,
      definition_hash = excluded.definition_hash, position = excluded.position`);
  const remove = db.prepare('DELETE FROM tools WHERE server_id = ? AND name = ?');
  const review = db.prepare(`
    UPDATE tools SET reviewed_hash = definition_hash, reviewed_definition = definition
    WHERE server_id = ? AND name = ? AND definition_hash = ?`);
  const reviewServer = db.prepare('UPDATE servers SET reviewed_at = coalesce(reviewed_at, ?) WHERE id = ?');

  const putAll: StoreWriter['putTools'] = (serverId, tools, at) => {
    const gone = new Map(places.all(serverId).map((place) => [place.name, place]));
    const before = new Map(gone);
    for (const tool of tools) {
      gone.delete(tool.name);
      // A resync that found nothing new writes nothing.
      const known = before.get(tool.name);
      if (known?.definitionHash === tool.definitionHash && known.position === tool.position) continue;
      put.run(serverId, tool.name, JSON.stringify(tool.definition), tool.definitionHash, at, tool.position);
    }
    for (const name of gone.keys()) remove.run(serverId, name);
  };

  const markAll: StoreWriter['markReviewed'] = (serverId, tools, at) => {
    const marked = tools
      .filter((tool) => review.run(serverId, tool.name, tool.definitionHash).changes > 0)
      .map((tool) => tool.name);
    if (marked.length > 0) reviewServer.run(at, serverId);
    return marked;
  };

  return { putTools: db.transaction(putAll), markReviewed: db.transaction(markAll) };
}
