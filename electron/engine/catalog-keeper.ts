import type { WantedReading } from './pipeline/ports.ts';
import type { LogPort } from './ports.ts';
import type { ServerFactsBook } from './server-facts.ts';
import type { Catalog } from './upstream/catalog.ts';
import type { LinkPool } from './upstream/contract.ts';
import { createFaultMaker } from './upstream/faults.ts';
import { LinkFault, type UpstreamLink } from './upstream/link.ts';
import { listAllTools } from './upstream/list-tools.ts';
import { createRedactor } from './upstream/redactor.ts';
import type { EchoGuard } from './wire/echo-guard.ts';

/** Running servers are read again this often, in case they changed without saying so. */
const resyncMs = 5 * 60_000;
/** A name nobody knows, or a list that would be empty, waits this long for servers that were never read. */
const firstSyncMs = 20_000;

interface Ports {
  /** How much longer a list waits for them once there is something to show; what comes later is announced. */
  graceMs: number;
  catalog: Catalog;
  pool: LinkPool;
  facts: ServerFactsBook;
  log: LogPort;
  /** The server's tools were read. */
  onRead(serverId: string): void;
  guard: EchoGuard;
}

interface Reading {
  done: Promise<void>;
  /** `performance.now()` */
  startedAt: number;
}

/** Decides when a server's tools are read: at first sight, on connect, when it says so, and every five minutes. */
export class CatalogKeeper {
  readonly #ports: Ports;
  readonly #timer: NodeJS.Timeout;
  /** Each of agents' own links is read once. */
  readonly #linkReadings = new WeakMap<UpstreamLink, Promise<void>>();
  readonly #firstSyncs = new Map<string, Reading>();
  /** Since when there is something to show, `performance.now()`. */
  #shownSince: number | null = null;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#timer = setInterval(() => this.#resyncRunning(), resyncMs);
    this.#timer.unref();
  }

  /** Reads every enabled server whose tools are not known yet; a slow one delays nobody. */
  readUnknown(): void {
    for (const serverId of this.#ports.catalog.unread()) {
      if (this.#firstSyncs.has(serverId)) continue;
      const done = this.#readFirst(serverId).finally(() => this.#firstSyncs.delete(serverId));
      this.#firstSyncs.set(serverId, { done, startedAt: performance.now() });
    }
  }

  /**
   * Ends when every first reading that matters has ended, when it was waited for long enough, or when `signal` aborts.
   * Gives the servers that are still being read.
   */
  async firstSync(signal: AbortSignal, wanted: WantedReading): Promise<ReadonlySet<string>> {
    const end = performance.now() + firstSyncMs;
    while (!signal.aborted) {
      const awaited = this.#awaited(wanted);
      const left = Math.min(end, this.#patience(awaited, wanted)) - performance.now();
      if (awaited.length === 0 || left <= 0) break;
      await untilOneEnds(awaited, left, signal);
    }
    return new Set(this.#firstSyncs.keys());
  }

  #awaited({ scope }: WantedReading): Reading[] {
    if (scope === null) return [...this.#firstSyncs.values()];
    const own = this.#firstSyncs.get(scope);
    return own ? [own] : [];
  }

  /** Until when a list waits, `performance.now()`: a little longer than the others took, or than this server had. */
  #patience(awaited: readonly Reading[], { scope, kind }: WantedReading): number {
    if (kind === 'name' || scope !== null) return Number.POSITIVE_INFINITY;
    if (this.#shownSince === null && this.#ports.catalog.hasOffers()) this.#shownSince = performance.now();
    if (this.#shownSince === null) return Number.POSITIVE_INFINITY;
    return Math.max(this.#shownSince, ...awaited.map(({ startedAt }) => startedAt)) + this.#ports.graceMs;
  }

  /** A server connected or said that its list changed. */
  toolsChanged(serverId: string): void {
    this.#ports.catalog.markStale(serverId);
    void this.#trySync(serverId);
  }

  /** An agent's own link was opened: what it lists beyond the shared one is compared before anything is called. */
  readOwnLink(serverId: string, link: UpstreamLink): Promise<void> {
    if (link.era !== 'legacy') return Promise.resolve();
    const known = this.#linkReadings.get(link);
    if (known) return known;
    const makeFault = createFaultMaker(() => Date.now(), createRedactor(this.#ports.guard));
    const reading = listAllTools(link, false, makeFault, () => {}).then((tools) =>
      this.#ports.catalog.takeConditional(serverId, tools),
    );
    this.#linkReadings.set(link, reading);
    return reading;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Ends when no first reading runs any more: what it found must be written before the database is closed. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#firstSyncs.values()].map(({ done }) => done));
  }

  async #readFirst(serverId: string): Promise<void> {
    await this.#trySync(serverId);
    try {
      await this.#lookForConditional(serverId);
    } catch (error) {
      this.#logFault(serverId, error);
    }
  }

  /**
   * Some servers have tools only for clients that can be asked something. The shared link can ask nobody, so a new server
   * is once read through a link that says it could; whatever is asked on it gets no answer from anybody.
   */
  async #lookForConditional(serverId: string): Promise<void> {
    const { pool, facts } = this.#ports;
    if (facts.of(serverId)?.era !== 'legacy' || facts.conditionalTools(serverId) !== null) return;
    const agentId = `\0look ${serverId}`;
    try {
      const capabilities = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };
      const link = await pool.link(serverId, new AbortController().signal, { agentId, capabilities });
      await this.readOwnLink(serverId, link);
    } catch (error) {
      if (!(error instanceof LinkFault)) throw error;
      this.#ports.log.warn('a server could not be read as a client that can be asked', {
        server: serverId,
        kind: error.kind,
      });
    } finally {
      await pool.endAgent(agentId);
    }
  }

  /** Nobody waits for a reading in the background: what breaks it (a full disk) must not break the engine. */
  #logFault(serverId: string, error: unknown): void {
    const message = error instanceof Error ? error.message : 'unknown';
    this.#ports.log.error('the tools of a server could not be taken over', { server: serverId, error: message });
  }

  /** Never rejects. */
  async #trySync(serverId: string): Promise<void> {
    try {
      await this.#ports.catalog.sync(serverId);
      this.#ports.onRead(serverId);
    } catch (error) {
      // the pool keeps the fault and shows it; a reading that failed is tried again with the next call
      if (error instanceof LinkFault)
        this.#ports.log.warn('the tools of a server could not be read', { server: serverId, kind: error.kind });
      else this.#logFault(serverId, error);
    }
  }

  #resyncRunning(): void {
    for (const server of this.#ports.catalog.servers()) {
      if (this.#ports.pool.state(server.id).status === 'running') this.toolsChanged(server.id);
    }
  }
}

function untilOneEnds(readings: readonly Reading[], ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
    for (const { done } of readings) done.then(end, end);
  });
}
