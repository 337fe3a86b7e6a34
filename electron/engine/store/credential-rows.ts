import { z } from 'zod';
import {
  type CredentialUse,
  credentialKindSchema,
  credentialSourceSchema,
  credentialUseSchema,
  placementSchema,
} from '../../shared/index.ts';
import type { Connection } from './connection.ts';
import { decodeRows, jsonColumn } from './rows.ts';
import type { BindingRecord, CredentialRecord, UseSummary, VaultReader, VaultWriter } from './vault-contract.ts';

const credentialRow: z.ZodType<CredentialRecord> = z.object({
  id: z.string(),
  name: z.string(),
  kind: credentialKindSchema,
  source: jsonColumn(credentialSourceSchema),
  secretId: z.string().nullable(),
  username: z.string().nullable(),
  version: z.number(),
  createdAt: z.number(),
  rotatedAt: z.number().nullable(),
  removedAt: z.number().nullable(),
});

const bindingRow: z.ZodType<BindingRecord> = z.object({
  id: z.string(),
  credentialId: z.string(),
  serverId: z.string(),
  agentId: z.string().nullable(),
  placement: jsonColumn(placementSchema),
  boundTo: z.string(),
  mac: z.instanceof(Buffer),
});

const summaryRow: z.ZodType<UseSummary> = z.object({
  credentialId: z.string(),
  agentId: z.string(),
  serverId: z.string(),
  lastUsedAt: z.number(),
  calls: z.number(),
});

type Reads = Pick<VaultReader, 'credentials' | 'bindings' | 'credentialUses' | 'uses'>;

export function readCredentials(db: Connection): Reads {
  const credentials = db.prepare<[], { id: string }>(`
    SELECT id, name, kind, source, secret_id AS secretId, username, version, created_at AS createdAt,
      rotated_at AS rotatedAt, removed_at AS removedAt
    FROM credentials ORDER BY name COLLATE NOCASE, id`);
  const bindings = db.prepare<[], { id: string }>(`
    SELECT id, credential_id AS credentialId, server_id AS serverId, agent_id AS agentId, placement, bound_to AS boundTo,
      mac
    FROM credential_bindings ORDER BY server_id, agent_id, id`);
  const newest = db.prepare<[string, number, string, number], CredentialUse>(`
    SELECT at, call_id AS callId, agent_id AS agentId, server_id AS serverId, tool FROM credential_uses
    WHERE credential_id = ? AND (at, call_id) < (?, ?) ORDER BY at DESC, call_id DESC LIMIT ?`);
  const summaries = db.prepare<[], { credentialId: string }>(`
    SELECT credential_id AS credentialId, agent_id AS agentId, server_id AS serverId, max(at) AS lastUsedAt,
      count(*) AS calls
    FROM credential_uses GROUP BY credential_id, agent_id, server_id`);
  return {
    credentials: () => decodeRows(credentialRow, credentials.all(), 'credentials', (row) => row.id),
    bindings: () => decodeRows(bindingRow, bindings.all(), 'credential_bindings', (row) => row.id),
    credentialUses(credentialId, before, limit) {
      const { at, callId } = before ?? { at: Number.MAX_SAFE_INTEGER, callId: '' };
      return decodeRows(
        credentialUseSchema,
        newest.all(credentialId, at, callId, limit),
        'credential_uses',
        (row) => row.callId,
      );
    },
    uses: () => decodeRows(summaryRow, summaries.all(), 'credential_uses', (row) => row.credentialId),
  };
}

type Writes = Pick<
  VaultWriter,
  'putCredential' | 'deleteCredential' | 'putBinding' | 'deleteBinding' | 'addCredentialUse' | 'pruneCredentialUses'
>;

export function writeCredentials(db: Connection): Writes {
  const put = db.prepare(`
    INSERT INTO credentials (id, name, kind, source, secret_id, username, version, created_at, rotated_at, removed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, source = excluded.source, secret_id = excluded.secret_id,
      version = excluded.version, rotated_at = excluded.rotated_at, removed_at = excluded.removed_at`);
  const removals = [
    db.prepare('DELETE FROM credential_uses WHERE credential_id = ?'),
    db.prepare('DELETE FROM credential_bindings WHERE credential_id = ?'),
    db.prepare('DELETE FROM credentials WHERE id = ?'),
  ];
  const putBinding = db.prepare(`
    INSERT INTO credential_bindings (id, credential_id, server_id, agent_id, placement, bound_to, mac)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET placement = excluded.placement, bound_to = excluded.bound_to, mac = excluded.mac`);
  const removeBinding = db.prepare('DELETE FROM credential_bindings WHERE id = ?');
  const addUse = db.prepare(`
    INSERT INTO credential_uses (credential_id, at, call_id, agent_id, server_id, tool) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (credential_id, at, call_id) DO NOTHING`);
  const prune = db.prepare('DELETE FROM credential_uses WHERE at < ?');
  return {
    putCredential(credential) {
      const { id, name, kind, source, secretId, username, version, createdAt, rotatedAt, removedAt } = credential;
      const text = JSON.stringify(source);
      put.run(id, name, kind, text, secretId, username, version, createdAt, rotatedAt, removedAt);
    },
    deleteCredential: db.transaction((id: string) => {
      for (const removal of removals) removal.run(id);
    }),
    putBinding({ id, credentialId, serverId, agentId, placement, boundTo, mac }) {
      putBinding.run(id, credentialId, serverId, agentId, JSON.stringify(placement), boundTo, mac);
    },
    deleteBinding: (id) => void removeBinding.run(id),
    addCredentialUse({ credentialId, at, callId, agentId, serverId, tool }) {
      addUse.run(credentialId, at, callId, agentId, serverId, tool);
    },
    pruneCredentialUses: (before) => void prune.run(before),
  };
}
