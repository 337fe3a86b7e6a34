import path from 'node:path';
import type { LogLine } from '../../shared/index.ts';
import type { LinkCredentials } from '../arming.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import type { LinkUser, ServerConfig, ServerState } from './contract.ts';
import { createEraMemory, type EraMemory } from './era-memory.ts';
import { cancelledFault, createFaultMaker, type FaultMaker } from './faults.ts';
import type { LinkEvents, LinkFault, ServerHello, UpstreamLink } from './link.ts';
import { LinkSlot, untilAborted } from './link-slot.ts';
import { listAllTools } from './list-tools.ts';
import { createLogRing, type LogRing } from './log-ring.ts';
import type { LinkMemory, OpenContext } from './open-context.ts';
import { openLink } from './open-link.ts';
import { maxUsers, OwnLinks, userKey } from './own-links.ts';
import { createRedactor, type Redactor } from './redactor.ts';
import type { ServerLink, UserState } from './server-link.ts';
import { createSlotEvents } from './slot-events.ts';
import type { SlotShared } from './slot-shared.ts';

interface ArmedWith {
  credentials: LinkCredentials;
  /** Null: not a program; each request is armed by itself. */
  processKey: string | null;
}

/** Ends of a start that another era would explain. */
const doubtful = new Set<LinkFault['kind']>(['protocol', 'timeout']);

/** Owner of one server's links: the shared one, and on a legacy server one for each user that can be asked something. */
export class ServerSlot {
  config: ServerConfig;
  state: ServerState;
  readonly #shared: SlotShared;
  readonly #redactor: Redactor;
  readonly #makeFault: FaultMaker;
  readonly #ring: LogRing;
  readonly #era: EraMemory;
  #slot: LinkSlot;
  /** Links that were given up for newer ones and still have calls to end. */
  readonly #leaving = new Set<LinkSlot>();
  /** What each running program was started with. */
  readonly #armedWith = new WeakMap<LinkSlot, ArmedWith>();
  readonly #own: OwnLinks;
  readonly #users = new Map<string, { user: LinkUser; state: UserState }>();
  #hello: ServerHello | null = null;
  #holds = 0;
  readonly #events: (owner: string | null) => LinkEvents;

  constructor(config: ServerConfig, shared: SlotShared) {
    const now = () => shared.ports.clock.now();
    this.config = config;
    this.#shared = shared;
    this.#redactor = createRedactor(shared.ports.guard);
    this.#makeFault = createFaultMaker(now, this.#redactor);
    this.#events = createSlotEvents(config.id, shared.ports, (text) => this.#note(text));
    this.#ring = createLogRing(now, this.#redactor);
    this.#era = createEraMemory(config.id, config.transport, shared.ports);
    this.#slot = this.#makeSlot(null);
    this.#own = new OwnLinks((user) => this.#makeSlot(user), this.#makeFault);
    this.state = { ...nothingKnown, era: this.#era.known(), status: config.enabled ? 'idle' : 'off' };
  }

  /** A changed transport or `enabled: false` ends the running links; a person changed it, so no old failure counts. */
  configure(config: ServerConfig): void {
    const isSameTransport = JSON.stringify(config.transport) === JSON.stringify(this.config.transport);
    const isSame = config.enabled === this.config.enabled && isSameTransport;
    this.config = config;
    if (isSame) return;
    if (!isSameTransport) this.#forget();
    this.#note(config.enabled ? 'The configuration changed.' : 'The server was switched off.');
    this.#hello = null;
    this.#endLinks();
    this.#publish();
  }

  async link(signal: AbortSignal, user: LinkUser | null, agentId: string | null): Promise<UpstreamLink> {
    if (signal.aborted) throw cancelledFault(this.#makeFault);
    if (!this.config.enabled) {
      throw this.#makeFault('other', { message: 'This server is switched off.', fix: 'Switch it on under Servers.' });
    }
    const credentialKey = this.#ownCredentialKey(agentId);
    if (agentId !== null && credentialKey !== null) {
      return this.#armedLink({ agentId, capabilities: user?.capabilities ?? {}, credentialKey }, user, signal);
    }
    if (user === null) return this.#slot.get(signal);
    if ((this.#slot.link?.era ?? this.#era.known()) !== 'legacy') {
      const link = await this.#slot.get(signal);
      if (link.era === 'modern') return this.#viewFor(link, user);
    }
    const own = await this.#own.slotOf(user).get(signal);
    if (own.era === 'legacy') return own;
    // It became a modern server between two starts: nothing of the old one is of use.
    this.#endLinks();
    return this.#viewFor(await this.#slot.get(signal), user);
  }

  async listTools(signal: AbortSignal): Promise<JsonObject[]> {
    const link = await this.link(signal, null, null);
    const isHttp = this.config.transport.kind === 'http';
    const list = listAllTools(link, isHttp, this.#makeFault, (text) => this.#note(text));
    return untilAborted(list, signal, () => cancelledFault(this.#makeFault));
  }

  plans(): { retryAt: number | null; idleStopAt: number | null } {
    const waitMs = this.#slot.retryInMs;
    const retryAt = waitMs > 0 ? this.#shared.ports.clock.now() + waitMs : null;
    return { retryAt, idleStopAt: this.#holds > 0 ? null : this.#slot.idleStopAt };
  }

  hold(): () => void {
    let isHeld = true;
    this.#holds++;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds--;
      this.#slot.touch();
    };
  }

  logs(): LogLine[] {
    return this.#ring.lines();
  }

  /** The running links this agent has of its own; on a modern server its latest view of the shared one. */
  linksOf(agentId: string): UpstreamLink[] {
    const links = this.#own.runningOf(agentId);
    const latest = [...this.#users.values()].findLast(({ user }) => user.agentId === agentId);
    if (this.#slot.link?.era === 'modern' && latest) links.push(this.#viewFor(this.#slot.link, latest.user));
    return links;
  }

  async endAgent(agentId: string): Promise<void> {
    for (const [key, { user }] of this.#users) if (user.agentId === agentId) this.#users.delete(key);
    await this.#own.endAgent(agentId);
    this.#publish();
  }

  /** A person asks: no backoff. A failure is in the state, not thrown. */
  async restart(): Promise<void> {
    this.#note('Restart asked for.');
    this.#endLinks();
    if (!this.config.enabled) return;
    this.#publish();
    await this.link(new AbortController().signal, null, null).catch(() => {});
  }

  /** Resolves when nothing of this server runs any more. */
  async stop(): Promise<void> {
    await Promise.all([this.#slot.stop(), this.#own.stop(), ...[...this.#leaving].map((slot) => slot.stop())]);
  }

  /** Null: the agent is armed as everybody is. */
  #ownCredentialKey(agentId: string | null): string | null {
    if (agentId === null) return null;
    const { credentials } = this.#shared.ports;
    const { key } = credentials(this.config.id, agentId);
    return key === credentials(this.config.id, null).key ? null : key;
  }

  async #armedLink(owner: LinkUser, user: LinkUser | null, signal: AbortSignal): Promise<UpstreamLink> {
    const link = await this.#own.slotOf(owner).get(signal);
    if (link.era !== 'modern' || user === null) return link;
    return this.#viewFor(link, user);
  }

  /** Failures over credentials are forgotten; programs that were started with other ones are replaced. */
  credentialsChanged(): void {
    for (const slot of this.#slots()) {
      slot.forgive();
      slot.settle();
      const armed = this.#armedWith.get(slot);
      const isOther = armed?.processKey != null && armed.processKey !== armed.credentials.processKey();
      if (slot.isLive && isOther) this.#replace(slot);
    }
    this.#publish();
  }

  endArmed(): void {
    for (const slot of [...this.#slots(), ...this.#leaving]) {
      const armed = this.#armedWith.get(slot);
      if (slot.isLive && (armed?.credentials.key || armed?.processKey)) slot.stopLink();
    }
  }

  /** The next call starts a link anew; calls on the old one end there. */
  #replace(slot: LinkSlot): void {
    this.#note('A credential changed; the next call starts the server anew.');
    if (slot === this.#slot) this.#slot = this.#makeSlot(null);
    else this.#own.forget(slot);
    for (const left of this.#leaving) if (!left.isLive) void left.stop().then(() => this.#leaving.delete(left));
    if (!slot.retire()) this.#leaving.add(slot);
  }

  /** Another transport is another server: nothing that is known or was asked of the old one holds for it. */
  #forget(): void {
    this.#era.configured(this.config.transport);
    this.#users.clear();
    for (const { memory } of this.#slots()) {
      memory.uris.clear();
      memory.tasks.clear();
      memory.logLevel = null;
    }
  }

  /** What users asked for is kept: their links start again with their next call. */
  #endLinks(): void {
    for (const slot of [...this.#slots(), ...this.#leaving]) {
      slot.forgive();
      slot.stopLink();
    }
  }

  #viewFor(link: ServerLink, user: LinkUser): UpstreamLink {
    const key = userKey(user);
    const known = this.#users.get(key) ?? { user, state: { logLevel: null } };
    this.#users.delete(key);
    this.#users.set(key, known);
    if (this.#users.size > maxUsers) this.#users.delete(this.#users.keys().next().value ?? '');
    return link.forUser(user.capabilities, known.state);
  }

  #slots(): LinkSlot[] {
    return [this.#slot, ...this.#own.slots()];
  }

  #makeSlot(user: LinkUser | null): LinkSlot {
    const { ports, reaped, timings } = this.#shared;
    const slot: LinkSlot = new LinkSlot({
      now: () => ports.clock.now(),
      makeFault: this.#makeFault,
      note: (text) => this.#note(text),
      idleMs: timings.idleMs,
      reaped,
      open: async (signal, memory) => {
        const refusal = ports.launch.refusalOf(this.config.id, this.config.transport);
        if (refusal) throw this.#makeFault('consent', refusal);
        if (!this.#isAnyLive(user)) this.#ring.beginRun();
        const context = this.#context(signal, user, memory);
        this.#arm(slot, context.credentials);
        return openLink(this.config.transport, context);
      },
      isHeld: () => user === null && this.#holds > 0,
      onChanged: () => this.#publish(),
      onConnected: (link) => this.#connected(link, user),
      onFailed: (fault, uptimeMs) => this.#failed(fault, uptimeMs),
    });
    return slot;
  }

  #arm(slot: LinkSlot, credentials: LinkCredentials): void {
    const isProgram = this.config.transport.kind === 'stdio';
    this.#armedWith.set(slot, { credentials, processKey: isProgram ? credentials.processKey() : null });
  }

  /** Other links write to the same log; a fault's detail looks no further back than the run of the first. */
  #isAnyLive(user: LinkUser | null): boolean {
    return user !== null && this.#slots().some((slot) => slot.link !== null);
  }

  #connected(link: ServerLink, user: LinkUser | null): void {
    this.#hello = link.hello;
    // The server works: what another user's link ran into before is no state of the server any more.
    for (const slot of this.#own.slots()) slot.settle();
    this.#note(`Connected: protocol ${link.hello.protocolVersion}${user === null ? '' : ' (a link of one agent)'}.`);
    this.#publish();
    if (user === null) this.#shared.ports.onToolsChanged(this.config.id);
  }

  #failed(fault: LinkFault, uptimeMs: number): void {
    if (uptimeMs === 0 && doubtful.has(fault.kind)) this.#era.doubt();
    this.#note(fault.fault.message);
    this.#shared.ports.log.warn('A server failed.', { server: this.config.id, code: fault.fault.code });
  }

  #context(signal: AbortSignal, user: LinkUser | null, memory: LinkMemory): OpenContext {
    const { ports, finder, registry, timings } = this.#shared;
    return {
      serverId: this.config.id,
      ownDir: path.join(ports.dataDir, 'servers', this.config.id),
      env: ports.env,
      sandbox: ports.launch.sandboxOf(this.config.id),
      version: ports.version,
      now: () => ports.clock.now(),
      redactor: this.#redactor,
      makeFault: this.#makeFault,
      ring: this.#ring,
      finder,
      registry,
      events: this.#events(user?.agentId ?? null),
      user,
      memory,
      credentials: ports.credentials(this.config.id, user?.credentialKey === undefined ? null : user.agentId),
      knownEra: this.#era.known(),
      onEra: (era) => this.#era.proven(era),
      onEraDoubt: () => this.#era.doubt(),
      signal,
      initializeTimeoutMs: timings.initializeMs,
      onStarted: () => {},
    };
  }

  /** The state tells of all links: one that fails makes the server failing, else one that runs makes it running. */
  #publish(): void {
    const slots = this.#slots();
    const link = slots.find((slot) => slot.link !== null)?.link ?? null;
    const status = statusOrder.find((wanted) => slots.some((slot) => slot.status === wanted)) ?? 'idle';
    const troubled = slots.filter((slot) => slot.status === 'failing' || slot.status === 'starting');
    const errors = troubled.flatMap((slot) => slot.lastError ?? []).sort((a, b) => b.at - a.at);
    this.state = {
      era: link?.era ?? this.#era.known(),
      status: this.config.enabled ? status : 'off',
      lastError: errors[0] ?? null,
      hello: this.#hello,
      pid: link?.pid ?? null,
      startedAt: link?.startedAt ?? null,
    };
    this.#shared.ports.onStatus(this.config.id);
  }

  #note(text: string): void {
    this.#ring.add('gateway', text);
  }
}

const statusOrder = ['failing', 'running', 'starting', 'idle'] as const;

const nothingKnown: ServerState = {
  era: null,
  status: 'off',
  lastError: null,
  hello: null,
  pid: null,
  startedAt: null,
};
