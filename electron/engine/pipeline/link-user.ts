import { askNames, canBeAsked, capabilitiesTowards } from '../eras/capabilities.ts';
import { requestLogLevel } from '../eras/request-meta.ts';
import type { Exchange } from '../exchange.ts';
import type { LinkUser } from '../upstream/contract.ts';
import type { PipelinePorts } from './ports.ts';

/**
 * Whose link a request goes through. An agent whose client can be asked, of a server that may ask, gets one of its own,
 * so that no question reaches another agent; so does one that asked for log messages, because those name no call.
 */
export function linkUserOf(ports: PipelinePorts, exchange: Exchange, serverId: string): LinkUser | undefined {
  const capabilities = capabilitiesTowards(exchange.session?.clientCapabilities ?? {}, ports.asksOf(serverId));
  if (!canBeAsked(capabilities) && !wantsLogs(ports, exchange, serverId)) return undefined;
  return { agentId: exchange.agent.id, capabilities };
}

/** The exchange as a server may use it: without the capabilities that are switched off for this server. */
export function exchangeTowards(ports: PipelinePorts, exchange: Exchange, serverId: string): Exchange {
  const switches = ports.asksOf(serverId);
  const { session } = exchange;
  const clientCapabilities = capabilitiesTowards(session?.clientCapabilities ?? {}, switches);
  return {
    ...exchange,
    session: session && { ...session, clientCapabilities },
    canAsk: (method) => switches[askNames[method]] !== 'deny' && exchange.canAsk(method),
  };
}

function wantsLogs(ports: PipelinePorts, exchange: Exchange, serverId: string): boolean {
  const level =
    exchange.era === 'modern'
      ? requestLogLevel(exchange.params)
      : ports.sessions.logLevel(exchange.agent.id, exchange.session?.id ?? null);
  return level !== null && ports.facts(serverId)?.hello?.capabilities.logging !== undefined;
}
