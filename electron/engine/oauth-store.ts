import { z } from 'zod';
import { type Placement, signInClientSchema } from '../shared/index.ts';
import type { Opened } from './arming.ts';
import type { CredentialBook } from './credential-book.ts';
import { BridgeFault } from './faults.ts';
import type { VaultReader } from './store/vault-contract.ts';
import {
  lookAt,
  type SignInLook,
  type SignInRecord,
  type SignInStore,
  type StoreAnswer,
} from './upstream/oauth/contract.ts';
import type { Vault } from './vault/contract.ts';
import { signInPrefix } from './vault/secret-words.ts';

interface Ports {
  vault: Vault;
  book: CredentialBook;
  store: VaultReader;
}

const clientSchema = z.strictObject({
  kind: z.enum(['entered', 'document', 'registered']),
  id: z.string(),
  secret: z.string().nullable(),
  authMethod: z.string().nullable(),
});

const grantSchema = z.strictObject({
  issuer: z.string(),
  resource: z.string(),
  client: clientSchema,
  redirectPort: z.number(),
  endpoints: z.strictObject({
    token: z.string(),
    revocation: z.string().nullable(),
    authMethods: z.array(z.string()),
    revocationAuthMethods: z.array(z.string()),
  }),
  requestedScopes: z.array(z.string()),
  scopes: z.array(z.string()),
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  obtainedAt: z.number(),
  expiresAt: z.number().nullable(),
});

const recordSchema = z.strictObject({
  version: z.literal(1),
  serverUrl: z.string(),
  entered: signInClientSchema.nullable(),
  grant: grantSchema.nullable(),
});

const secretIdOf = (credentialId: string) => `${signInPrefix}${credentialId}`;

/** Keeps each server's sign-in as one value of the vault, under the credential that stands for it. */
export class VaultSignInStore implements SignInStore {
  readonly #ports: Ports;
  /** What was read or kept last, without its secrets: a look must not keep the vault open. */
  readonly #looks = new Map<string, SignInLook | null>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  async prepare(serverId: string): Promise<StoreAnswer<null>> {
    const { vault, book } = this.#ports;
    const other = book.bound(serverId, null).find(({ credential, binding }) => {
      return credential.kind !== 'oauth2' && isAuthorization(binding.placement);
    });
    if (other !== undefined) {
      const message = `The credential ${other.credential.name} is used at this server already.`;
      return { ok: false, state: 'broken', message, fix: 'Take it away under Credentials first.' };
    }
    if (vault.status().state === 'empty') {
      const made = await vault.create(null);
      if (!made.ok) return { ok: false, state: 'locked', message: made.message, fix: 'Set it up under Credentials.' };
    }
    if (vault.isUnlocked()) return { ok: true, value: null };
    return { ok: false, state: 'locked', message: 'The vault is locked.', fix: 'Unlock it under Credentials first.' };
  }

  isOpen(): boolean {
    const { vault } = this.#ports;
    return vault.isUnlocked() || vault.status().state === 'empty';
  }

  has(serverId: string): boolean {
    return this.#credentialOf(serverId) !== null;
  }

  load(serverId: string): StoreAnswer<SignInRecord | null> {
    const credentialId = this.#credentialOf(serverId);
    if (credentialId === null || !this.#isKept(credentialId)) return this.#remember(serverId, null);
    const opened = this.#ports.vault.use(secretIdOf(credentialId));
    if (!opened.ok) return answerOf(opened.why);
    const parsed = recordSchema.safeParse(JSON.parse(opened.value));
    if (parsed.success) return this.#remember(serverId, parsed.data);
    return {
      ok: false,
      state: 'broken',
      message: 'What is stored of this sign-in cannot be read.',
      fix: 'Sign in again.',
    };
  }

  look(serverId: string): SignInLook | null {
    if (!this.has(serverId)) return null;
    const known = this.#looks.get(serverId);
    if (known !== undefined) return known;
    if (!this.#ports.vault.isUnlocked()) return null;
    this.load(serverId);
    return this.#looks.get(serverId) ?? null;
  }

  async save(serverId: string, record: SignInRecord, isRenewed: boolean): Promise<StoreAnswer<null>> {
    try {
      const { vault, book } = this.#ports;
      const credentialId = isRenewed ? this.#credentialOf(serverId) : book.ensureSignIn(serverId);
      // removed while it was renewed: nobody wants it any more
      if (credentialId === null) return { ok: true, value: null };
      const kept = await vault.put(secretIdOf(credentialId), JSON.stringify(record));
      if (!kept.ok) return answerOf(kept.why);
      this.#looks.set(serverId, lookAt(record));
      book.touched(credentialId, record.grant !== null);
      return { ok: true, value: null };
    } catch (error) {
      if (error instanceof BridgeFault) {
        return { ok: false, state: 'broken', message: error.body.message, fix: error.body.fix };
      }
      throw error;
    }
  }

  remove(serverId: string): void {
    const credentialId = this.#credentialOf(serverId);
    this.#looks.delete(serverId);
    if (credentialId === null) return;
    this.#ports.vault.remove(secretIdOf(credentialId));
    this.#ports.book.touched(credentialId);
  }

  /** Of a credential that was removed: what there was, while it can be read, and nothing is left of it. */
  take(credentialId: string): SignInRecord | null {
    if (!this.#isKept(credentialId)) return null;
    const opened: Opened<string> = this.#ports.vault.use(secretIdOf(credentialId));
    const parsed = opened.ok ? recordSchema.safeParse(JSON.parse(opened.value)) : null;
    this.#ports.vault.remove(secretIdOf(credentialId));
    this.#looks.clear();
    return parsed?.success ? parsed.data : null;
  }

  /** Credentials of sign-ins that are kept though the credential is gone. */
  orphans(): string[] {
    const vaultId = this.#ports.store.vault()?.id;
    if (vaultId === undefined) return [];
    const ids = this.#ports.store.secrets(vaultId).map(({ id }) => id);
    const signIns = ids.filter((id) => id.startsWith(signInPrefix)).map((id) => id.slice(signInPrefix.length));
    return signIns.filter((id) => !this.#isCredential(id));
  }

  #isCredential(id: string): boolean {
    return this.#ports.store.credentials().some((credential) => credential.id === id);
  }

  #isKept(credentialId: string): boolean {
    return this.#ports.store.secret(secretIdOf(credentialId)) !== null;
  }

  #credentialOf(serverId: string): string | null {
    const bound = this.#ports.book.bound(serverId, null);
    return bound.find(({ credential }) => credential.kind === 'oauth2')?.credential.id ?? null;
  }

  #remember(serverId: string, record: SignInRecord | null): StoreAnswer<SignInRecord | null> {
    this.#looks.set(serverId, lookAt(record));
    return { ok: true, value: record };
  }
}

function isAuthorization(placement: Placement): boolean {
  return placement.in === 'header' && placement.name.toLowerCase() === 'authorization';
}

function answerOf(why: { state: string; message: string; fix: string }): StoreAnswer<never> & { ok: false } {
  const { message, fix } = why;
  return { ok: false, state: why.state === 'locked' ? 'locked' : 'broken', message, fix };
}
