import type { LogPort } from '../../ports.ts';
import { readChallenge } from './challenge.ts';
import type { Challenge, Grant, SignInRecord, SignInStore, StoreAnswer, TokenAnswer } from './contract.ts';
import { hostOf } from './discover.ts';
import { defaultFetchLimits, type FetchLimits, makeGuardedFetch } from './guarded-fetch.ts';
import { loadSdk } from './load-sdk.ts';
import { quoteText, SignInFault } from './sign-in-fault.ts';
import { expired, renewGrant } from './token-request.ts';

export interface TokenKeeperPorts {
  store: SignInStore;
  log: LogPort;
  now(): number;
  limits?: FetchLimits;
  /** The sign-in of this server stands otherwise than before. */
  onChanged(serverId: string): void;
}

/** What is known of a server's sign-in beside the record: all of it may be forgotten at any time. */
interface Trouble {
  fault: SignInFault | null;
  /** When the fault was found. */
  since: number;
  /** What the server asked for when it last refused; where a sign-in begins. */
  challenge: Challenge | null;
  /** While a service is away it is not asked again before this time. */
  retryAt: number;
  /** How often, lately, more rights were asked for, and when that began. */
  stepUps: number;
  stepUpsSince: number;
  /** When a token was last renewed because the server refused it. */
  renewedForRefusalAt: number;
}

/** A token is renewed this long before its end, or in its last fifth. */
const maxMarginMs = 60_000;
/** A token that is refused at once after it came will not be accepted after another renewal. */
const freshMs = 30_000;
const pauseMs = 5_000;
const maxStepUps = 3;
const stepUpWindowMs = 3_600_000;

/**
 * Owner of the tokens people signed in for. One renewal at a time for a server; a renewed set is stored before it is used.
 * Tokens are read from the store for each use and not kept here.
 */
export class TokenKeeper {
  readonly #ports: TokenKeeperPorts;
  readonly #troubles = new Map<string, Trouble>();
  readonly #renewals = new Map<string, Promise<TokenAnswer>>();
  /** Sets the service gave and the store did not take: the ones they replace are worth nothing any more. */
  readonly #unsaved = new Map<string, SignInRecord>();
  readonly #closing = new AbortController();

  constructor(ports: TokenKeeperPorts) {
    this.#ports = ports;
  }

  /** The token for the next request; a promise only while it has to be renewed first. */
  arm(serverId: string, serverUrl: string): TokenAnswer | Promise<TokenAnswer> {
    const loaded = this.#load(serverId, serverUrl);
    if (!loaded.ok) return loaded;
    const { grant } = loaded;
    if (this.#unsaved.has(serverId)) return this.#renew(serverId, serverUrl, grant.accessToken);
    const leftMs = this.#leftMs(grant);
    if (leftMs > marginOf(grant)) return { ok: true, token: grant.accessToken };
    if (grant.refreshToken !== null) return this.#renew(serverId, serverUrl, grant.accessToken);
    return leftMs > 0 ? { ok: true, token: grant.accessToken } : this.#tell(serverId, expired(grant));
  }

  /** The server refused `token`. Another one to try, once, or why there is none. */
  async rearm(
    serverId: string,
    serverUrl: string,
    token: string,
    refusal: { status: 401 | 403; wwwAuthenticate: string | null },
  ): Promise<TokenAnswer> {
    const challenge = readChallenge(refusal.status, refusal.wwwAuthenticate);
    const loaded = this.#load(serverId, serverUrl);
    if (!loaded.ok) {
      if (challenge !== null) this.#trouble(serverId).challenge = challenge;
      return loaded;
    }
    const { grant } = loaded;
    // another request was first, and this one was sent with the old token
    if (grant.accessToken !== token) return { ok: true, token: grant.accessToken };
    // a 403 for another reason is an answer, and no renewal changes it
    if (challenge === null) return { ok: false, fault: forbidden(serverUrl) };
    if (challenge.status === 403) return this.#stepUp(serverId, grant, challenge);
    const trouble = this.#trouble(serverId);
    trouble.challenge = challenge;
    const isFresh = this.#ports.now() - trouble.renewedForRefusalAt < freshMs;
    if (grant.refreshToken === null || (isFresh && !this.#renewals.has(serverId))) {
      await this.#end(serverId, grant, expired(grant));
      return this.#tell(serverId, expired(grant));
    }
    const renewed = await this.#renew(serverId, serverUrl, token);
    if (renewed.ok) trouble.renewedForRefusalAt = this.#ports.now();
    return renewed;
  }

  /** A server without a usable sign-in refused a request. False: it does not ask for one. */
  challenged(serverId: string, host: string, refusal: { status: number; wwwAuthenticate: string | null }): boolean {
    const challenge = readChallenge(refusal.status, refusal.wwwAuthenticate);
    if (challenge === null || challenge.status !== 401) return false;
    const trouble = this.#trouble(serverId);
    trouble.challenge = challenge;
    this.#tell(
      serverId,
      new SignInFault(
        'needed',
        `${quoteText(host)} wants you to sign in.`,
        'Sign in at this server, or give it a credential.',
      ),
    );
    return true;
  }

  /** Where a sign-in begins; a 401 without words where the server has not refused anything yet. */
  challengeOf(serverId: string): Challenge {
    return this.#troubles.get(serverId)?.challenge ?? { status: 401, scopes: [], metadataUrl: null };
  }

  faultOf(serverId: string): SignInFault | null {
    return this.#troubles.get(serverId)?.fault ?? null;
  }

  /** When that fault was found; null: there is none. */
  sinceOf(serverId: string): number | null {
    const trouble = this.#troubles.get(serverId);
    return trouble?.fault ? trouble.since : null;
  }

  /** A person signed in: what went wrong before counts no more, but for how often more rights were wanted. */
  settle(serverId: string): void {
    const trouble = this.#troubles.get(serverId);
    this.#unsaved.delete(serverId);
    if (trouble === undefined) return;
    const { stepUps, stepUpsSince } = trouble;
    this.#troubles.set(serverId, { ...noTrouble(), stepUps, stepUpsSince });
    this.#ports.onChanged(serverId);
  }

  /** The server answered though nobody ever signed in there: by a credential of another kind, or it stopped asking. */
  worked(serverId: string): void {
    if (this.faultOf(serverId) === null || this.#ports.store.has(serverId)) return;
    this.#troubles.delete(serverId);
    this.#ports.onChanged(serverId);
  }

  /** A sign-in did not work: shown until the next attempt. */
  failed(serverId: string, fault: SignInFault): void {
    const trouble = this.#trouble(serverId);
    if (fault.kind !== 'cancelled') Object.assign(trouble, { fault, since: this.#ports.now() });
    this.#ports.onChanged(serverId);
  }

  forget(serverId: string): void {
    this.#troubles.delete(serverId);
    this.#unsaved.delete(serverId);
  }

  /** Ends renewals under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#renewals.values());
  }

  #trouble(serverId: string): Trouble {
    const known = this.#troubles.get(serverId) ?? noTrouble();
    this.#troubles.set(serverId, known);
    return known;
  }

  #tell(serverId: string, fault: SignInFault): TokenAnswer {
    const trouble = this.#trouble(serverId);
    const isNews = trouble.fault?.message !== fault.message;
    trouble.fault = fault;
    if (isNews) trouble.since = this.#ports.now();
    if (isNews) this.#ports.onChanged(serverId);
    return { ok: false, fault };
  }

  #load(
    serverId: string,
    serverUrl: string,
  ): { ok: true; record: SignInRecord; grant: Grant } | (TokenAnswer & { ok: false }) {
    const answer = this.#ports.store.load(serverId);
    if (!answer.ok) return { ok: false, fault: toFault(answer) };
    const record = this.#unsaved.get(serverId) ?? answer.value;
    const grant = record?.serverUrl === serverUrl ? record.grant : null;
    if (record && grant && grant.accessToken !== '') return { ok: true, record, grant };
    const fault = this.faultOf(serverId) ?? neverSignedIn(serverUrl);
    return { ok: false, fault };
  }

  #renew(serverId: string, serverUrl: string, stale: string): Promise<TokenAnswer> {
    const running = this.#renewals.get(serverId);
    if (running !== undefined) return running;
    const renewal = this.#renewOnce(serverId, serverUrl, stale).finally(() => this.#renewals.delete(serverId));
    this.#renewals.set(serverId, renewal);
    return renewal;
  }

  async #renewOnce(serverId: string, serverUrl: string, stale: string): Promise<TokenAnswer> {
    const loaded = this.#load(serverId, serverUrl);
    if (!loaded.ok) return loaded;
    const { record, grant } = loaded;
    const wasUnsaved = this.#unsaved.has(serverId);
    if (wasUnsaved) await this.#keep(serverId, record);
    const isGood = wasUnsaved && this.#leftMs(grant) > marginOf(grant);
    if (grant.accessToken !== stale || isGood) return { ok: true, token: grant.accessToken };
    const trouble = this.#trouble(serverId);
    if (trouble.fault !== null && this.#ports.now() < trouble.retryAt)
      return this.#without(serverId, grant, trouble.fault);
    try {
      const guarded = makeGuardedFetch(
        new URL(serverUrl),
        this.#ports.limits ?? defaultFetchLimits,
        this.#closing.signal,
      );
      const next = await renewGrant(grant, { sdk: await loadSdk(), guarded }, this.#ports.now);
      const current = this.#load(serverId, serverUrl);
      const isOvertaken = current.ok ? current.grant.accessToken !== stale : current.fault.kind !== 'locked';
      // a person signed out, or in again, meanwhile: that stands
      if (isOvertaken) return current.ok ? { ok: true, token: current.grant.accessToken } : current;
      await this.#keep(serverId, { ...record, grant: next });
      this.#calm(serverId);
      return { ok: true, token: next.accessToken };
    } catch (error) {
      if (!(error instanceof SignInFault)) throw error;
      if (error.kind === 'needed') await this.#end(serverId, grant, error);
      else if (error.kind !== 'cancelled') trouble.retryAt = this.#ports.now() + pauseMs;
      return this.#without(serverId, grant, error);
    }
  }

  /** A token that is still good is used while its service is away. */
  #without(serverId: string, grant: Grant, fault: SignInFault): TokenAnswer {
    const answer = this.#tell(serverId, fault);
    return fault.kind === 'unavailable' && this.#leftMs(grant) > 0 ? { ok: true, token: grant.accessToken } : answer;
  }

  #leftMs({ expiresAt }: Grant): number {
    return expiresAt === null ? Number.POSITIVE_INFINITY : expiresAt - this.#ports.now();
  }

  async #keep(serverId: string, record: SignInRecord): Promise<void> {
    const saved = await this.#ports.store.save(serverId, record, true);
    if (saved.ok) this.#unsaved.delete(serverId);
    else {
      this.#unsaved.set(serverId, record);
      this.#ports.log.warn('a renewed sign-in could not be stored yet', { server: serverId });
    }
  }

  #calm(serverId: string): void {
    const trouble = this.#trouble(serverId);
    trouble.retryAt = 0;
    // that more rights are wanted stays true
    if (trouble.fault === null || trouble.challenge?.status === 403) return;
    trouble.fault = null;
    this.#ports.onChanged(serverId);
  }

  /** Its tokens are worth nothing; who we are at the service, and what was asked for, stays for the next sign-in. */
  async #end(serverId: string, grant: Grant, fault: SignInFault): Promise<void> {
    const answer = this.#ports.store.load(serverId);
    this.#unsaved.delete(serverId);
    if (!answer.ok || answer.value === null || answer.value.grant?.accessToken !== grant.accessToken) return;
    const isClientGone = /\((invalid_client|unauthorized_client)\)/.test(fault.message);
    const ended = isClientGone ? null : { ...grant, accessToken: '', refreshToken: null };
    await this.#ports.store.save(serverId, { ...answer.value, grant: ended }, true);
  }

  /** The token works, but not for this: only more rights would help, and those a person gives. Bounded. */
  #stepUp(serverId: string, grant: Grant, challenge: Challenge): TokenAnswer {
    const trouble = this.#trouble(serverId);
    const asked = new Set([...grant.requestedScopes, ...grant.scopes]);
    const missing = challenge.scopes.filter((scope) => !asked.has(scope));
    const now = this.#ports.now();
    if (now - trouble.stepUpsSince > stepUpWindowMs) Object.assign(trouble, { stepUps: 0, stepUpsSince: now });
    const isNew = trouble.challenge?.status !== 403;
    if (missing.length === 0 || (isNew && trouble.stepUps >= maxStepUps)) {
      const fault = new SignInFault(
        'refused',
        'The server refuses this for lack of rights, although all it asked for were given.',
        'Ask whoever runs this server, or sign out and in with another account.',
      );
      return this.#tell(serverId, fault);
    }
    if (isNew) trouble.stepUps += 1;
    const before = isNew ? [] : (trouble.challenge?.scopes ?? []);
    trouble.challenge = { ...challenge, scopes: [...new Set([...before, ...challenge.scopes])] };
    const rights = missing.map(quoteText).join(', ');
    const fault = new SignInFault(
      'needed',
      `The server wants more rights for this: ${rights}.`,
      'Sign in again at this server to give them.',
    );
    return this.#tell(serverId, fault);
  }
}

/** What does not open any more, a new sign-in replaces. */
function toFault({ state, message, fix }: StoreAnswer<never> & { ok: false }): SignInFault {
  if (state === 'locked') return new SignInFault('locked', message, fix);
  return new SignInFault('needed', message, 'Sign in again at this server.');
}

function noTrouble(): Trouble {
  return { fault: null, since: 0, challenge: null, retryAt: 0, stepUps: 0, stepUpsSince: 0, renewedForRefusalAt: 0 };
}

function marginOf({ obtainedAt, expiresAt }: Grant): number {
  return expiresAt === null ? 0 : Math.min(maxMarginMs, (expiresAt - obtainedAt) / 5);
}

function forbidden(serverUrl: string): SignInFault {
  const host = quoteText(hostOf(serverUrl));
  return new SignInFault('refused', `${host} refuses this (403).`, 'Check what the account you signed in with may do.');
}

function neverSignedIn(serverUrl: string): SignInFault {
  const host = quoteText(hostOf(serverUrl));
  return new SignInFault('needed', `Nobody is signed in at ${host}.`, 'Sign in at this server.');
}
