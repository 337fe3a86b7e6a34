import { z } from 'zod';
import { type Effect, effectSchema, type GrantChange, type GrantKey } from '../../shared/index.ts';
import type { Connection } from './connection.ts';
import type { GrantRecord, StoreReader, StoreWriter } from './contract.ts';
import { decodeRow, decodeRows } from './rows.ts';

const grantRow: z.ZodType<GrantRecord> = z.object({
  agentId: z.string(),
  serverId: z.string(),
  toolName: z.string(),
  effect: effectSchema,
  updatedAt: z.number(),
});

export function readGrants(db: Connection): Pick<StoreReader, 'grants'> {
  const all = db.prepare<[], GrantKey>(`
    SELECT agent_id AS agentId, server_id AS serverId, tool_name AS toolName, effect, updated_at AS updatedAt
    FROM grants ORDER BY agent_id, server_id, tool_name`);
  return { grants: () => decodeRows(grantRow, all.all(), 'grants', keyOf) };
}

export function writeGrants(db: Connection): Pick<StoreWriter, 'putGrants'> {
  const current = db
    .prepare<[string, string, string], unknown>(
      'SELECT effect FROM grants WHERE agent_id = ? AND server_id = ? AND tool_name = ?',
    )
    .pluck();
  const put = db.prepare(`
    INSERT INTO grants (agent_id, server_id, tool_name, effect, updated_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (agent_id, server_id, tool_name) DO UPDATE SET effect = excluded.effect,
      updated_at = excluded.updated_at`);
  const remove = db.prepare('DELETE FROM grants WHERE agent_id = ? AND server_id = ? AND tool_name = ?');

  const effectOf = (key: GrantKey): Effect | null => {
    const value = current.get(key.agentId, key.serverId, key.toolName);
    return value === undefined ? null : decodeRow(effectSchema, value, 'grants', keyOf(key));
  };

  const putAll = (changes: GrantChange[], at: number): GrantChange[] => {
    const previous = new Map<string, GrantChange>();
    for (const { agentId, serverId, toolName, effect } of changes) {
      const key = keyOf({ agentId, serverId, toolName });
      // Named twice in one set: what undoes it is what stood before the first.
      if (!previous.has(key)) {
        const before = effectOf({ agentId, serverId, toolName });
        previous.set(key, { agentId, serverId, toolName, effect: before });
      }
      if (effect === null) remove.run(agentId, serverId, toolName);
      else put.run(agentId, serverId, toolName, effect, at);
    }
    return [...previous.values()];
  };
  return { putGrants: db.transaction(putAll) };
}

function keyOf(key: GrantKey): string {
  return JSON.stringify([key.agentId, key.serverId, key.toolName]);
}
