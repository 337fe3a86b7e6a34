import type { LogPort } from './ports.ts';
import type { Catalog } from './upstream/catalog.ts';
import type { LinkPool } from './upstream/contract.ts';
import { LinkFault } from './upstream/link.ts';

/** Running servers are read again this often, in case they changed without saying so. */
const resyncMs = 5 * 60_000;
/** A list or an unknown name waits this long for servers that were never read; what comes later is announced. */
const firstSyncMs = 20_000;

interface Ports {
  catalog: Catalog;
  pool: LinkPool;
  log: LogPort;
}

/** Decides when a server's tools are read: at first sight, on connect, when it says so, and every five minutes. */
export class CatalogKeeper {
  readonly #ports: Ports;
  readonly #timer: NodeJS.Timeout;
  #firstSyncs = new Map<string, Promise<void>>();

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#timer = setInterval(() => this.#resyncRunning(), resyncMs);
    this.#timer.unref();
  }

  /** Reads every enabled server whose tools are not known yet; a slow one delays nobody. */
  readUnknown(): void {
    for (const serverId of this.#ports.catalog.unread()) {
      if (this.#firstSyncs.has(serverId)) continue;
      const sync = this.#trySync(serverId).finally(() => this.#firstSyncs.delete(serverId));
      this.#firstSyncs.set(serverId, sync);
    }
  }

  /** Ends when every first reading under way has ended, after 20 s, or when `signal` aborts. */
  async firstSync(signal: AbortSignal): Promise<void> {
    if (this.#firstSyncs.size === 0 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, firstSyncMs);
      const end = () => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener('abort', end, { once: true });
      void Promise.all(this.#firstSyncs.values()).then(() => {
        signal.removeEventListener('abort', end);
        end();
      });
    });
  }

  /** A server connected or said that its list changed. */
  toolsChanged(serverId: string): void {
    this.#ports.catalog.markStale(serverId);
    void this.#trySync(serverId);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #trySync(serverId: string): Promise<void> {
    try {
      await this.#ports.catalog.sync(serverId);
    } catch (error) {
      // the pool keeps the fault and shows it; a reading that failed is tried again with the next call
      if (!(error instanceof LinkFault)) throw error;
      this.#ports.log.warn('the tools of a server could not be read', { server: serverId, kind: error.kind });
    }
  }

  #resyncRunning(): void {
    for (const server of this.#ports.catalog.servers()) {
      if (this.#ports.pool.state(server.id).status === 'running') this.toolsChanged(server.id);
    }
  }
}
