import type { ServerSignIn, SignInClient } from '../../../shared/index.ts';
import type { SignInLook, SignInRecord, SignInStore, StoreAnswer } from './contract.ts';
import { hostOf } from './discover.ts';
import { defaultFetchLimits, type FetchLimits, makeGuardedFetch } from './guarded-fetch.ts';
import { loadSdk } from './load-sdk.ts';
import { revokeGrant } from './revoke-grant.ts';
import { type OpenSignIn, openSignIn } from './sign-in.ts';
import { quoteText, SignInFault } from './sign-in-fault.ts';
import type { TokenKeeper } from './token-keeper.ts';

export interface SignInDeskPorts {
  keeper: TokenKeeper;
  store: SignInStore;
  now(): number;
  /** Opens the person's browser; false: this host cannot. */
  openUrl(url: string): Promise<boolean>;
  /** Written down before anything happens; false: it could not be, and nothing is done. */
  record(event: string, serverId: string, details: Record<string, string | null>): boolean;
  onChanged(serverId: string): void;
  /** There is a new grant, or none any more: connections made with the old one end, lists are read again. */
  onGrant(serverId: string): void;
  limits?: FetchLimits;
  /** Milliseconds a person has in the browser. */
  patienceMs?: number;
}

interface Run {
  opened: OpenSignIn | null;
  abort: AbortController;
  /** Ends when nothing of the run is left. */
  over: Promise<void>;
}

const defaultPatienceMs = 5 * 60_000;

/** Owner of the sign-ins under way, one for a server; what a person does at the Servers page ends up here. */
export class SignInDesk {
  readonly #ports: SignInDeskPorts;
  readonly #runs = new Map<string, Run>();

  constructor(ports: SignInDeskPorts) {
    this.#ports = ports;
  }

  /** Opens the browser. Asked again while it waits there, opens it once more. Rejects with a `SignInFault`. */
  async signIn(serverId: string, serverUrl: string): Promise<{ opened: boolean; url: string }> {
    const running = this.#runs.get(serverId)?.opened ?? null;
    if (running !== null) return { opened: await this.#open(running.url), url: running.url };
    if (this.#runs.has(serverId)) throw busy();
    const { keeper } = this.#ports;
    const run: Run = { opened: null, abort: new AbortController(), over: Promise.resolve() };
    this.#runs.set(serverId, run);
    let isPrepared = false;
    try {
      mustBeStored(await this.#ports.store.prepare(serverId));
      const record = this.#recordOf(serverId, serverUrl);
      if (!this.#ports.record('oauth.sign_in_started', serverId, { host: hostOf(serverUrl) })) throw unrecorded();
      isPrepared = true;
      const server = new URL(serverUrl);
      const guarded = makeGuardedFetch(server, this.#ports.limits ?? defaultFetchLimits, run.abort.signal);
      const plan = { server, challenge: keeper.challengeOf(serverId), record, signal: run.abort.signal };
      const patienceMs = this.#ports.patienceMs ?? defaultPatienceMs;
      const opened = await openSignIn(plan, { sdk: await loadSdk(), guarded, now: this.#ports.now, patienceMs });
      run.opened = opened;
      run.over = this.#finish(serverId, record, opened);
      this.#ports.onChanged(serverId);
      return { opened: await this.#open(opened.url), url: opened.url };
    } catch (error) {
      this.#runs.delete(serverId);
      if (!(error instanceof SignInFault)) throw error;
      // what was not begun says nothing about the server
      if (isPrepared) {
        this.#ports.record('oauth.sign_in_failed', serverId, { why: error.kind });
        keeper.failed(serverId, error);
      }
      throw error;
    }
  }

  async cancel(serverId: string): Promise<void> {
    const run = this.#runs.get(serverId);
    run?.abort.abort();
    await run?.over;
  }

  /** True when the service took the tokens back. They are forgotten either way. Rejects with a `SignInFault`. */
  async signOut(serverId: string, serverUrl: string): Promise<boolean> {
    await this.cancel(serverId);
    const record = this.#recordOf(serverId, serverUrl);
    if (!this.#ports.record('oauth.signed_out', serverId, { host: hostOf(serverUrl) })) throw unrecorded();
    const { grant } = record;
    if (record.entered === null) this.#ports.store.remove(serverId);
    else mustBeStored(await this.#ports.store.save(serverId, { ...record, grant: null }, false));
    this.#ports.keeper.forget(serverId);
    this.#ports.onGrant(serverId);
    return grant !== null && (await this.#revoke(serverUrl, record));
  }

  /** A client a person registered by hand, or none any more. What another client was given does not count for it. */
  async setClient(serverId: string, serverUrl: string, client: SignInClient | null): Promise<void> {
    await this.cancel(serverId);
    mustBeStored(await this.#ports.store.prepare(serverId));
    const record = this.#recordOf(serverId, serverUrl);
    if (!this.#ports.record('oauth.client_set', serverId, { client: client?.id ?? null })) throw unrecorded();
    mustBeStored(await this.#ports.store.save(serverId, { ...record, entered: client, grant: null }, false));
    this.#ports.onGrant(serverId);
    if (record.grant !== null) await this.#revoke(serverUrl, record);
  }

  view(serverId: string, serverUrl: string): ServerSignIn {
    const found = this.#ports.store.look(serverId);
    const look = found?.serverUrl === serverUrl && !this.#isOver(found) ? found : null;
    const fault = this.#ports.keeper.faultOf(serverId);
    return {
      state: this.#stateOf(serverId, look !== null, fault),
      service: look === null ? null : quoteText(hostOf(look.issuer)),
      scopes: look?.scopes.map(quoteText) ?? [],
      expiresAt: look?.expiresAt ?? null,
      renewable: look?.renewable ?? false,
      message: fault?.message ?? null,
      fix: fault?.fix ?? null,
      since: this.#ports.keeper.sinceOf(serverId),
    };
  }

  /** Ends every sign-in under way. */
  async close(): Promise<void> {
    await Promise.all([...this.#runs.keys()].map((serverId) => this.cancel(serverId)));
  }

  #isOver({ isEnded, renewable, expiresAt }: SignInLook): boolean {
    return isEnded || (!renewable && expiresAt !== null && expiresAt <= this.#ports.now());
  }

  #stateOf(serverId: string, isSignedIn: boolean, fault: SignInFault | null): ServerSignIn['state'] {
    if (this.#runs.get(serverId)?.opened) return 'signing_in';
    if (isSignedIn) return fault?.kind === 'unavailable' ? 'unavailable' : 'signed_in';
    if (!this.#ports.store.isOpen() && this.#ports.store.has(serverId)) return 'locked';
    return fault === null && !this.#ports.store.has(serverId) ? 'none' : 'needed';
  }

  async #open(url: string): Promise<boolean> {
    return this.#ports.openUrl(url).catch(() => false);
  }

  /** Never rejects: how it ended is in the view. */
  async #finish(serverId: string, record: SignInRecord, opened: OpenSignIn): Promise<void> {
    let isDone = false;
    try {
      const grant = await opened.granted;
      mustBeStored(await this.#ports.store.save(serverId, { ...record, grant }, false));
      isDone = true;
      this.#ports.record('oauth.signed_in', serverId, {
        service: hostOf(grant.issuer),
        scopes: grant.scopes.join(' '),
      });
    } catch (error) {
      const fault = error instanceof SignInFault ? error : broken();
      this.#ports.record('oauth.sign_in_failed', serverId, { why: fault.kind });
      this.#ports.keeper.failed(serverId, fault);
    }
    this.#runs.delete(serverId);
    if (isDone) {
      this.#ports.keeper.settle(serverId);
      this.#ports.onGrant(serverId);
    }
    this.#ports.onChanged(serverId);
    await opened.finish(isDone);
  }

  async #revoke(serverUrl: string, record: SignInRecord): Promise<boolean> {
    if (record.grant === null) return false;
    const limits = this.#ports.limits ?? defaultFetchLimits;
    const guarded = makeGuardedFetch(new URL(serverUrl), limits, new AbortController().signal);
    return revokeGrant(record.grant, { sdk: await loadSdk(), guarded });
  }

  /** An empty record where there is none for this very address, or none that opens. */
  #recordOf(serverId: string, serverUrl: string): SignInRecord {
    const loaded = this.#ports.store.load(serverId);
    if (!loaded.ok && loaded.state === 'locked') throw new SignInFault('locked', loaded.message, loaded.fix);
    const record = loaded.ok ? loaded.value : null;
    return record?.serverUrl === serverUrl ? record : { version: 1, serverUrl, entered: null, grant: null };
  }
}

function mustBeStored(saved: StoreAnswer<null>): void {
  if (!saved.ok) throw new SignInFault(saved.state === 'locked' ? 'locked' : 'refused', saved.message, saved.fix);
}

function busy(): SignInFault {
  return new SignInFault('refused', 'Signing in at this server is being prepared already.', 'Wait a moment.');
}

function unrecorded(): SignInFault {
  return new SignInFault(
    'refused',
    'The audit log cannot be written, so nothing was changed.',
    'Free disk space or mend the data folder.',
  );
}

function broken(): SignInFault {
  return new SignInFault('refused', 'Signing in broke in an unexpected way.', 'Try again; report it if it stays.');
}
