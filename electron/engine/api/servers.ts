import type { AskSwitches, ServerTest, ServerTool, Transport } from '../../shared/index.ts';
import { BridgeFault } from '../faults.ts';
import { checkConsent, checkPlainAddress } from '../server-consent.ts';
import type { KnownServer } from '../server-registry.ts';
import type { CatalogTool } from '../upstream/catalog.ts';
import type { EngineParts } from './context.ts';
import type { HandlersFor } from './handlers.ts';

/** A test of a server that never answers ends by itself; this bounds it from outside, milliseconds. */
const testMs = 150_000;

export function makeServerHandlers(parts: EngineParts): HandlersFor<'servers'> {
  const { servers, catalog, pool, audit, announce, keeper } = parts;
  const record = (
    event: string,
    server: Pick<KnownServer, 'id'>,
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
    'servers.test': ({ transport, id }) => testServer(parts, transport, id),
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
      const server = servers.existing(id);
      record('server.tools_accepted', server, { tools: tools.length });
      const accepted = catalog.accept(id, tools);
      if (server.reviewedAt === null) servers.change(id, { reviewedAt: parts.ports.clock.now() });
      changed(id);
      if (accepted.length < tools.length) {
        throw new BridgeFault(
          'stale',
          'Some definitions changed while you looked at them and were not accepted.',
          'Review them again.',
        );
      }
      return {};
    },
    'servers.logs': ({ id }) => {
      servers.existing(id);
      return { lines: pool.logs(id) };
    },
  };
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
