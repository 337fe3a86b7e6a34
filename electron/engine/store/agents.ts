import { z } from 'zod';
import { rateLimitSchema } from '../../shared/index.ts';
import type { Connection } from './connection.ts';
import type { AgentRecord, StoreReader, StoreWriter } from './contract.ts';
import { decodeRows, flagColumn, jsonColumn } from './rows.ts';

const limitColumn = jsonColumn(rateLimitSchema).nullable();

const agentRow: z.ZodType<AgentRecord> = z.object({
  id: z.string(),
  name: z.string(),
  tokenHash: z.instanceof(Buffer).refine((hash) => hash.length === 32),
  tokenHint: z.string(),
  clientName: z.string().nullable(),
  paused: flagColumn,
  limit: limitColumn,
  toolLimit: limitColumn,
  createdAt: z.number(),
  lastSeenAt: z.number().nullable(),
  removedAt: z.number().nullable(),
});

export function readAgents(db: Connection): Pick<StoreReader, 'agents' | 'declaredPauses'> {
  const paused = db.prepare<[], unknown>('SELECT agent_id FROM declared_pauses').pluck();
  const all = db.prepare<[], { id: string }>(`
    SELECT id, name, token_hash AS tokenHash, token_hint AS tokenHint, client_name AS clientName, paused,
      rate_limit AS "limit", tool_limit AS toolLimit, created_at AS createdAt, last_seen_at AS lastSeenAt,
      removed_at AS removedAt
    FROM agents ORDER BY created_at, id`);
  return {
    agents: () => decodeRows(agentRow, all.all(), 'agents', (row) => row.id),
    declaredPauses: () => new Set(z.array(z.string()).parse(paused.all())),
  };
}

export function writeAgents(
  db: Connection,
): Pick<StoreWriter, 'putAgent' | 'touchAgent' | 'deleteAgent' | 'putDeclaredPause'> {
  const pause = db.prepare('INSERT OR IGNORE INTO declared_pauses (agent_id) VALUES (?)');
  const resume = db.prepare('DELETE FROM declared_pauses WHERE agent_id = ?');
  const put = db.prepare(`
    INSERT INTO agents (id, name, token_hash, token_hint, client_name, paused, rate_limit, tool_limit, created_at,
      last_seen_at, removed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, token_hash = excluded.token_hash,
      token_hint = excluded.token_hint, client_name = excluded.client_name, paused = excluded.paused,
      rate_limit = excluded.rate_limit, tool_limit = excluded.tool_limit, created_at = excluded.created_at,
      last_seen_at = excluded.last_seen_at, removed_at = excluded.removed_at`);
  const touch = db.prepare('UPDATE agents SET last_seen_at = ?, client_name = coalesce(?, client_name) WHERE id = ?');
  const remove = db.prepare('DELETE FROM agents WHERE id = ?');
  const removeGrants = db.prepare('DELETE FROM grants WHERE agent_id = ?');
  const removeWhole = db.transaction((id: string) => {
    removeGrants.run(id);
    remove.run(id);
  });
  return {
    putDeclaredPause: (agentId, isPaused) => {
      (isPaused ? pause : resume).run(agentId);
    },
    putAgent(agent) {
      put.run(
        agent.id,
        agent.name,
        agent.tokenHash,
        agent.tokenHint,
        agent.clientName,
        Number(agent.paused),
        toJson(agent.limit),
        toJson(agent.toolLimit),
        agent.createdAt,
        agent.lastSeenAt,
        agent.removedAt,
      );
    },
    touchAgent(id, at, clientName) {
      touch.run(at, clientName, id);
    },
    deleteAgent(id) {
      // '*' is no agent: as a key it would take the switches meant for every agent with it.
      if (id !== '*') removeWhole(id);
    },
  };
}

function toJson(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
