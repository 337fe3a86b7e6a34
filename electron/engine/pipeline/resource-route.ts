import { unknownResource } from '../core/refusals.ts';
import type { Exchange } from '../exchange.ts';
import { type CallRoute, plainRoute } from './call-route.ts';
import { describePlainTarget } from './plain-target.ts';
import type { PipelinePorts } from './ports.ts';
import type { Route } from './resource-routes.ts';
import { readForName } from './server-pages.ts';

/** The server and its own address behind an address, for this agent. */
export function findResource(
  ports: PipelinePorts,
  exchange: Exchange,
  shown: string,
  isTemplate = false,
): { server: { id: string; name: string }; uri: string } | null {
  const { agent, scope } = exchange;
  const open = ports.visibility.open(agent.id, scope);
  const route = scope === null ? findRoute(ports, agent.id, shown, isTemplate) : { serverId: scope, uri: shown };
  const server = open.find((candidate) => candidate.id === route?.serverId);
  return route && server ? { server, uri: route.uri } : null;
}

/**
 * Where an address of the gateway's own path leads. A page of a tool never takes an address from the server whose list
 * showed it, nor counts where its server is closed to the agent; a prefixed address is ours alone to give.
 */
export function findRoute(ports: PipelinePorts, agentId: string, shown: string, isTemplate = false): Route | null {
  const { resources, visibility } = ports;
  if (isTemplate) return resources.findTemplate(agentId, shown);
  const app = ports.findApp(agentId, shown);
  if (!app || !visibility.isOpen(agentId, app.serverId)) return resources.find(agentId, shown);
  return app.uri === shown ? (resources.listed(agentId, shown) ?? app) : app;
}

/** `resources/read` and, through `effect`, `resources/subscribe`. */
export function resourceRoute(
  ports: PipelinePorts,
  exchange: Exchange,
  uri: string,
  effect: CallRoute['effect'] = null,
): CallRoute {
  const { params } = exchange;
  return {
    ...plainRoute,
    find() {
      const found = findResource(ports, exchange, uri);
      if (!found) return null;
      return describePlainTarget({
        kind: 'resource',
        server: found.server,
        name: found.uri,
        exposedName: uri,
        arguments: { uri: found.uri },
        params: { ...params, uri: found.uri },
      });
    },
    learn: () => readForName(ports, exchange, ['resources/list', 'resources/templates/list']),
    missing: unknownResource(uri, exchange.era === 'modern'),
    effect,
  };
}
