import {
  type AskSwitches,
  defaultAskSwitches,
  type ServerDraft,
  type ServerFault,
  type ServerSignIn,
  type ServerView,
  type Transport,
} from '../shared/index.ts';
import type { DeclaredServer } from './contract.ts';
import { BridgeFault } from './faults.ts';
import type { LogPort } from './ports.ts';
import type { ServerConsents } from './server-consent.ts';
import type { ServerRecord, StoreWriter } from './store/contract.ts';
import type { Catalog } from './upstream/catalog.ts';
import type { LinkPool } from './upstream/contract.ts';

/** A server's row, or the like of it made from a declaration. */
export interface KnownServer extends ServerRecord {
  managed: boolean;
}

interface Ports {
  store: StoreWriter;
  pool: LinkPool;
  catalog: Catalog;
  log: LogPort;
  consents: ServerConsents;
  now(): number;
  /** Why a list of the server was left out the last time; null: it was read. */
  listFault(serverId: string): ServerFault | null;
  /** Null: nobody signs in at it. */
  signInOf(serverId: string): ServerSignIn | null;
}

/** All servers, stored and declared; keeps the link pool and the catalog in step with them. */
export class ServerRegistry {
  readonly #ports: Ports;
  readonly #servers = new Map<string, KnownServer>();

  constructor(ports: Ports, declared: readonly DeclaredServer[]) {
    this.#ports = ports;
    const declaredIds = new Set(declared.map((server) => server.id));
    for (const record of ports.store.servers()) {
      // removed servers can be restored until the engine ends; this is the next start
      if (record.removedAt !== null) ports.store.deleteServer(record.id);
      else if (!declaredIds.has(record.id)) this.#apply({ ...record, managed: false });
    }
    for (const server of declared) {
      const at = ports.now();
      ports.consents.declare(server.id, server.transport);
      this.#apply({
        id: server.id,
        name: server.id,
        transport: server.transport,
        enabled: true,
        trusted: server.trusted,
        asks: server.asks ?? defaultAskSwitches,
        createdAt: at,
        reviewedAt: at,
        removedAt: null,
        managed: true,
      });
    }
  }

  get(id: string): KnownServer | undefined {
    return this.#servers.get(id);
  }

  all(): KnownServer[] {
    return [...this.#servers.values()].filter((server) => server.removedAt === null);
  }

  /** What the server may ask of agents; nothing when it is not known. */
  asksOf(id: string): AskSwitches {
    return this.#servers.get(id)?.asks ?? { elicitation: 'deny', sampling: 'deny', roots: 'deny' };
  }

  /** Throws `BridgeFault` when the server does not exist. */
  existing(id: string): KnownServer {
    const server = this.#servers.get(id);
    if (!server)
      throw new BridgeFault('not_found', 'This server does not exist any more.', 'Go back to the list of servers.');
    return server;
  }

  /** Throws `BridgeFault` when the server does not exist or is declared in a file. */
  editable(id: string): KnownServer {
    const server = this.existing(id);
    if (server.managed)
      throw new BridgeFault(
        'managed',
        `${server.name} is declared in a configuration file.`,
        'Change it in that file and start again.',
      );
    return server;
  }

  add(draft: ServerDraft): KnownServer {
    const same = this.#servers.get(draft.id);
    if (same && same.removedAt === null)
      throw new BridgeFault('conflict', `There is already a server with the id ${draft.id}.`, 'Choose another id.');
    const server: KnownServer = {
      ...draft,
      asks: defaultAskSwitches,
      enabled: true,
      createdAt: this.#ports.now(),
      reviewedAt: null,
      removedAt: null,
      managed: false,
    };
    if (same) this.#ports.store.deleteServer(draft.id);
    this.#ports.consents.accept(server.id, server.transport);
    this.#put(server);
    return server;
  }

  /** A changed transport is another program: what was reviewed does not count for it. */
  change(
    id: string,
    changes: Partial<Pick<ServerRecord, 'name' | 'transport' | 'trusted' | 'asks' | 'enabled' | 'reviewedAt'>>,
  ): KnownServer {
    const before = this.editable(id);
    const isOther = changes.transport !== undefined && !sameTransport(before.transport, changes.transport);
    const server = { ...before, ...changes, ...(isOther ? { reviewedAt: null } : {}) };
    if (isOther) this.#ports.consents.accept(id, server.transport);
    this.#put(server);
    return server;
  }

  remove(id: string): void {
    this.#put({ ...this.editable(id), removedAt: this.#ports.now() });
  }

  restore(id: string): void {
    const server = this.editable(id);
    this.#put({ ...server, removedAt: null });
  }

  view(server: KnownServer): ServerView {
    const { pool, catalog } = this.#ports;
    const state = pool.state(server.id);
    const tools = catalog.toolsOf(server.id);
    const signIn = this.#ports.signInOf(server.id);
    const listFault =
      signInFault(server, signIn, this.#ports.now()) ??
      (state.status === 'running' ? this.#ports.listFault(server.id) : null);
    const launchFault = server.enabled ? this.#ports.consents.faultOf(server.id, server.transport) : null;
    return {
      id: server.id,
      name: server.name,
      transport: server.transport,
      enabled: server.enabled,
      trusted: server.trusted,
      asks: server.asks,
      status: launchFault || listFault ? 'failing' : state.status,
      lastError: launchFault ?? listFault ?? state.lastError,
      serverInfo: state.hello?.serverInfo ?? null,
      protocolVersion: state.hello?.protocolVersion ?? null,
      toolCount: tools.length,
      unreviewedCount: tools.filter((tool) => !tool.reviewed).length,
      reviewed: server.reviewedAt !== null,
      startedAt: state.startedAt,
      pid: state.pid,
      managed: server.managed,
      signIn,
    };
  }

  #put(server: KnownServer): void {
    const { managed: _managed, ...record } = server;
    this.#ports.store.putServer(record);
    this.#apply(server);
  }

  #apply(server: KnownServer): void {
    const { pool, catalog, log } = this.#ports;
    this.#servers.set(server.id, server);
    if (server.removedAt !== null) {
      pool.remove(server.id).catch((error: unknown) => {
        const message = error instanceof Error ? error.message : 'unknown';
        log.error('a removed server could not be ended', { server: server.id, error: message });
      });
      catalog.removeServer(server.id);
      return;
    }
    pool.configure({ id: server.id, transport: server.transport, enabled: server.enabled });
    catalog.setServer({
      id: server.id,
      name: server.name,
      enabled: server.enabled,
      trusted: server.trusted,
      pinAtFirstSight: server.managed,
      reviewed: server.reviewedAt !== null,
      transport: server.transport,
    });
  }
}

/** Until a person signs in the server is of no use, whatever its connection says. */
function signInFault({ enabled }: KnownServer, signIn: ServerSignIn | null, now: number): ServerFault | null {
  if (!enabled || signIn?.state !== 'needed') return null;
  const message = signIn.message ?? 'Nobody is signed in at this server.';
  return {
    code: 'credential',
    message,
    fix: signIn.fix ?? 'Sign in at this server.',
    detail: '',
    at: signIn.since ?? now,
  };
}

function sameTransport(a: Transport, b: Transport): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
