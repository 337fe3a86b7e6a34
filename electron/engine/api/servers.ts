import type { AskSwitches, BridgeParams, ServerTest, ServerTool, Transport } from '../../shared/index.ts';
import { BridgeFault } from '../faults.ts';
import { checkConsent, checkPlainAddress } from '../server-consent.ts';
import type { KnownServer } from '../server-registry.ts';
import type { CatalogTool } from '../upstream/catalog.ts';
import type { EngineParts } from './context.ts';
import type { HandlersFor } from './handlers.ts';

const maxNames = 1_000;

/** A test of a server that never answers ends by itself; this bounds it from outside, milliseconds. */
const testMs = 150_000;

export function makeServerHandlers(parts: EngineParts): HandlersFor<'servers'> {
  const { servers, catalog, pool, audit, announce, keeper } = parts;
  const record = (
    event: string,
    server: { id: string | null },
    details: Record<string, string | number | boolean | null> | null = null,
  ) => {
    const written = audit.append({ event, actor: 'person', serverId: server.id, details });
    if (!written)
      throw new BridgeFault(
        'unavailable',
        'The audit log cannot be written, so nothing was changed.',
        'Free disk space or mend the data folder.',
      );
  };
  const changed = (id: string) => {
    announce.server(id);
    announce.matrix(null);
  };

  return {
    'servers.add': ({ consent, ...draft }) => {
      checkPlainAddress(draft.transport, consent);
      record('server.added', draft, describeTransport(draft.transport));
      const server = servers.add(draft);
      changed(server.id);
      keeper.readUnknown();
      return servers.view(server);
    },
    'servers.update': ({ id, ...changes }) => {
      const before = servers.editable(id);
      checkConsent(before, changes);
      record('server.changed', before, describeChanges(before, changes));
      servers.change(id, {
        ...(changes.name === undefined ? {} : { name: changes.name }),
        ...(changes.transport === undefined ? {} : { transport: changes.transport }),
        ...(changes.trusted === undefined ? {} : { trusted: changes.trusted }),
        ...(changes.asks === undefined ? {} : { asks: changes.asks }),
      });
      if (changes.transport) keeper.toolsChanged(id);
      changed(id);
      return {};
    },
    'servers.setEnabled': ({ id, enabled }) => {
      record(enabled ? 'server.enabled' : 'server.disabled', servers.editable(id));
      servers.change(id, { enabled });
      changed(id);
      return {};
    },
    'servers.remove': ({ id }) => {
      record('server.removed', servers.editable(id));
      servers.remove(id);
      parts.bus.emit(`server:${id}`, () => ({ type: 'server.removed', id }));
      announce.matrix(null);
      return {};
    },
    'servers.restore': ({ id }) => {
      record('server.restored', servers.editable(id));
      servers.restore(id);
      changed(id);
      return {};
    },
    'servers.test': ({ transport, id }) => {
      // it starts a program or opens a connection, so it is written down like any other
      record('server.tested', { id: id ?? null }, describeTransport(transport));
      return testServer(parts, transport, id);
    },
    'servers.restart': async ({ id }) => {
      record('server.restarted', servers.existing(id));
      await pool.restart(id);
      keeper.toolsChanged(id);
      return {};
    },
    'servers.tools': ({ id }) => {
      servers.existing(id);
      return { tools: catalog.toolsOf(id).map(describeTool) };
    },
    'servers.accept': ({ id, tools }) => {
      acceptTools(parts, id, tools, record);
      return {};
    },
    'servers.logs': ({ id }) => {
      servers.existing(id);
      return { lines: pool.logs(id) };
    },
  };
}

type Shown = BridgeParams<'servers.accept'>['tools'];

/** Tools with a finding that blocks are accepted only together with it, by name. */
function splitBlocked({ catalog, scans }: EngineParts, serverId: string, tools: Shown): { free: Shown; held: number } {
  const known = new Map(catalog.toolsOf(serverId).map((tool) => [tool.name, tool]));
  const free = tools.filter(({ name, acceptsFindings }) => {
    const tool = known.get(name);
    return acceptsFindings === true || !tool || !scans.isBlocked(tool.definition, tool.definitionHash);
  });
  return { free, held: tools.length - free.length };
}

type Recorder = (event: string, server: KnownServer, details: Record<string, number | string>) => void;

function acceptTools(parts: EngineParts, id: string, tools: Shown, record: Recorder): void {
  const server = parts.servers.existing(id);
  const { free, held } = splitBlocked(parts, id, tools);
  record('server.tools_accepted', server, { tools: free.length, names: listNames(free) });
  const accepted = parts.catalog.accept(id, free);
  if (server.reviewedAt === null) parts.servers.change(id, { reviewedAt: parts.ports.clock.now() });
  parts.announce.server(id);
  parts.announce.matrix(null);
  if (accepted.length < free.length) {
    throw new BridgeFault(
      'stale',
      'Some definitions changed while you looked at them and were not accepted.',
      'Review them again.',
    );
  }
  if (held > 0)
    throw new BridgeFault(
      'conflict',
      `${held === 1 ? 'One tool was' : `${held} tools were`} not accepted: something in it must be accepted by itself.`,
      'Look at what was found, then accept that tool with it.',
    );
}

async function testServer(parts: EngineParts, transport: Transport, id: string | undefined): Promise<ServerTest> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), testMs);
  try {
    return await parts.pool.test(transport, controller.signal, id === undefined ? null : parts.consents.sandboxOf(id));
  } finally {
    clearTimeout(timer);
  }
}

/** Of an acceptance as far as fits into a row. */
function listNames(tools: readonly { name: string }[]): string {
  const names = tools.map(({ name }) => name).join(', ');
  return names.length <= maxNames ? names : `${names.slice(0, maxNames)}…`;
}

function describeTool(tool: CatalogTool): ServerTool {
  const { title, description } = tool.definition;
  return {
    name: tool.name,
    exposedName: tool.exposedName,
    title: typeof title === 'string' ? title : null,
    description: typeof description === 'string' ? description : null,
    risk: tool.risk,
    state: tool.state,
    definitionHash: tool.definitionHash,
    definition: tool.definition,
    reviewedDefinition: tool.reviewedDefinition,
  };
}

/** What the audit keeps of a change: what was set, or what a transport may be told by. */
function describeChanges(
  before: KnownServer,
  changes: {
    name?: string | undefined;
    transport?: Transport | undefined;
    trusted?: boolean | undefined;
    asks?: AskSwitches | undefined;
  },
): Record<string, string | boolean | null> {
  if (changes.transport) return describeTransport(changes.transport);
  return { name: changes.name ?? before.name, trusted: changes.trusted ?? before.trusted, ...changes.asks };
}

/** What the audit keeps of a transport: never its variables or headers. */
function describeTransport(transport: { kind: string; command?: string; url?: string }): Record<string, string | null> {
  return {
    kind: transport.kind,
    command: transport.command ?? null,
    host: transport.url ? new URL(transport.url).host : null,
  };
}
