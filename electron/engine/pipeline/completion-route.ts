import { unknownPrompt, unknownResource } from '../core/refusals.ts';
import type { Exchange } from '../exchange.ts';
import type { JsonObject, RpcErrorBody } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import { type CallRoute, plainRoute } from './call-route.ts';
import { describePlainTarget } from './plain-target.ts';
import type { PipelinePorts } from './ports.ts';
import { findPrompt } from './prompt-route.ts';
import { findResource } from './resource-route.ts';
import { readForName } from './server-pages.ts';

interface FoundRef {
  server: { id: string; name: string };
  name: string;
  ref: JsonObject;
}

/** `completion/complete`: goes where the prompt or template it is about goes, and passes as that would. */
export function completionRoute(ports: PipelinePorts, exchange: Exchange, ref: JsonObject): CallRoute {
  const { params } = exchange;
  const isPrompt = ref.type === 'ref/prompt';
  const shown = String((isPrompt ? ref.name : ref.uri) ?? '');
  const lists = isPrompt ? (['prompts/list'] as const) : (['resources/templates/list', 'resources/list'] as const);
  return {
    ...plainRoute,
    find() {
      const found = isPrompt
        ? findPromptRef(ports, exchange, ref, shown)
        : findResourceRef(ports, exchange, ref, shown);
      if (!found) return null;
      const { argument } = params;
      return describePlainTarget({
        kind: 'completion',
        server: found.server,
        name: found.name,
        exposedName: shown,
        arguments: isObject(argument) ? argument : {},
        params: { ...params, ref: found.ref },
      });
    },
    learn: () => readForName(ports, exchange, lists),
    missing: missingRef(exchange, isPrompt, shown),
  };
}

function findPromptRef(ports: PipelinePorts, exchange: Exchange, ref: JsonObject, shown: string): FoundRef | null {
  const found = findPrompt(ports, exchange, shown);
  return found && { server: found.server, name: found.name, ref: { ...ref, name: found.name } };
}

function findResourceRef(ports: PipelinePorts, exchange: Exchange, ref: JsonObject, shown: string): FoundRef | null {
  const found = findResource(ports, exchange, shown, true) ?? findResource(ports, exchange, shown);
  return found && { server: found.server, name: found.uri, ref: { ...ref, uri: found.uri } };
}

function missingRef(exchange: Exchange, isPrompt: boolean, shown: string): RpcErrorBody {
  return isPrompt ? unknownPrompt(shown) : unknownResource(shown, exchange.era === 'modern');
}
