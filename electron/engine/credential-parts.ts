import type { KeyObject } from 'node:crypto';
import { randomBytes } from 'node:crypto';
import type { Transport } from '../shared/index.ts';
import type { Armament, CredentialGate, CredentialSource, Opened, TokenRefusal, UsedCredential } from './arming.ts';
import { type BoundCredential, describeInactive, makeLinkCredentials, shapeValue } from './credential-arming.ts';
import { CredentialBook } from './credential-book.ts';
import { createReferenceReader, type ReferenceReader } from './credential-references.ts';
import { CredentialUses } from './credential-uses.ts';
import type { EnginePorts } from './ports.ts';
import type { StoreWriter } from './store/contract.ts';
import type { CredentialRecord } from './store/vault-contract.ts';
import { createProgramFinder } from './upstream/find-program.ts';
import type { TokenProvider } from './vault/contract.ts';
import { CredentialVault } from './vault/vault.ts';
import type { EchoGuard } from './wire/echo-guard.ts';

interface Ground {
  ports: EnginePorts;
  store: StoreWriter;
  guard: EchoGuard;
  /** Derived for bindings alone. */
  key: KeyObject;
  serverOf(id: string): { name: string; transport: Transport } | null;
  onVault(): void;
  onCredential(id: string): void;
  onRemoved(id: string): void;
  /** Links of this server carry something else from now on. */
  onServer(serverId: string): void;
  onUnlocked(): void;
  onLocked(): void;
}

export interface CredentialParts {
  vault: CredentialVault;
  book: CredentialBook;
  references: ReferenceReader;
  source: CredentialSource;
  gate: CredentialGate;
  /** Sign-ins join once they are there. */
  setTokens(tokens: TokenProvider): void;
  close(): void;
}

export function assembleCredentials(ground: Ground): CredentialParts {
  const { ports, store, guard } = ground;
  const now = () => ports.clock.now();
  let tokens: TokenProvider | null = null;
  const references = createReferenceReader({
    env: ports.env,
    finder: createProgramFinder(ports.env),
    dataDir: ports.dataDir,
    now,
  });
  let wasUnlocked = false;
  const onKey = () => {
    ground.onVault();
    const isUnlocked = vault.isUnlocked();
    if (isUnlocked === wasUnlocked) return;
    wasUnlocked = isUnlocked;
    book?.allTouched();
    if (isUnlocked) ground.onUnlocked();
  };
  let book: CredentialBook | null = null;
  const vault = new CredentialVault({
    ...{ store, guard, now, log: ports.log, random: randomBytes },
    keys: ports.masterKeys ?? null,
    screen: ports.screen ?? null,
    onChanged: onKey,
    onLocked() {
      references.forget();
      ground.onLocked();
    },
  });
  const made = new CredentialBook({
    ...{ store, vault, references, now, key: ground.key, serverOf: ground.serverOf },
    uses: new CredentialUses(store, now()),
    tokens: () => tokens,
    onChanged: ground.onCredential,
    onRemoved: ground.onRemoved,
    onServer: ground.onServer,
  });
  book = made;
  const read = makeReader({ vault, references, guard, tokens: () => tokens });
  return {
    vault,
    book: made,
    references,
    source: (serverId, agentId) =>
      makeLinkCredentials({
        bound: () => made.bound(serverId, agentId),
        read: (credential) => read(credential, serverId, agentId),
        refused: (bound, refusal, used) => answerRefusal(tokens, bound, { serverId, agentId, refusal, used }),
      }),
    gate: {
      ready(serverId, agentId) {
        if (!made.hasBindings(serverId)) return null;
        const bound = made.bound(serverId, agentId);
        return bound.length === 0 ? null : readAll(bound, (credential) => read(credential, serverId, agentId));
      },
      names: (serverId, agentId) => made.bound(serverId, agentId).map(({ credential }) => credential.name),
      want: (agentName, serverName) => vault.want(agentName, serverName),
      used(credentials, call) {
        try {
          for (const { id } of credentials) made.used({ credentialId: id, at: now(), ...call });
        } catch (error) {
          // the audit row is written; this list is a convenience
          const reason = error instanceof Error ? error.message : 'unknown';
          ports.log.warn('the use of a credential could not be noted', { reason });
        }
      },
    },
    setTokens(provider) {
      tokens = provider;
    },
    close: () => vault.close(),
  };
}

type Reader = (
  credential: CredentialRecord,
  serverId: string,
  agentId: string | null,
) => Opened<string> | Promise<Opened<string>>;

interface ReaderParts {
  vault: CredentialVault;
  references: ReferenceReader;
  guard: EchoGuard;
  tokens(): TokenProvider | null;
}

/** Whatever is handed out, the echo guard knows it first. */
function makeReader({ vault, references, guard, tokens }: ReaderParts): Reader {
  const known = (credential: CredentialRecord, read: Opened<string>): Opened<string> => {
    if (!read.ok) return read;
    if (credential.kind === 'oauth2') guard.addPassing(read.value);
    else guard.add(read.value);
    if (credential.kind === 'basic') guard.add(shapeValue(credential, read.value));
    return read;
  };
  return (credential, serverId, agentId) => {
    const read =
      credential.kind === 'oauth2'
        ? (tokens()?.arm(credential.id, serverId, agentId) ?? noSignIn)
        : credential.source.from === 'reference'
          ? references.read(credential.source.reference)
          : vault.use(credential.secretId ?? '');
    return read instanceof Promise ? read.then((value) => known(credential, value)) : known(credential, read);
  };
}

const noSignIn: Opened<never> = {
  ok: false,
  why: { state: 'needs_sign_in', message: 'Nobody has signed in yet.', fix: 'Sign in under Servers.' },
};

function readAll(
  bound: readonly BoundCredential[],
  read: (credential: CredentialRecord) => Opened<string> | Promise<Opened<string>>,
): Opened<UsedCredential[]> | Promise<Opened<UsedCredential[]>> {
  const inactive = bound.find((one) => one.inactive !== null);
  if (inactive !== undefined) return { ok: false, why: describeInactive(inactive) };
  const reads = bound.map(({ credential }) => read(credential));
  const finish = (values: readonly Opened<string>[]): Opened<UsedCredential[]> => {
    const failed = values.find((value) => !value.ok);
    if (failed !== undefined && !failed.ok) return failed;
    return { ok: true, value: bound.map(({ credential: { id, name } }) => ({ id, name })) };
  };
  if (reads.some((value) => value instanceof Promise)) return Promise.all(reads).then(finish);
  return finish(reads as Opened<string>[]);
}

interface Refused {
  serverId: string;
  agentId: string | null;
  refusal: TokenRefusal;
  used: Armament;
}

/** Only a sign-in can do something about a refusal; a server without one may be asking for it. */
function answerRefusal(
  tokens: TokenProvider | null,
  bound: readonly BoundCredential[],
  { serverId, agentId, refusal, used }: Refused,
): Promise<Opened<unknown>> | null {
  if (tokens === null) return null;
  const signIn = bound.find(({ credential, inactive }) => credential.kind === 'oauth2' && inactive === null);
  if (signIn === undefined) {
    const why = used.headers.authorization === undefined ? tokens.challenged(serverId, refusal) : null;
    return why === null ? null : Promise.resolve({ ok: false, why });
  }
  const token = (used.headers.authorization ?? '').replace(/^Bearer /, '');
  return tokens.rearm(signIn.credential.id, serverId, agentId, token, refusal);
}
