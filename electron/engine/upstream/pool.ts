import { createChildRegistry } from './child-registry.ts';
import { testConnection } from './connection-test.ts';
import type { LinkPool, ServerState, UpstreamPorts } from './contract.ts';
import { createFaultMaker } from './faults.ts';
import { createProgramFinder } from './find-program.ts';
import { createRedactor } from './redactor.ts';
import { ServerSlot } from './server-slot.ts';
import type { SlotShared, SlotTimings } from './slot-shared.ts';

const defaultTimings: SlotTimings = { idleMs: 5 * 60_000, initializeMs: null };

/**
 * Every connection to a server. Servers start with the first call and do not touch each other; what an earlier engine
 * left running is ended first. Needs the data folder to itself.
 */
export function createLinkPool(ports: UpstreamPorts, timings: Partial<SlotTimings> = {}): LinkPool {
  const registry = createChildRegistry(ports.dataDir, ports.log);
  const reaped = registry.reap().catch((error: Error) => {
    ports.log.warn('Server processes of an earlier run could not be looked for.', { reason: error.message });
  });
  const finder = createProgramFinder(ports.env);
  const shared: SlotShared = { ports, finder, registry, reaped, timings: { ...defaultTimings, ...timings } };
  const slots = new Map<string, ServerSlot>();
  const makeFault = createFaultMaker(() => ports.clock.now(), createRedactor(ports.guard));

  const closing = new AbortController();
  const tests = new Set<Promise<unknown>>();

  function slotOf(serverId: string): ServerSlot {
    const slot = closing.signal.aborted ? undefined : slots.get(serverId);
    if (slot !== undefined) return slot;
    throw makeFault('other', { message: 'There is no such server.', fix: 'Add it under Servers.' });
  }

  return {
    configure(server) {
      const slot = slots.get(server.id);
      if (slot === undefined) slots.set(server.id, new ServerSlot(server, shared));
      else slot.configure(server);
    },
    async remove(serverId) {
      const slot = slots.get(serverId);
      slots.delete(serverId);
      await slot?.stop();
    },
    link: async (serverId, signal, user, agentId) =>
      slotOf(serverId).link(signal, user ?? null, user?.agentId ?? agentId ?? null),
    credentialsChanged(serverId) {
      for (const [id, slot] of slots) if (serverId === null || id === serverId) slot.credentialsChanged();
    },
    endArmed() {
      for (const slot of slots.values()) slot.endArmed();
    },
    linksOf: (agentId) =>
      [...slots].flatMap(([serverId, slot]) => slot.linksOf(agentId).map((link) => ({ serverId, link }))),
    async endAgent(agentId) {
      await Promise.all([...slots.values()].map((slot) => slot.endAgent(agentId)));
    },
    listTools: async (serverId, signal) => slotOf(serverId).listTools(signal),
    hold: (serverId) => slots.get(serverId)?.hold() ?? (() => {}),
    state: (serverId) => slots.get(serverId)?.state ?? unknownServer,
    logs: (serverId) => slots.get(serverId)?.logs() ?? [],
    restart: async (serverId) => slotOf(serverId).restart(),
    plans: (serverId) => slots.get(serverId)?.plans() ?? { retryAt: null, idleStopAt: null },
    children: (serverId) => registry.of(serverId),
    async test(transport, signal, sandbox = null) {
      const ending = new AbortController();
      const end = () => ending.abort();
      const sources = [signal, closing.signal];
      if (sources.some((source) => source.aborted)) end();
      for (const source of sources) source.addEventListener('abort', end, { once: true });
      const run = testConnection(transport, shared, ending.signal, sandbox);
      tests.add(run);
      return run.finally(() => {
        tests.delete(run);
        for (const source of sources) source.removeEventListener('abort', end);
      });
    },
    async close() {
      closing.abort();
      await Promise.all(tests);
      await Promise.all([...slots.values()].map((slot) => slot.stop()));
      await reaped;
    },
  };
}

const unknownServer: ServerState = {
  era: null,
  status: 'off',
  lastError: null,
  hello: null,
  pid: null,
  startedAt: null,
};
