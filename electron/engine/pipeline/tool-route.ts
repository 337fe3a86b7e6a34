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
  const describe = (tool: CatalogTool) => describeToolTarget(tool, params, args ?? {});
  const find = () => {
    const tool = ports.findListed(agent.id, scope, name);
    return tool ? describe(tool) : null;
  };
  return {
    ...plainRoute,
    find,
    learn: async () => {
      await ports.firstSync(signal, { scope, kind: 'name' });
    },
    findHidden() {
      const tool = ports.findOffered(scope, name);
      // without the arguments: what they are must not show in how long the refusal takes
      return tool ? describeToolTarget(tool, {}, {}) : null;
    },
    withArguments(edited) {
      const tool = ports.findListed(agent.id, scope, name);
      return tool ? describeToolTarget(tool, params, edited) : null;
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

/** A tool with the arguments it is called with; what was checked and shown is what is sent. */
export function describeToolTarget(tool: CatalogTool, params: JsonObject, args: JsonObject): Target {
  return {
    tool,
    risk: tool.risk,
    arguments: args,
    // absent arguments mean none
    params: { ...params, name: tool.name, arguments: args },
    subject: describeSubject(args),
  };
}
