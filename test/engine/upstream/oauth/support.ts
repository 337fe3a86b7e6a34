import { onTestFinished } from 'vitest';
import {
  lookAt,
  type SignInRecord,
  type SignInStore,
  type StoreAnswer,
} from '../../../../electron/engine/upstream/oauth/contract.ts';
import { SignInDesk, type SignInDeskPorts } from '../../../../electron/engine/upstream/oauth/sign-in-desk.ts';
import { TokenKeeper } from '../../../../electron/engine/upstream/oauth/token-keeper.ts';
import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  startAuthorizationServer,
} from '../../../fakes/authorization-server.ts';
import { walkBrowser } from '../../../fakes/browser-walk.ts';
import { type GuardedServer, startGuardedServer } from '../../../fakes/guarded-server.ts';

/** Keeps records as the vault does: as text, and only while it is open. */
export class MemoryStore implements SignInStore {
  readonly texts = new Map<string, string>();
  refuses: (StoreAnswer<never> & { ok: false }) | null = null;
  /** Runs before a record is kept, with the one that is there. */
  onSave: (before: SignInRecord | null, after: SignInRecord) => void = () => {};

  async prepare(): Promise<StoreAnswer<null>> {
    return this.refuses ?? { ok: true, value: null };
  }

  isOpen(): boolean {
    return this.refuses === null;
  }

  look(serverId: string) {
    return lookAt(this.record(serverId));
  }

  has(serverId: string): boolean {
    return this.texts.has(serverId);
  }

  load(serverId: string): StoreAnswer<SignInRecord | null> {
    if (this.refuses !== null) return this.refuses;
    return { ok: true, value: this.record(serverId) };
  }

  async save(serverId: string, record: SignInRecord): Promise<StoreAnswer<null>> {
    if (this.refuses !== null) return this.refuses;
    this.onSave(this.record(serverId), record);
    this.texts.set(serverId, JSON.stringify(record));
    return { ok: true, value: null };
  }

  remove(serverId: string): void {
    this.texts.delete(serverId);
  }

  record(serverId: string): SignInRecord | null {
    const text = this.texts.get(serverId);
    return text === undefined ? null : (JSON.parse(text) as SignInRecord);
  }
}

export interface SignInScene {
  as: AuthorizationServer;
  server: GuardedServer;
  store: MemoryStore;
  keeper: TokenKeeper;
  desk: SignInDesk;
  /** Everything that was written down or told, to be searched for secrets. */
  told: string[];
  /** Servers whose grant changed, in their order. */
  grants: string[];
  clock: { now: number };
  /** What the browser does with an address; the default walks it to the end. */
  browser: { open(url: string): Promise<unknown>; pages: Promise<unknown>[] };
  /** Sends the request an agent's call would become; refused ones make the challenge known. */
  request(): Promise<void>;
  /** Signs in and waits for the end. */
  signIn(): Promise<void>;
}

/** A real authorization server, a real MCP server that wants its tokens, and ScopeGate's side of signing in. */
export async function startSignInScene(
  options: AuthorizationServerOptions = {},
  ports: Partial<SignInDeskPorts> = {},
): Promise<SignInScene> {
  const as = await startAuthorizationServer(options);
  const server = await startGuardedServer(
    () => as.issuer,
    (token) => as.check(token),
  );
  const store = new MemoryStore();
  const told: string[] = [];
  const grants: string[] = [];
  const clock = { now: Date.now() };
  const tell = (...parts: unknown[]) => void told.push(JSON.stringify(parts));
  const log = { info: tell, warn: tell, error: tell };
  const onChanged = () => {
    if (desk) tell('changed', desk.view('guarded', server.url));
  };
  const keeper = new TokenKeeper({ store, log, now: () => clock.now, onChanged, ...limitsOf(ports) });
  const browser: SignInScene['browser'] = { open: (url) => walkBrowser(url), pages: [] };
  let desk: SignInDesk | null = null;
  const made = new SignInDesk({
    keeper,
    store,
    now: () => clock.now,
    async openUrl(url) {
      browser.pages.push(browser.open(url).catch((error: unknown) => error));
      return true;
    },
    record: (event, serverId, details) => {
      tell('audit', event, serverId, details);
      return true;
    },
    onChanged,
    onGrant: (serverId) => void grants.push(serverId),
    ...ports,
  });
  desk = made;
  onTestFinished(async () => {
    await made.close();
    await keeper.close();
    await Promise.all([as.close(), server.close()]);
  });
  const scene: SignInScene = { as, server, store, keeper, desk: made, told, grants, clock, browser, request, signIn };
  async function request(): Promise<void> {
    const answer = await fetch(server.url, { method: 'POST', body: '{}' });
    await answer.body?.cancel();
    const wwwAuthenticate = answer.headers.get('www-authenticate');
    keeper.challenged('guarded', new URL(server.url).host, { status: answer.status, wwwAuthenticate });
  }
  async function signIn(): Promise<void> {
    await made.signIn('guarded', server.url);
    await Promise.all(browser.pages);
  }
  return scene;
}

function limitsOf({ limits }: Partial<SignInDeskPorts>) {
  return limits === undefined ? {} : { limits };
}
