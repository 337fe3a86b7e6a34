import type { ArmedCall } from '../core/stages.ts';
import { askNames } from '../eras/capabilities.ts';
import { metaKeys, modernVersion } from '../eras/modern-methods.ts';
import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';
import { isObject } from './messages.ts';

/** They speak of one hop and are written anew for the next; every other key is carried through. */
const hopKeys = new Set<string>([
  metaKeys.protocolVersion,
  metaKeys.clientInfo,
  metaKeys.clientCapabilities,
  metaKeys.logLevel,
  metaKeys.subscriptionId,
]);

/** The agent's `_meta` without the members of its own hop: progress, trace context and vendor keys stay. */
export function carriedMeta(params: JsonObject): JsonObject {
  const { _meta: meta } = params;
  if (!isObject(meta)) return {};
  return Object.fromEntries(Object.entries(meta).filter(([key]) => !hopKeys.has(key)));
}

/** The envelope ScopeGate puts on each modern request. */
export function hopMeta(version: string, capabilities: JsonObject, logLevel: string | null): JsonObject {
  return {
    [metaKeys.protocolVersion]: modernVersion,
    [metaKeys.clientInfo]: { name: 'scopegate', title: 'ScopeGate', version },
    [metaKeys.clientCapabilities]: capabilities,
    ...(logLevel === null ? {} : { [metaKeys.logLevel]: logLevel }),
  };
}

const asking = new Set<string>(Object.values(askNames));

/** What a client can do without being asked anything: extensions, experimental and vendor members. */
export function withoutAsking(capabilities: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(capabilities).filter(([name]) => !asking.has(name)));
}

/**
 * The parameters of a call as a legacy server gets them. The progress token becomes the request's id: two agents may
 * choose the same token, and a server must not be able to address another agent's call with it.
 */
export function legacyParams(id: number, call: ArmedCall): { params: JsonObject; agentToken: JsonValue | undefined } {
  const { _meta: given, ...others } = call.params;
  if (!isObject(given)) return { params: call.params, agentToken: undefined };
  const meta = carriedMeta(call.params);
  const agentToken = meta.progressToken;
  if (agentToken !== undefined) meta.progressToken = id;
  const isOnlyHop = Object.keys(meta).length === 0 && Object.keys(given).length > 0;
  return { params: isOnlyHop ? others : { ...others, _meta: meta }, agentToken };
}
