import { createHmac, type KeyObject } from 'node:crypto';
import type { Scrape } from './contract.ts';
import type { AuditGate } from './pipeline/audit-gate.ts';
import type { EnginePorts } from './ports.ts';
import type { ServerRegistry } from './server-registry.ts';
import type { StoreWriter } from './store/contract.ts';
import { TelemetryExporter } from './telemetry/exporter.ts';
import type { ServerAddress } from './telemetry/row-facts.ts';
import { ScrapeBook } from './telemetry/scrape-book.ts';
import { ScrapeGate } from './telemetry/scrape-gate.ts';
import type { EchoGuard } from './wire/echo-guard.ts';

interface Ground {
  ports: EnginePorts;
  store: StoreWriter;
  key: KeyObject;
  audit: AuditGate;
  guard: EchoGuard;
  servers: Pick<ServerRegistry, 'get'>;
  /** Questions that wait for a person. */
  waiting(): number;
  now(): number;
}

/** What leaves the machine on its own. */
export interface TelemetryParts {
  exporter: TelemetryExporter;
  gate: ScrapeGate;
  /** Answers one fetch of figures. */
  scrape(token: string): Promise<Scrape>;
  /** When figures were fetched the last time since the start; null: never. */
  lastScrapeAt(): number | null;
}

export function assembleTelemetry(ground: Ground): TelemetryParts {
  const { ports, store, audit, servers, now } = ground;
  const exporter = new TelemetryExporter({
    store,
    log: ports.log,
    env: ports.env,
    guard: ground.guard,
    version: ports.version,
    instanceId: instanceOf(ground.key),
    serverAddress: (serverId) => addressOf(servers, serverId),
    missed(signal, from, through) {
      ports.log.warn('entries were pruned before they could be exported', { signal, from, through });
      audit.append({ event: 'telemetry.missed', actor: 'engine', details: { signal, from, through } });
    },
    now,
  });
  const gate = new ScrapeGate({ store, now });
  const book = new ScrapeBook(
    {
      rowsAfter: store.rowsAfter,
      view: () => exporter.view(exporter.config),
      version: ports.version,
      gauges: () => ({
        approvalsWaiting: ground.waiting(),
        lastSeq: store.auditEnd(),
        behind: exporter.state().signals.map(({ signal, behind }) => ({ signal, entries: behind })),
      }),
    },
    store.auditEnd(),
  );
  let lastScrapeAt: number | null = null;
  return {
    exporter,
    gate,
    async scrape(token) {
      if (gate.madeAt === null) return { kind: 'off' };
      if (!gate.opensFor(token)) return { kind: 'refused' };
      lastScrapeAt = now();
      return { kind: 'figures', ...(await book.render()) };
    },
    lastScrapeAt: () => lastScrapeAt,
  };
}

/** The same for one data folder for ever, and nothing of the key can be told from it. */
function instanceOf(key: KeyObject): string {
  return createHmac('sha256', key).update('telemetry-instance').digest('hex').slice(0, 32);
}

function addressOf(servers: Pick<ServerRegistry, 'get'>, serverId: string): ServerAddress | null {
  const transport = servers.get(serverId)?.transport;
  if (transport === undefined) return null;
  if (transport.kind === 'stdio') return { transport: 'pipe' };
  const { hostname, port, protocol } = new URL(transport.url);
  return { transport: 'tcp', address: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
}
