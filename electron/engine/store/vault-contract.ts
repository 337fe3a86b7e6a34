import type { CredentialKind, CredentialSource, CredentialUse, Placement } from '../../shared/index.ts';

/** The one vault of this data folder; `docs/vault-format.md` says what the bytes are. */
export interface VaultRecord {
  /** Random, part of what every sealed byte is bound to. */
  id: string;
  /** Names the master key that is in force. */
  keyId: string;
  protection: 'os' | 'passphrase';
  /** The master key as `protection` keeps it. */
  sealedKey: Buffer;
  autoLockMinutes: number | null;
  lockWithScreen: boolean;
  createdAt: number;
  keyRotatedAt: number | null;
}

export interface SecretRecord {
  id: string;
  /** Of the vault it was sealed in. */
  vaultId: string;
  version: number;
  keyId: string;
  /** The key of this value, sealed under the master key. */
  sealedKey: Buffer;
  sealedValue: Buffer;
  updatedAt: number;
}

export interface CredentialRecord {
  id: string;
  name: string;
  kind: CredentialKind;
  source: CredentialSource;
  /** Of `source.from: 'vault'`. */
  secretId: string | null;
  username: string | null;
  /** Rises with every replacement of its value. */
  version: number;
  createdAt: number;
  rotatedAt: number | null;
  /** Set while removed but still restorable. */
  removedAt: number | null;
}

export interface BindingRecord {
  id: string;
  credentialId: string;
  serverId: string;
  agentId: string | null;
  placement: Placement;
  /** The one origin or program it may go to. */
  boundTo: string;
  /** HMAC-SHA-256 of all of the above under a key of the engine's: who can only write the file cannot redirect a secret. */
  mac: Buffer;
}

export interface UseRecord extends CredentialUse {
  credentialId: string;
}

export interface UseSummary {
  credentialId: string;
  agentId: string;
  serverId: string;
  lastUsedAt: number;
  calls: number;
}

export interface VaultReader {
  /** Null: there is none yet. */
  vault(): VaultRecord | null;
  secret(id: string): SecretRecord | null;
  /** Of one vault. */
  secrets(vaultId: string): SecretRecord[];
  credentials(): CredentialRecord[];
  bindings(): BindingRecord[];
  /** Newest first, `before` the one last seen. */
  credentialUses(credentialId: string, before: { at: number; callId: string } | null, limit: number): CredentialUse[];
  uses(): UseSummary[];
}

export interface VaultWriter {
  /** Replaces the row, or puts another vault in force and keeps the old row aside. Durable when it returns. */
  putVault(vault: VaultRecord): void;
  /** Durable when it returns, whatever `synchronous` is otherwise. */
  putSecret(secret: SecretRecord): void;
  /** All of them and the vault's row, or nothing: a new master key. Durable when it returns. */
  rewrapSecrets(vault: VaultRecord, secrets: readonly SecretRecord[]): void;
  deleteSecret(id: string): void;
  putCredential(credential: CredentialRecord): void;
  /** With its bindings and what is known of its use. */
  deleteCredential(id: string): void;
  putBinding(binding: BindingRecord): void;
  deleteBinding(id: string): void;
  addCredentialUse(use: UseRecord): void;
  /** Uses before a time are forgotten; the audit log keeps its own rows. */
  pruneCredentialUses(before: number): void;
}
