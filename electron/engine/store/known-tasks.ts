import { z } from 'zod';
import type { Connection } from './connection.ts';
import type { KnownTaskRecord, StoreReader, StoreWriter } from './contract.ts';
import { decodeRows } from './rows.ts';

/** Of all agents; the oldest are forgotten. */
const maxTasks = 2_000;
const maxAgeMs = 7 * 24 * 3_600_000;

const taskRow: z.ZodType<KnownTaskRecord> = z.object({
  agentId: z.string(),
  serverId: z.string(),
  taskId: z.string(),
  tool: z.string(),
  approvalId: z.string().nullable(),
  learnedAt: z.number(),
  settledAt: z.number().nullable(),
});

export function readKnownTasks(db: Connection): Pick<StoreReader, 'knownTasks'> {
  const all = db.prepare<[], { taskId: string }>(
    `SELECT agent_id AS agentId, server_id AS serverId, task_id AS taskId, tool, approval_id AS approvalId,
      learned_at AS learnedAt, settled_at AS settledAt FROM known_tasks ORDER BY learned_at, rowid`,
  );
  return { knownTasks: () => decodeRows(taskRow, all.all(), 'known_tasks', (row) => row.taskId) };
}

export function writeKnownTasks(db: Connection): Pick<StoreWriter, 'putKnownTask'> {
  const put = db.prepare(
    `INSERT OR REPLACE INTO known_tasks (agent_id, server_id, task_id, tool, approval_id, learned_at, settled_at)
      VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const forget = db.prepare(
    `DELETE FROM known_tasks WHERE learned_at < ?
      OR rowid <= (SELECT rowid FROM known_tasks ORDER BY rowid DESC LIMIT 1 OFFSET ${maxTasks})`,
  );
  return {
    putKnownTask({ agentId, serverId, taskId, tool, approvalId, learnedAt, settledAt }) {
      put.run(agentId, serverId, taskId, tool, approvalId, learnedAt, settledAt);
      forget.run(learnedAt - maxAgeMs);
    },
  };
}
