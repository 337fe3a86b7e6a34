import type { Risk, Transport } from '../../shared/index.ts';
import { hashDefinition } from '../core/canonical.ts';
import { exposeNames } from '../core/tool-names.ts';
import type { LogPort } from '../ports.ts';
import type { StoreWriter, ToolRecord } from '../store/contract.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import type { LinkPool } from './contract.ts';
import { FormerNames } from './former-names.ts';

/** A tool agents may be offered, with everything a call needs of it. */
export interface CatalogTool {
  kind: 'tool';
  serverId: string;
  serverName: string;
  name: string;
  exposedName: string;
  definition: JsonObject;
  definitionHash: string;
  reviewed: boolean;
  state: 'new' | 'changed' | 'reviewed';
  reviewedDefinition: JsonObject | null;
  risk: Risk;
  /** When its tier last rose, milliseconds since the epoch; what was allowed before then is suspended. */
  tierRoseAt: number | null;
  /** The definition under its exposed name, serialised once for every list. */
  listed: string;
}

export interface CatalogServer {
  id: string;
  name: string;
  enabled: boolean;
  trusted: boolean;
  /** A declared server: whatever it first shows counts as reviewed; drift still asks. */
  pinAtFirstSight: boolean;
  reviewed: boolean;
  /** How it is reached: what the configuration says it is. */
  transport?: Transport;
}

interface Ports {
  store: StoreWriter;
  pool: Pick<LinkPool, 'listTools' | 'state'>;
  log: LogPort;
  /** True when it is known what the server says of itself. */
  isKnown(serverId: string): boolean;
  /** Tools the server has only for clients that can be asked something, and where that is kept. */
  conditional: { get(serverId: string): readonly string[] | null; set(serverId: string, names: string[]): void };
  now(): number;
  /** A server's tools, or what is known of them, changed. */
  onChanged(serverId: string): void;
  /** True when a person must accept what was found in a definition: it is not reviewed at first sight. */
  isBlocked(definition: JsonObject, definitionHash: string): boolean;
  /** The tier of a tool, and when it last rose. */
  rate(server: CatalogServer, record: ToolRecord, reviewed: boolean): { risk: Risk; tierRoseAt: number | null };
}

/**
 * What every server offers, as last synced, with the pins a person accepted. Known from the store at once; synced when a
 * server connects, says `list_changed`, or every five minutes while it runs.
 */
export class Catalog {
  /** Rises with every change; caches and cursors are keyed by it. */
  revision = 0;
  readonly #ports: Ports;
  readonly #servers = new Map<string, CatalogServer>();
  readonly #tools = new Map<string, CatalogTool[]>();
  #byExposedName = new Map<string, CatalogTool>();
  readonly #syncs = new Map<string, Promise<void>>();
  readonly #former = new FormerNames();
  /** Servers whose tools were read since they last connected. */
  readonly #fresh = new Set<string>();
  /** Servers being started by a reading: their "connected" tells nothing that the reading does not see. */
  readonly #connecting = new Set<string>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Adds a server or takes its changed name, trust or review over. */
  setServer(server: CatalogServer): void {
    this.#servers.set(server.id, server);
    this.#rebuild(server.id);
  }

  removeServer(serverId: string): void {
    this.#servers.delete(serverId);
    this.#tools.delete(serverId);
    this.#fresh.delete(serverId);
    this.#index(serverId);
  }

  /** Rates the server's tools anew: the user set a tier. */
  rateAgain(serverId: string): void {
    this.#rebuild(serverId);
  }

  server(serverId: string): CatalogServer | undefined {
    return this.#servers.get(serverId);
  }

  servers(): CatalogServer[] {
    return [...this.#servers.values()];
  }

  /** Tools of one server in its own order, whether agents may see them or not. */
  toolsOf(serverId: string): readonly CatalogTool[] {
    return this.#tools.get(serverId) ?? [];
  }

  /** Tools of enabled, reviewed servers: what policy chooses from. Stable order: servers as added, tools as listed. */
  offered(): CatalogTool[] {
    return [...this.#byExposedName.values()];
  }

  hasOffers(): boolean {
    return this.#byExposedName.size > 0;
  }

  /** Servers agents may be offered anything of: switched on, and reviewed by a person. */
  offeredServers(): CatalogServer[] {
    return [...this.#servers.values()].filter((server) => server.enabled && server.reviewed);
  }

  find(exposedName: string): CatalogTool | undefined {
    return this.#byExposedName.get(exposedName);
  }

  /** Servers that were never read: lists wait for them once. */
  unread(): string[] {
    return [...this.#servers.values()]
      .filter(
        (server) =>
          server.enabled &&
          !this.#fresh.has(server.id) &&
          (!this.#tools.get(server.id)?.length || !this.#ports.isKnown(server.id)),
      )
      .map((server) => server.id);
  }

  isFresh(serverId: string): boolean {
    return this.#fresh.has(serverId) && !this.#syncs.has(serverId);
  }

  /** The connection ended or the server said its list changed: what we know may be old. */
  markStale(serverId: string): void {
    if (this.#connecting.delete(serverId)) return;
    this.#fresh.delete(serverId);
  }

  /** Reads the server's tools, starting it when needed; one reading at a time. Throws `LinkFault`. */
  sync(serverId: string): Promise<void> {
    const running = this.#syncs.get(serverId);
    if (running) return running;
    const sync = this.#read(serverId).finally(() => this.#syncs.delete(serverId));
    this.#syncs.set(serverId, sync);
    return sync;
  }

  /**
   * Takes over the tools as an agent's own link lists them: a server may have more for clients that can be asked. The
   * lists of the shared link do not show those, so they stay until such a link no longer has them.
   */
  takeConditional(serverId: string, definitions: JsonObject[]): void {
    const server = this.#servers.get(serverId);
    if (!server) return;
    const { store, conditional } = this.#ports;
    const before = conditional.get(serverId);
    const extra = new Set(before);
    const known = store.tools(serverId);
    const own = new Set(known.map((tool) => tool.name).filter((name) => !extra.has(name)));
    const added = definitions.filter(({ name }) => typeof name === 'string' && !own.has(name));
    if (before !== null && added.length === 0 && extra.size === 0) return;
    conditional.set(
      serverId,
      added.map(({ name }) => String(name)),
    );
    const kept = known.filter((tool) => own.has(tool.name)).map((tool) => tool.definition);
    this.#put(server, [...kept, ...added], before === null ? added : []);
  }

  /** The name a reviewed tool of this server had that is gone now and was this very tool; null: none. */
  formerName(serverId: string, definition: JsonObject): string | null {
    return this.#former.find(serverId, definition);
  }

  /** Marks definitions as seen by a person, exactly those hashes; returns the names that were still the same. */
  accept(serverId: string, tools: { name: string; definitionHash: string }[]): string[] {
    const accepted = this.#ports.store.markReviewed(serverId, tools, this.#ports.now());
    this.#rebuild(serverId);
    return accepted;
  }

  async #read(serverId: string): Promise<void> {
    this.#fresh.add(serverId);
    if (this.#ports.pool.state(serverId).status !== 'running') this.#connecting.add(serverId);
    let definitions: JsonObject[];
    try {
      definitions = await this.#ports.pool.listTools(serverId, new AbortController().signal);
    } catch (error) {
      this.#fresh.delete(serverId);
      throw error;
    } finally {
      this.#connecting.delete(serverId);
    }
    const server = this.#servers.get(serverId);
    if (!server) return;
    const listed = new Set(definitions.map((definition) => definition.name));
    const conditional = new Set(this.#ports.conditional.get(serverId));
    const known = this.#ports.store.tools(serverId);
    const unseen = known.filter((tool) => conditional.has(tool.name) && !listed.has(tool.name));
    const isFirstSight = known.length === 0;
    try {
      this.#put(server, [...definitions, ...unseen.map((tool) => tool.definition)], isFirstSight ? definitions : []);
    } catch (error) {
      // what the server says now could not be compared and kept: no call may be decided on what it said before
      this.#fresh.delete(serverId);
      throw error;
    }
  }

  /** `firstSeen`: what counts as reviewed on a declared server, because it was never looked at before. */
  #put(server: CatalogServer, definitions: JsonObject[], firstSeen: JsonObject[]): void {
    const { store, now } = this.#ports;
    const usable = this.#usable(server.id, definitions);
    const first = new Set(firstSeen.map((definition) => definition.name));
    this.#former.note(server.id, store.tools(server.id), new Set(usable.map((tool) => tool.name)));
    store.transaction(() => {
      store.putTools(server.id, usable, now());
      const pinned = usable.filter(
        ({ name, definition, definitionHash }) => first.has(name) && !this.#ports.isBlocked(definition, definitionHash),
      );
      if (server.pinAtFirstSight && pinned.length > 0) store.markReviewed(server.id, pinned, now());
    });
    this.#rebuild(server.id);
  }

  #usable(
    serverId: string,
    definitions: JsonObject[],
  ): Pick<ToolRecord, 'name' | 'definition' | 'definitionHash' | 'position'>[] {
    const usable = new Map<string, Pick<ToolRecord, 'name' | 'definition' | 'definitionHash' | 'position'>>();
    for (const definition of definitions) {
      const { name } = definition;
      if (typeof name !== 'string' || name === '' || usable.has(name)) {
        this.#ports.log.warn('a tool was left out: no name, or a name twice', { server: serverId });
        continue;
      }
      try {
        usable.set(name, { name, definition, definitionHash: hashDefinition(definition), position: usable.size });
      } catch {
        this.#ports.log.warn('a tool was left out: its definition has no canonical form', { server: serverId });
      }
    }
    return [...usable.values()];
  }

  #rebuild(serverId: string): void {
    const server = this.#servers.get(serverId);
    if (!server) return;
    const records = this.#ports.store.tools(serverId);
    const names = exposeNames(
      serverId,
      records.map((record) => record.name),
    );
    this.#tools.set(
      serverId,
      records.map((record) =>
        describeTool(server, record, names.get(record.name) ?? record.name, (reviewed) =>
          this.#ports.rate(server, record, reviewed),
        ),
      ),
    );
    this.#index(serverId);
  }

  #index(serverId: string): void {
    const index = new Map<string, CatalogTool>();
    for (const server of this.offeredServers()) {
      for (const tool of this.#tools.get(server.id) ?? [])
        if (!index.has(tool.exposedName)) index.set(tool.exposedName, tool);
    }
    this.#byExposedName = index;
    this.revision += 1;
    this.#ports.onChanged(serverId);
  }
}

function describeTool(
  server: CatalogServer,
  record: ToolRecord,
  exposedName: string,
  rate: (reviewed: boolean) => { risk: Risk; tierRoseAt: number | null },
): CatalogTool {
  const reviewed = record.reviewedHash === record.definitionHash;
  return {
    kind: 'tool',
    serverId: server.id,
    serverName: server.name,
    name: record.name,
    exposedName,
    definition: record.definition,
    definitionHash: record.definitionHash,
    reviewed,
    state: reviewed ? 'reviewed' : record.reviewedHash === null ? 'new' : 'changed',
    reviewedDefinition: reviewed ? null : record.reviewedDefinition,
    ...rate(reviewed),
    listed: JSON.stringify({ ...record.definition, name: exposedName }),
  };
}
