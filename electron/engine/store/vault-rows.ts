import { z } from 'zod';
import type { Connection } from './connection.ts';
import { decodeRow, decodeRows, flagColumn } from './rows.ts';
import type { SecretRecord, VaultReader, VaultRecord, VaultWriter } from './vault-contract.ts';

const blob = z.instanceof(Buffer);

const vaultRow: z.ZodType<VaultRecord> = z.object({
  id: z.string(),
  keyId: z.string(),
  protection: z.enum(['os', 'passphrase']),
  sealedKey: blob,
  autoLockMinutes: z.number().nullable(),
  lockWithScreen: flagColumn,
  createdAt: z.number(),
  keyRotatedAt: z.number().nullable(),
});

const secretRow: z.ZodType<SecretRecord> = z.object({
  id: z.string(),
  vaultId: z.string(),
  version: z.number(),
  keyId: z.string(),
  sealedKey: blob,
  sealedValue: blob,
  updatedAt: z.number(),
});

const secretColumns = `id, vault_id AS vaultId, version, key_id AS keyId, sealed_key AS sealedKey,
  sealed_value AS sealedValue, updated_at AS updatedAt`;

export function readVault(db: Connection): Pick<VaultReader, 'vault' | 'secret' | 'secrets'> {
  const vault = db.prepare(`
    SELECT id, key_id AS keyId, protection, sealed_key AS sealedKey, auto_lock_minutes AS autoLockMinutes,
      lock_with_screen AS lockWithScreen, created_at AS createdAt, key_rotated_at AS keyRotatedAt
    FROM vaults WHERE retired_at IS NULL`);
  const one = db.prepare<[string], unknown>(`SELECT ${secretColumns} FROM vault_secrets WHERE id = ?`);
  const all = db.prepare<[string], { id: string }>(
    `SELECT ${secretColumns} FROM vault_secrets WHERE vault_id = ? ORDER BY id`,
  );
  return {
    vault() {
      const row = vault.get();
      return row === undefined ? null : decodeRow(vaultRow, row, 'vaults', 'in force');
    },
    secret(id) {
      const row = one.get(id);
      return row === undefined ? null : decodeRow(secretRow, row, 'vault_secrets', id);
    },
    secrets: (vaultId) => decodeRows(secretRow, all.all(vaultId), 'vault_secrets', (row) => row.id),
  };
}

type Writes = Pick<VaultWriter, 'putVault' | 'putSecret' | 'rewrapSecrets' | 'deleteSecret'>;

export function writeVault(db: Connection): Writes {
  const retire = db.prepare('UPDATE vaults SET retired_at = ? WHERE retired_at IS NULL AND id <> ?');
  const put = db.prepare(`
    INSERT INTO vaults (id, key_id, protection, sealed_key, auto_lock_minutes, lock_with_screen, created_at, key_rotated_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET key_id = excluded.key_id, protection = excluded.protection,
      sealed_key = excluded.sealed_key, auto_lock_minutes = excluded.auto_lock_minutes,
      lock_with_screen = excluded.lock_with_screen, key_rotated_at = excluded.key_rotated_at`);
  const putRow = db.prepare(`
    INSERT INTO vault_secrets (id, vault_id, version, key_id, sealed_key, sealed_value, updated_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET vault_id = excluded.vault_id, version = excluded.version, key_id = excluded.key_id,
      sealed_key = excluded.sealed_key, sealed_value = excluded.sealed_value, updated_at = excluded.updated_at`);
  const remove = db.prepare('DELETE FROM vault_secrets WHERE id = ?');
  const putVault = (vault: VaultRecord) => {
    retire.run(vault.createdAt, vault.id);
    const { id, keyId, protection, sealedKey, autoLockMinutes, lockWithScreen, createdAt, keyRotatedAt } = vault;
    put.run(id, keyId, protection, sealedKey, autoLockMinutes, Number(lockWithScreen), createdAt, keyRotatedAt);
  };
  const putSecret = ({ id, vaultId, version, keyId, sealedKey, sealedValue, updatedAt }: SecretRecord) => {
    putRow.run(id, vaultId, version, keyId, sealedKey, sealedValue, updatedAt);
  };
  const putVaultWhole = db.transaction(putVault);
  const rewrap = db.transaction((vault: VaultRecord, secrets: readonly SecretRecord[]) => {
    putVault(vault);
    for (const secret of secrets) putSecret(secret);
  });
  return {
    putVault: (vault) => durably(db, () => putVaultWhole(vault)),
    putSecret: (secret) => durably(db, () => putSecret(secret)),
    rewrapSecrets: (vault, secrets) => durably(db, () => rewrap(vault, secrets)),
    deleteSecret: (id) => void remove.run(id),
  };
}

/**
 * On the disk when it returns, power cut or not: a sign-in service counts a token it has replaced as spent. `synchronous`
 * belongs to the connection and cannot change inside a transaction.
 */
function durably(db: Connection, write: () => void): void {
  db.pragma('synchronous = FULL');
  try {
    write();
  } finally {
    db.pragma('synchronous = NORMAL');
  }
}
