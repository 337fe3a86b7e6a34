import { makeAgentHandlers } from './api/agents.ts';
import type { EngineParts } from './api/context.ts';
import { ClientDesk } from './client-configs/client-desk.ts';
import type { ClientWorld } from './client-configs/contract.ts';
import { findPlaces } from './client-configs/places.ts';
import type { DataDir } from './data-dir.ts';
import { BridgeFault } from './faults.ts';
import { FirstCall } from './first-call.ts';
import { findImportKeeper } from './import-keeper.ts';
import type { EnginePorts } from './ports.ts';

interface Ground {
  ports: EnginePorts;
  dataDir: DataDir;
}

/** What works on other programs' settings, on top of an engine that may still be put together. */
export function makeClientParts(
  { ports, dataDir }: Ground,
  getParts: () => EngineParts | null,
): { clients: ClientDesk; firstCall: FirstCall } {
  const parts = (): EngineParts => {
    const made = getParts();
    if (!made) throw new BridgeFault('unavailable', 'ScopeGate is still starting.', 'Try again in a moment.');
    return made;
  };
  const changed = () => getParts()?.bus.emit('clients', () => ({ type: 'clients.changed' }));
  const world: ClientWorld = {
    servers: makeServers(parts),
    agents: makeAgents(parts),
    mcpUrl: () => getParts()?.status().mcpUrl ?? null,
    record: (event, details) => recordOrRefuse(parts(), event, details),
    helper: ports.helper
      ? { ...ports.helper, isInstalled: true }
      : { command: 'scopegate', args: [], isInstalled: false },
    get keeper() {
      return findImportKeeper(getParts());
    },
    places: findPlaces(ports.env),
    dataDir: dataDir.path,
    log: ports.log,
    now: () => ports.clock.now(),
    changed,
  };
  return { clients: new ClientDesk(world), firstCall: new FirstCall(getParts, changed) };
}

function makeServers(parts: () => EngineParts): ClientWorld['servers'] {
  return {
    all: () => parts().servers.all(),
    add: ({ id, name, transport, enabled, from }) => {
      const { servers } = parts();
      if (servers.all().some((server) => server.id === id))
        throw new BridgeFault('conflict', `There is already a server with the id ${id}.`, 'Choose another id.');
      recordOrRefuse(parts(), 'server.imported', { server: id, kind: transport.kind, from });
      servers.add({ id, name, transport, trusted: false });
      if (!enabled) servers.change(id, { enabled: false });
    },
    setTransport: (id, transport) => {
      parts().servers.change(id, { transport });
    },
    ready: (id) => {
      const { servers, announce, keeper } = parts();
      announce.server(id);
      announce.matrix(null);
      keeper.readUnknown();
      return servers.view(servers.existing(id));
    },
    remove: (id) => {
      recordOrRefuse(parts(), 'server.removed', { server: id });
      parts().servers.remove(id);
    },
  };
}

function makeAgents(parts: () => EngineParts): ClientWorld['agents'] {
  const handlers = () => makeAgentHandlers(parts());
  const find = (id: string) => {
    const agent = parts().agents.get(id);
    return agent && agent.removedAt === null ? agent : null;
  };
  return {
    name: (id) => find(id)?.name ?? null,
    lastSeenAt: (id) => find(id)?.lastSeenAt ?? null,
    create: (name, defaultEffect) => {
      const made = handlers()['agents.create']({ name, defaultEffect });
      if (made instanceof Promise) throw new Error('agents are made at once');
      return { id: made.agent.id, token: made.token };
    },
    rotate: (id) => {
      const made = handlers()['agents.rotate']({ id });
      if (made instanceof Promise) throw new Error('tokens are made at once');
      return made.token;
    },
    remove: (id) => {
      void handlers()['agents.remove']({ id });
    },
  };
}

function recordOrRefuse(
  parts: EngineParts,
  event: string,
  details: Record<string, string | number | boolean | null>,
): void {
  if (parts.audit.append({ event, actor: 'person', details })) return;
  throw new BridgeFault(
    'unavailable',
    'The audit log cannot be written, so nothing was changed.',
    'Free disk space or mend the data folder.',
  );
}
