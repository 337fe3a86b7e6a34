import { unknownPrompt } from '../core/refusals.ts';
import type { Exchange } from '../exchange.ts';
import { isObject } from '../wire/parse-message.ts';
import { type CallRoute, plainRoute } from './call-route.ts';
import { describePlainTarget } from './plain-target.ts';
import type { PipelinePorts } from './ports.ts';
import { readForName } from './server-pages.ts';

/** The server and its own name behind a prompt's name, for this agent. */
export function findPrompt(
  ports: PipelinePorts,
  exchange: Exchange,
  exposed: string,
): { server: { id: string; name: string }; name: string } | null {
  const { agent, scope } = exchange;
  const open = ports.visibility.open(agent.id, scope);
  // on the path of one server its own names hold, and it knows best which it has
  const route = scope === null ? ports.prompts.find(exposed) : { serverId: scope, name: exposed };
  const server = open.find((candidate) => candidate.id === route?.serverId);
  return route && server ? { server, name: route.name } : null;
}

/** `prompts/get`. */
export function promptRoute(ports: PipelinePorts, exchange: Exchange, name: string): CallRoute {
  const { params } = exchange;
  return {
    ...plainRoute,
    find() {
      const found = findPrompt(ports, exchange, name);
      if (!found) return null;
      return describePlainTarget({
        kind: 'prompt',
        server: found.server,
        name: found.name,
        exposedName: name,
        arguments: isObject(params.arguments) ? params.arguments : {},
        params: { ...params, name: found.name },
      });
    },
    learn: () => readForName(ports, exchange, ['prompts/list']),
    missing: unknownPrompt(name),
  };
}
