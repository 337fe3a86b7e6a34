import { unknownMethod } from '../core/refusals.ts';
import type { Exchange } from '../exchange.ts';
import { type CallRoute, plainRoute } from './call-route.ts';
import { describePlainTarget } from './plain-target.ts';
import type { PipelinePorts } from './ports.ts';

/**
 * A method no specification names. It says nothing of whom it means, so it goes on only where that is clear: on the path
 * of one server, or when the agent sees one server only.
 */
export function vendorRoute(ports: PipelinePorts, exchange: Exchange): CallRoute {
  const { agent, scope, method, params } = exchange;
  return {
    ...plainRoute,
    find() {
      const server = ports.visibility.sole(agent.id, scope);
      if (!server || !ports.visibility.isOpen(agent.id, server.id)) return null;
      const { _meta: _hidden, ...args } = params;
      return describePlainTarget({
        kind: 'vendor',
        server,
        name: method,
        exposedName: method,
        arguments: args,
        params,
      });
    },
    missing: unknownMethod,
  };
}
