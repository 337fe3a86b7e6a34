import type { JsonObject } from '../wire/json-rpc.ts';

/** Message texts we write ourselves; every id on a link is ours, so an agent's id never reaches a server. */

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
