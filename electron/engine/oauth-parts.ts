import type { ServerSignIn, Transport } from '../shared/index.ts';
import type { Opened, Unusable } from './arming.ts';
import type { CredentialBook } from './credential-book.ts';
import { VaultSignInStore } from './oauth-store.ts';
import type { EnginePorts } from './ports.ts';
import type { VaultReader } from './store/vault-contract.ts';
import type { SignInRecord, TokenAnswer } from './upstream/oauth/contract.ts';
import { defaultFetchLimits, makeGuardedFetch } from './upstream/oauth/guarded-fetch.ts';
import { loadSdk } from './upstream/oauth/load-sdk.ts';
import { revokeGrant } from './upstream/oauth/revoke-grant.ts';
import { SignInDesk } from './upstream/oauth/sign-in-desk.ts';
import { SignInFault } from './upstream/oauth/sign-in-fault.ts';
import { TokenKeeper } from './upstream/oauth/token-keeper.ts';
import type { SignInFacts, TokenProvider, Vault } from './vault/contract.ts';

interface Ground {
  ports: EnginePorts;
  store: VaultReader;
  vault: Vault;
  book: CredentialBook;
  /** Null: there is no such server. */
  serverOf(id: string): { name: string; transport: Transport } | null;
  servers(): readonly { id: string; enabled: boolean }[];
  record(event: string, serverId: string, details: Record<string, string | null>): boolean;
  /** The sign-in of this server stands otherwise than before. */
  onChanged(serverId: string): void;
  /** Its links have another token, or none, from now on. */
  onGrant(serverId: string): void;
}

export interface OAuthParts {
  desk: SignInDesk;
  provider: TokenProvider;
  /** Null: not a server over HTTP, where signing in has no place. */
  signInOf(serverId: string): ServerSignIn | null;
  /** Servers that refuse calls until a person signs in. */
  needed(): string[];
  /** The address a sign-in is for; null: not a server over HTTP. */
  addressOf(serverId: string): string | null;
  /** The server was read: if it never got a sign-in, it wants none any more. */
  worked(serverId: string): void;
  /** Once the vault could be opened: takes back what erased credentials left. */
  start(): void;
  /** Ends sign-ins and renewals under way. */
  close(): Promise<void>;
}

/** Signing in at servers: where tokens are kept, renewed and given to links, and what a person does about them. */
export function assembleOAuth(ground: Ground): OAuthParts {
  const { ports, vault, book } = ground;
  const now = () => ports.clock.now();
  const store = new VaultSignInStore({ vault, book, store: ground.store });
  const onChanged = (serverId: string) => ground.onChanged(serverId);
  const keeper = new TokenKeeper({ store, log: ports.log, now, onChanged });
  const desk = new SignInDesk({
    ...{ keeper, store, now, onChanged },
    record: ground.record,
    onGrant: ground.onGrant,
    openUrl: (url) => ports.openUrl?.(url) ?? Promise.resolve(false),
  });
  const addressOf = (serverId: string) => {
    const transport = ground.serverOf(serverId)?.transport;
    return transport?.kind === 'http' ? transport.url : null;
  };
  let revoking: Promise<void> = Promise.resolve();
  const closing = new AbortController();
  const signInOf = (serverId: string) => {
    const address = addressOf(serverId);
    return address === null ? null : desk.view(serverId, address);
  };
  return {
    desk,
    provider: makeProvider({ vault, keeper, store, addressOf, closing: closing.signal }),
    addressOf,
    signInOf,
    needed: () =>
      ground.servers().flatMap(({ id, enabled }) => (enabled && signInOf(id)?.state === 'needed' ? [id] : [])),
    worked: (serverId) => keeper.worked(serverId),
    start() {
      revoking = revokeOrphans(store, closing.signal);
    },
    async close() {
      closing.abort();
      await desk.close();
      await keeper.close();
      await revoking;
    },
  };
}

interface ProviderParts {
  vault: Vault;
  keeper: TokenKeeper;
  store: VaultSignInStore;
  addressOf(serverId: string): string | null;
  closing: AbortSignal;
}

function makeProvider({ vault, keeper, store, addressOf, closing }: ProviderParts): TokenProvider {
  return {
    arm(_credentialId, serverId) {
      const address = addressOf(serverId);
      if (address === null) return noAddress;
      const answer = keeper.arm(serverId, address);
      return answer instanceof Promise ? answer.then(toOpened) : toOpened(answer);
    },
    async rearm(_credentialId, serverId, _agentId, token, refusal) {
      const address = addressOf(serverId);
      return address === null ? noAddress : toOpened(await keeper.rearm(serverId, address, token, refusal));
    },
    challenged(serverId, refusal) {
      const address = addressOf(serverId);
      if (address === null || !keeper.challenged(serverId, new URL(address).host, refusal)) return null;
      const fault = keeper.faultOf(serverId);
      return fault === null ? null : whyOf(fault);
    },
    describe(_credentialId, serverId) {
      const look = store.look(serverId);
      if (look === null) return null;
      const { issuer, scopes, expiresAt, renewable: canRenew } = look;
      return { ...standingOf(vault, look.isEnded, keeper.faultOf(serverId)), issuer, scopes, expiresAt, canRenew };
    },
    forget(credentialId) {
      const record = store.take(credentialId);
      if (record !== null) void revokeRecord(record, closing).catch(() => {});
    },
  };
}

function standingOf(vault: Vault, isEnded: boolean, fault: SignInFault | null): Pick<SignInFacts, 'state' | 'problem'> {
  const problem = fault === null ? null : { message: fault.message, fix: fault.fix };
  if (!vault.isUnlocked()) return { state: 'locked', problem: null };
  if (isEnded) return { state: 'needs_sign_in', problem };
  return { state: fault?.kind === 'unavailable' ? 'broken' : 'ready', problem };
}

const noAddress: Opened<never> = {
  ok: false,
  why: {
    state: 'broken',
    message: 'Nobody signs in at a program.',
    fix: 'Take this credential away from the server under Credentials.',
  },
};

function toOpened(answer: TokenAnswer): Opened<string> {
  if (answer.ok) return { ok: true, value: answer.token };
  return { ok: false, why: whyOf(answer.fault) };
}

function whyOf({ kind, message, fix }: SignInFault): Unusable {
  const state = kind === 'locked' ? 'locked' : kind === 'needed' ? 'needs_sign_in' : 'broken';
  return { state, message, fix };
}

/** Credentials that were erased since: their services are told, as far as they can be reached. Never rejects. */
async function revokeOrphans(store: VaultSignInStore, signal: AbortSignal): Promise<void> {
  for (const credentialId of store.orphans()) {
    const record = store.take(credentialId);
    if (record !== null) await revokeRecord(record, signal).catch(() => {});
  }
}

async function revokeRecord({ grant, serverUrl }: SignInRecord, signal: AbortSignal): Promise<void> {
  if (grant === null) return;
  const guarded = makeGuardedFetch(new URL(serverUrl), defaultFetchLimits, signal);
  await revokeGrant(grant, { sdk: await loadSdk(), guarded });
}

/** A refusal of the sign-in's own, as the bridge tells it. */
export function isSignInFault(error: unknown): error is SignInFault {
  return error instanceof SignInFault;
}
