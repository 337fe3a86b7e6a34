import { z } from 'zod';
import { sandboxSchema } from '../../shared/index.ts';
import type { Connection } from './connection.ts';
import type { ServerLaunchRow, StoreReader, StoreWriter } from './contract.ts';
import { jsonColumn } from './rows.ts';

const launchRow: z.ZodType<ServerLaunchRow> = z.object({
  serverId: z.string(),
  sandbox: jsonColumn(sandboxSchema).nullable(),
  seal: z.string(),
  acceptedAt: z.number(),
});

export function readServerLaunch(db: Connection): Pick<StoreReader, 'serverLaunch'> {
  const one = db.prepare<[string], unknown>(
    `SELECT server_id AS serverId, sandbox, seal, accepted_at AS acceptedAt FROM server_launch WHERE server_id = ?`,
  );
  return {
    serverLaunch(serverId) {
      // A row that cannot be read accepts nothing; the server waits for a person, the others start.
      const read = launchRow.safeParse(one.get(serverId));
      return read.success ? read.data : null;
    },
  };
}

export function writeServerLaunch(db: Connection): Pick<StoreWriter, 'putServerLaunch'> {
  const put = db.prepare(`
    INSERT INTO server_launch (server_id, sandbox, seal, accepted_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (server_id) DO UPDATE SET sandbox = excluded.sandbox, seal = excluded.seal,
      accepted_at = excluded.accepted_at`);
  return {
    putServerLaunch({ serverId, sandbox, seal, acceptedAt }) {
      put.run(serverId, sandbox === null ? null : JSON.stringify(sandbox), seal, acceptedAt);
    },
  };
}
