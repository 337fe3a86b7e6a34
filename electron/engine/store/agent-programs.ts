import { z } from 'zod';
import type { Connection } from './connection.ts';
import type { AgentProgram, StoreReader, StoreWriter } from './contract.ts';
import { decodeRows } from './rows.ts';

const programRow: z.ZodType<AgentProgram> = z.object({ agentId: z.string(), path: z.string(), acceptedAt: z.number() });

export function readAgentPrograms(db: Connection): Pick<StoreReader, 'agentPrograms'> {
  const all = db.prepare<[], { agentId: string }>(
    'SELECT agent_id AS agentId, path, accepted_at AS acceptedAt FROM agent_programs ORDER BY accepted_at, path',
  );
  return { agentPrograms: () => decodeRows(programRow, all.all(), 'agent_programs', (row) => row.agentId) };
}

export function writeAgentPrograms(db: Connection): Pick<StoreWriter, 'putAgentProgram' | 'deleteAgentPrograms'> {
  const put = db.prepare('INSERT OR REPLACE INTO agent_programs (agent_id, path, accepted_at) VALUES (?, ?, ?)');
  const remove = db.prepare('DELETE FROM agent_programs WHERE agent_id = ? AND path = ?');
  const removeAll = db.prepare('DELETE FROM agent_programs WHERE agent_id = ?');
  return {
    putAgentProgram({ agentId, path, acceptedAt }) {
      put.run(agentId, path, acceptedAt);
    },
    deleteAgentPrograms(agentId, path) {
      if (path === null) removeAll.run(agentId);
      else remove.run(agentId, path);
    },
  };
}
