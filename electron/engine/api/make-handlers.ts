import { BridgeFault } from '../faults.ts';
import { maskCard } from '../pipeline/approval-mask.ts';
import { agentViewOf, makeAgentHandlers } from './agents.ts';
import { makeAnalyticsHandlers } from './analytics.ts';
import { makeApprovalHandlers } from './approvals.ts';
import { makeAuditHandlers } from './audit.ts';
import { makeProofHandlers } from './audit-proof.ts';
import { makeCallHandlers } from './calls.ts';
import { makeCatalogHandlers } from './catalog.ts';
import { makeClientHandlers } from './clients.ts';
import { makeContentHandlers } from './content.ts';
import type { EngineParts } from './context.ts';
import { makeCredentialHandlers } from './credentials.ts';
import type { Handlers, HandlersFor } from './handlers.ts';
import { makeLaunchHandlers } from './launch.ts';
import { makeOAuthHandlers } from './oauth.ts';
import { makePolicyHandlers } from './policy.ts';
import { makeServerHandlers } from './servers.ts';
import { makeSettingsHandlers } from './settings.ts';
import { makeTelemetryHandlers } from './telemetry.ts';
import { makeVaultHandlers } from './vault.ts';

const snapshotCalls = 500;

export function makeHandlers(parts: EngineParts): Handlers {
  return {
    ...makeEngineHandlers(parts),
    ...makeCallHandlers(parts),
    ...makeAgentHandlers(parts),
    ...makeServerHandlers(parts),
    ...makeCatalogHandlers(parts),
    ...makeLaunchHandlers(parts),
    ...makeApprovalHandlers(parts),
    ...makePolicyHandlers(parts),
    ...makeAuditHandlers(parts),
    ...makeProofHandlers(parts),
    ...makeAnalyticsHandlers(parts),
    ...makeTelemetryHandlers(parts),
    ...makeSettingsHandlers(parts),
    ...makeOAuthHandlers(parts),
    ...makeVaultHandlers(parts),
    ...makeCredentialHandlers(parts),
    ...makeContentHandlers(parts),
    ...makeClientHandlers(parts),
    snapshot: () => {
      // what waits to be sent is part of this state: send it first, so that no event is older than the snapshot
      parts.bus.flush();
      return {
        epoch: parts.bus.epoch,
        revision: parts.bus.revision,
        engine: parts.status(),
        agents: parts.agents.all().map((agent) => agentViewOf(parts, agent)),
        servers: parts.servers.all().map((server) => parts.servers.view(server)),
        approvals: parts.approvals.open().map(maskCard),
        approvalState: parts.desk.state(),
        vault: parts.credentials.vault.status(),
        credentials: parts.credentials.book.all(),
        calls: parts.journal.recent(snapshotCalls),
      };
    },
  };
}

function makeEngineHandlers(parts: EngineParts): HandlersFor<'engine'> {
  return {
    'engine.setPaused': ({ paused }) => {
      const written = parts.audit.append({ event: paused ? 'engine.paused' : 'engine.resumed', actor: 'person' });
      // pausing only narrows, so it happens even when it cannot be written down
      if (!written && !paused)
        throw new BridgeFault(
          'unavailable',
          'The audit log cannot be written, so nothing was resumed.',
          'Free disk space or mend the data folder.',
        );
      parts.policy.setPaused(paused);
      if (paused) parts.journal.cancelRunning(null);
      return {};
    },
    'engine.setPort': async ({ port }) => {
      if (parts.status().configFile !== null)
        throw new BridgeFault(
          'managed',
          'The port is set where this gateway was started.',
          'Change it there and start again.',
        );
      const before = parts.status().port;
      await parts.openListener(port);
      if (parts.status().mcpUrl === null)
        throw new BridgeFault(
          'conflict',
          parts.status().listenerFault?.message ?? 'The port cannot be used.',
          'Choose another port.',
        );
      parts.ports.settings.setPort(port);
      parts.audit.append({ event: 'engine.port_changed', actor: 'person', details: { port, before } });
      return {};
    },
    'engine.retryListener': async () => {
      const { port, listenerFault } = parts.status();
      if (listenerFault) await parts.openListener(port);
      return {};
    },
  };
}
