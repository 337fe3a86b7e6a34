import type { ArmedCall } from '../core/stages.ts';
import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';

/** Message texts we write ourselves; every id on a link is ours, so an agent's id never reaches a server. */

export interface CallMessage {
  text: string;
  /** The agent's own progress token; undefined when it gave none, and then the server gets none. */
  agentToken: JsonValue | undefined;
}

/**
 * `tools/call` with the exact arguments that were decided on. The progress token becomes the call's id: two agents may
 * choose the same token, and a server must not be able to address another agent's call with it.
 */
export function writeCallMessage(id: number, call: ArmedCall): CallMessage {
  const { _meta: meta, ...others } = call.otherParams;
  const agentToken = isObject(meta) ? meta.progressToken : undefined;
  const sentMeta = isObject(meta) && agentToken !== undefined ? { ...meta, progressToken: id } : meta;
  const params: JsonObject = { ...others, name: call.tool.name, arguments: call.arguments };
  if (sentMeta !== undefined) params._meta = sentMeta;
  return { text: writeRequest(id, 'tools/call', params), agentToken };
}

export function writeRequest(id: number, method: string, params: JsonObject): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}

export function writeNotification(method: string, params?: JsonObject): string {
  return JSON.stringify({ jsonrpc: '2.0', method, params });
}

export function writeCancelled(id: number, reason: string): string {
  return writeNotification('notifications/cancelled', { requestId: id, reason });
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
