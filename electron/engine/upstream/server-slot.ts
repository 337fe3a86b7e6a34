import path from 'node:path';
import type { LogLine, Transport } from '../../shared/index.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import type { ChildRegistry } from './child-registry.ts';
import type { ServerConfig, ServerState, UpstreamPorts } from './contract.ts';
import { cancelledFault, createFaultMaker, type FaultMaker, toLinkFault } from './faults.ts';
import type { ProgramFinder } from './find-program.ts';
import { openHttpLink } from './http-link.ts';
import type { LinkFault, UpstreamLink } from './link.ts';
import { listAllTools } from './list-tools.ts';
import { createLogRing, type LogRing } from './log-ring.ts';
import type { OpenContext } from './open-context.ts';
import { createRedactor, type Redactor } from './redactor.ts';
import { createRestartBackoff } from './restart-backoff.ts';
import { openStdioLink } from './stdio-link.ts';

export interface SlotTimings {
  /** Milliseconds without a call after which a running server is stopped. */
  idleMs: number;
  /** Milliseconds for `initialize`; null: 30 s, or 120 s for commands that may download first. */
  initializeMs: number | null;
}

/** What all slots of a pool share. */
export interface SlotShared {
  ports: UpstreamPorts;
  finder: ProgramFinder;
  registry: ChildRegistry;
  /** What an earlier run left behind is ended before anything new starts. */
  reaped: Promise<unknown>;
  timings: SlotTimings;
}

/** Notices a server may send in an hour (security: limits); later ones wait for the regular resync. */
const maxChangesPerHour = 60;
const hourMs = 3_600_000;

/** Owner of one server's link: starts it once, stops it when idle, and remembers why it failed. */
export class ServerSlot {
  config: ServerConfig;
  state: ServerState;
  readonly #shared: SlotShared;
  readonly #redactor: Redactor = createRedactor();
  readonly #makeFault: FaultMaker;
  readonly #ring: LogRing;
  readonly #backoff: ReturnType<typeof createRestartBackoff>;
  #link: UpstreamLink | null = null;
  #starting: { done: Promise<UpstreamLink>; abort: AbortController } | null = null;
  #ending: Promise<void> = Promise.resolve();
  #holds = 0;
  #idleTimer: NodeJS.Timeout | null = null;
  #changes: number[] = [];

  constructor(config: ServerConfig, shared: SlotShared) {
    const now = () => shared.ports.clock.now();
    this.config = config;
    this.#shared = shared;
    this.#makeFault = createFaultMaker(now, this.#redactor);
    this.#ring = createLogRing(now, this.#redactor);
    this.#backoff = createRestartBackoff(now);
    this.state = { status: config.enabled ? 'idle' : 'off', lastError: null, hello: null, pid: null, startedAt: null };
  }

  /** A changed transport or `enabled: false` ends the running link; a person changed it, so no old failure counts. */
  configure(config: ServerConfig): void {
    const isSame =
      config.enabled === this.config.enabled &&
      JSON.stringify(config.transport) === JSON.stringify(this.config.transport);
    this.config = config;
    if (isSame) return;
    this.#backoff.reset();
    this.#note(config.enabled ? 'The configuration changed.' : 'The server was switched off.');
    this.#stopLink();
    this.#setState({ status: config.enabled ? 'idle' : 'off', lastError: null, hello: null });
  }

  async link(signal: AbortSignal): Promise<UpstreamLink> {
    if (signal.aborted) throw cancelledFault(this.#makeFault);
    if (this.#link !== null) return this.#link;
    if (!this.config.enabled) {
      throw this.#makeFault('other', { message: 'This server is switched off.', fix: 'Switch it on under Servers.' });
    }
    if (this.#starting === null) {
      this.#refuseDuringBackoff();
      this.#starting = this.#begin();
    }
    return untilAborted(this.#starting.done, signal, () => cancelledFault(this.#makeFault));
  }

  async listTools(signal: AbortSignal): Promise<JsonObject[]> {
    const link = await this.link(signal);
    const list = listAllTools(link, this.#makeFault, (text) => this.#note(text));
    return untilAborted(list, signal, () => cancelledFault(this.#makeFault));
  }

  hold(): () => void {
    let isHeld = true;
    this.#holds++;
    this.#stopIdleTimer();
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds--;
      this.#startIdleTimer();
    };
  }

  logs(): LogLine[] {
    return this.#ring.lines();
  }

  /** A person asks: no backoff. A failure is in the state, not thrown. */
  async restart(): Promise<void> {
    this.#backoff.reset();
    this.#note('Restart asked for.');
    this.#stopLink();
    if (!this.config.enabled) return;
    this.#setState({ status: 'idle' });
    await this.link(new AbortController().signal).catch(() => {});
  }

  /** Resolves when nothing of this server runs any more. */
  async stop(): Promise<void> {
    this.#stopLink();
    await this.#ending;
  }

  #begin(): { done: Promise<UpstreamLink>; abort: AbortController } {
    const abort = new AbortController();
    const done = this.#start(abort.signal);
    // Waiters come and go; a start nobody waits for any more must not end the engine.
    done.catch(() => {});
    return { done, abort };
  }

  async #start(signal: AbortSignal): Promise<UpstreamLink> {
    const { transport } = this.config;
    try {
      // Nothing is told before this await: a listener that asks for the link again must find this start.
      await this.#shared.reaped;
      if (!signal.aborted) this.#setState({ status: 'starting' });
      await this.#ending;
      this.#ring.beginRun();
      if (signal.aborted) throw cancelledFault(this.#makeFault);
      const link = await openLink(transport, this.#context(signal));
      if (signal.aborted) {
        await link.close();
        throw cancelledFault(this.#makeFault);
      }
      this.#adopt(link);
      return link;
    } catch (error) {
      const fault = toLinkFault(error, this.#makeFault);
      if (!signal.aborted) this.#fail(fault, 0);
      throw fault;
    }
  }

  #adopt(link: UpstreamLink): void {
    const { id } = this.config;
    this.#starting = null;
    this.#link = link;
    this.#setState({
      status: 'running',
      lastError: null,
      hello: link.hello,
      pid: link.pid,
      startedAt: link.startedAt,
    });
    this.#note(`Connected: protocol ${link.hello.protocolVersion}.`);
    link.closed.then((fault) => {
      if (this.#link !== link) return;
      this.#link = null;
      const uptime = this.#shared.ports.clock.now() - link.startedAt;
      if (fault === null) this.#setState({ status: 'idle', pid: null, startedAt: null });
      else this.#fail(this.#makeFault(fault.code, fault), uptime);
      // Its process group may still be ending, and a new start waits for that.
      this.#ending = this.#ending.then(() => link.close());
    });
    this.#startIdleTimer();
    this.#shared.ports.onToolsChanged(id);
  }

  #fail(fault: LinkFault, uptimeMs: number): void {
    this.#starting = null;
    this.#stopIdleTimer();
    this.#backoff.failed(uptimeMs);
    this.#note(fault.fault.message);
    this.#shared.ports.log.warn('A server failed.', { server: this.config.id, code: fault.fault.code });
    this.#setState({ status: 'failing', lastError: fault.fault, pid: null, startedAt: null });
  }

  #stopLink(): void {
    this.#stopIdleTimer();
    const starting = this.#starting;
    const link = this.#link;
    this.#starting = null;
    this.#link = null;
    starting?.abort.abort();
    const ends = [this.#ending, link?.close(), starting?.done.catch(() => {})];
    this.#ending = Promise.all(ends).then(() => {});
    if (link !== null || starting !== null) {
      const status = this.config.enabled ? 'idle' : 'off';
      this.#setState({ status, pid: null, startedAt: null });
    }
  }

  #refuseDuringBackoff(): void {
    const waitMs = this.#backoff.waitMs();
    const last = this.state.lastError;
    if (waitMs <= 0 || last === null) return;
    const seconds = Math.ceil(waitMs / 1000);
    throw this.#makeFault(last.code, { ...last, message: `${last.message} Next try in ${seconds} s.` });
  }

  #context(signal: AbortSignal): OpenContext {
    const { ports, finder, registry, timings } = this.#shared;
    return {
      serverId: this.config.id,
      ownDir: path.join(ports.dataDir, 'servers', this.config.id),
      env: ports.env,
      version: ports.version,
      now: () => ports.clock.now(),
      redactor: this.#redactor,
      makeFault: this.#makeFault,
      ring: this.#ring,
      finder,
      registry,
      events: { onToolsChanged: () => this.#toolsChanged() },
      signal,
      initializeTimeoutMs: timings.initializeMs,
      onStarted: () => {},
    };
  }

  #toolsChanged(): void {
    const now = this.#shared.ports.clock.now();
    this.#changes = this.#changes.filter((at) => now - at < hourMs);
    if (this.#changes.length >= maxChangesPerHour) return;
    this.#changes.push(now);
    if (this.#changes.length === maxChangesPerHour) this.#note('Too many list_changed notices; ignoring more for now.');
    this.#shared.ports.onToolsChanged(this.config.id);
  }

  #startIdleTimer(): void {
    this.#stopIdleTimer();
    if (this.#holds > 0 || this.#link === null) return;
    this.#idleTimer = setTimeout(() => {
      this.#note('Stopped: no calls for a while. The next call starts it again.');
      this.#stopLink();
    }, this.#shared.timings.idleMs);
    this.#idleTimer.unref();
  }

  #stopIdleTimer(): void {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    this.#idleTimer = null;
  }

  #setState(change: Partial<ServerState>): void {
    this.state = { ...this.state, ...change };
    this.#shared.ports.onStatus(this.config.id);
  }

  #note(text: string): void {
    this.#ring.add('gateway', text);
  }
}

export function openLink(transport: Transport, context: OpenContext): Promise<UpstreamLink> {
  return transport.kind === 'stdio' ? openStdioLink(transport, context) : openHttpLink(transport, context);
}

/** The work goes on for others when this caller gives up. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal, makeFault: () => LinkFault): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(makeFault());
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
