import type { LaunchView, Transport } from '../../shared/index.ts';
import { BridgeFault } from '../faults.ts';
import { launchHash } from '../server-consent.ts';
import { createProgramFinder } from '../upstream/find-program.ts';
import { probeSandbox } from '../upstream/sandbox/probe-sandbox.ts';
import type { EngineParts } from './context.ts';
import type { HandlersFor } from './handlers.ts';
import { warnAboutLaunch } from './launch-warnings.ts';

/** What may run for a server, in what sandbox, and what it costs. */
export function makeLaunchHandlers(parts: EngineParts): HandlersFor<'launch'> {
  const { servers, consents, usage, pool, announce, ports } = parts;

  const record = (event: string, serverId: string, details: Record<string, string | number | boolean | null>): void => {
    if (parts.audit.append({ event, actor: 'person', serverId, details })) return;
    throw new BridgeFault(
      'unavailable',
      'The audit log cannot be written, so nothing was changed.',
      'Free disk space or mend the data folder.',
    );
  };
  const restartIfRunning = async (id: string): Promise<void> => {
    if (['running', 'starting'].includes(pool.state(id).status)) await pool.restart(id);
  };

  return {
    'launch.usage': async ({ id }) => {
      servers.existing(id);
      return usage.usageOf(id);
    },
    'launch.describe': async ({ id, transport }) => describeLaunch(parts, id, transport),
    'launch.accept': ({ id, hash }) => {
      const { transport } = servers.editable(id);
      if (launchHash(transport) !== hash) {
        throw new BridgeFault('stale', 'The server changed while you looked at it.', 'Look at it again.');
      }
      record('server.launch_accepted', id, { hash, sandbox: consents.sandboxOf(id) !== null });
      consents.accept(id, transport);
      announce.server(id);
      // It may take its time, or fail: the page sees that by the server's state.
      void pool.restart(id).then(() => parts.keeper.toolsChanged(id));
      return {};
    },
    'launch.sandbox': async ({ id }) => {
      servers.existing(id);
      return { sandbox: consents.sandboxOf(id), support: await probeSandbox(ports.env) };
    },
    'launch.setSandbox': async ({ id, sandbox }) => {
      const { transport } = servers.editable(id);
      if (transport.kind !== 'stdio') {
        throw new BridgeFault('bad_request', 'This server runs elsewhere; there is nothing here to hold.');
      }
      if (!consents.isAccepted(id, transport)) {
        throw new BridgeFault(
          'stale',
          'What this server runs was not accepted yet.',
          'Accept it under Connection first.',
        );
      }
      const details = sandbox && { network: sandbox.network, read: sandbox.read.length, write: sandbox.write.length };
      record('server.sandbox_changed', id, { sandbox: sandbox !== null, ...details });
      consents.setSandbox(id, transport, sandbox);
      await restartIfRunning(id);
      announce.server(id);
      return {};
    },
  };
}

async function describeLaunch(parts: EngineParts, id: string | null, transport: Transport): Promise<LaunchView> {
  const { consents, ports } = parts;
  const isAccepted = id !== null && consents.isAccepted(id, transport);
  const search =
    transport.kind === 'stdio'
      ? await createProgramFinder(ports.env).find(transport.command, transport.cwd ?? ports.dataDir)
      : null;
  const sandbox = id === null ? null : consents.sandboxOf(id);
  return {
    hash: launchHash(transport),
    program: search?.ok ? search.program.file : null,
    accepted: isAccepted,
    warnings: warnAboutLaunch(transport, search !== null && !search.ok, sandbox !== null),
  };
}
