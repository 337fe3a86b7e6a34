import { told, unknownTool } from '../core/refusals.ts';
import { describeSubject } from '../core/subject.ts';
import type { Exchange } from '../exchange.ts';
import type { CatalogTool } from '../upstream/catalog.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import { type CallRoute, plainRoute, type Target } from './call-route.ts';
import type { PipelinePorts } from './ports.ts';

/** `tools/call`: by the list this agent sees, with the arguments checked against the tool's schema. */
export function toolRoute(ports: PipelinePorts, exchange: Exchange, name: string): CallRoute {
  const { agent, scope, params, signal } = exchange;
  const given = params.arguments;
  const args: JsonObject | null = given === undefined ? {} : isObject(given) ? given : null;
  const describe = (tool: CatalogTool): Target => ({
    tool,
    risk: tool.risk,
    arguments: args ?? {},
    // absent arguments mean none: what was checked and shown is what is sent
    params: { ...params, name: tool.name, arguments: args ?? {} },
    subject: describeSubject(args ?? {}),
  });
  const find = () => {
    const tool = ports.findListed(agent.id, scope, name);
    return tool ? describe(tool) : null;
  };
  return {
    ...plainRoute,
    find,
    learn: () => ports.firstSync(signal),
    findHidden() {
      const tool = ports.findOffered(scope, name);
      return tool ? describe(tool) : null;
    },
    check(target) {
      if (args === null) return { reasonCode: 'arguments_type', told: told.argumentsType };
      const { definitionHash, definition } = target.tool;
      const valid = ports.validator.check(definitionHash, definition, args);
      return valid.ok ? null : { reasonCode: 'arguments_schema', told: valid.message };
    },
    missing: unknownTool(name),
    isPinned: true,
  };
}
