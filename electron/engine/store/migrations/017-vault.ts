import type { Migration } from './index.ts';

/**
 * The vault, credentials and where they go. `vaults` keeps a vault nobody could open aside when another is started
 * (`retired_at`). No foreign keys to servers and agents: declared ones have no row.
 */
export const createVault: Migration = {
  version: 17,
  name: 'vault and credentials',
  up(db) {
    db.exec(`
      CREATE TABLE vaults (
        id TEXT PRIMARY KEY,
        key_id TEXT NOT NULL,
        protection TEXT NOT NULL CHECK (protection IN ('os', 'passphrase')),
        sealed_key BLOB NOT NULL,
        auto_lock_minutes INTEGER,
        lock_with_screen INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        key_rotated_at INTEGER,
        retired_at INTEGER
      ) STRICT, WITHOUT ROWID;
      CREATE UNIQUE INDEX vaults_in_force ON vaults ((retired_at IS NULL)) WHERE retired_at IS NULL;

      CREATE TABLE vault_secrets (
        id TEXT PRIMARY KEY,
        vault_id TEXT NOT NULL REFERENCES vaults (id),
        version INTEGER NOT NULL CHECK (version > 0),
        key_id TEXT NOT NULL,
        sealed_key BLOB NOT NULL,
        sealed_value BLOB NOT NULL,
        updated_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE credentials (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('bearer', 'header', 'env', 'basic', 'query', 'oauth2')),
        source TEXT NOT NULL,
        secret_id TEXT,
        username TEXT,
        version INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        rotated_at INTEGER,
        removed_at INTEGER
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE credential_bindings (
        id TEXT PRIMARY KEY,
        credential_id TEXT NOT NULL REFERENCES credentials (id),
        server_id TEXT NOT NULL,
        agent_id TEXT,
        placement TEXT NOT NULL,
        bound_to TEXT NOT NULL,
        mac BLOB NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE credential_uses (
        credential_id TEXT NOT NULL,
        at INTEGER NOT NULL,
        call_id TEXT NOT NULL,
        agent_id TEXT NOT NULL,
        server_id TEXT NOT NULL,
        tool TEXT NOT NULL,
        PRIMARY KEY (credential_id, at, call_id)
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
