import type { CredentialState, VaultAnswer, VaultStatus } from '../../shared/index.ts';
import type { Opened, TokenRefusal, Unusable } from '../arming.ts';

/** What a secret is to the vault: an id, and a version that rises with every value it had. */
export interface SecretHandle {
  secretId: string;
  version: number;
}

/**
 * The credential ring. Values lie in it sealed, each under a key of its own; the master key is in memory only while it is
 * unlocked. The engine ring (`engine-key.ts`) is another key: locking this one stops neither the audit nor policy.
 */
export interface Vault {
  status(): VaultStatus;
  isUnlocked(): boolean;
  create(passphrase: string | null): Promise<VaultAnswer>;
  unlock(passphrase: string | null): Promise<VaultAnswer>;
  lock(): void;
  /**
   * Stores a value under a new id, or as the next version of one; the new version is durable before the old one is gone.
   * An empty vault makes itself where the system protects its key. The value is known to the echo guard from then on.
   */
  put(secretId: string | null, value: string): Promise<Opened<SecretHandle>>;
  /** Erases all versions. */
  remove(secretId: string): void;
  /**
   * The plain value. For arming a request or a program, a sign-in's own token request, and nothing else; never kept. Told
   * to the echo guard before it is handed out.
   */
  use(secretId: string): Opened<string>;
}

/**
 * How a kind of credential that is more than a stored value gives its token (oauth2). Single flight per credential is the
 * provider's own matter. It keeps token sets by `Vault.put(secretId, JSON)`: the new set is durable before it is used and
 * before the old one is dropped. It makes its credentials by `CredentialBook.ensureSignIn(serverId)`, which binds one to
 * the server's origin for all agents (Authorization: Bearer), and tells the UI by `CredentialBook.touched(credentialId)`.
 */
export interface TokenProvider {
  /**
   * The token of now; a promise only where it has to be renewed first. `credentialId`: as `ensureSignIn` gave it;
   * `agentId` null: the gateway itself reads what the server offers.
   */
  arm(credentialId: string, serverId: string, agentId: string | null): Opened<string> | Promise<Opened<string>>;
  /** The server refused the token: renews it or finds that a person has to sign in. `token`: the one that was refused. */
  rearm(
    credentialId: string,
    serverId: string,
    agentId: string | null,
    token: string,
    refusal: TokenRefusal,
  ): Promise<Opened<string>>;
  /** A server that has no credential for the Authorization header refused a request. Null: not for want of a sign-in. */
  challenged(serverId: string, refusal: TokenRefusal): Unusable | null;
  /** For views; without waiting. Null: nobody has signed in yet. */
  describe(credentialId: string, serverId: string): SignInFacts | null;
  /** The credential was removed for good: what is kept of it goes. */
  forget(credentialId: string): void;
}

export interface SignInFacts {
  state: CredentialState;
  problem: { message: string; fix: string } | null;
  issuer: string;
  scopes: string[];
  /** Milliseconds since the epoch. */
  expiresAt: number | null;
  canRenew: boolean;
}
