import type { JsonObject, RawResponse, RpcErrorBody } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';

/** A response taken apart; null when its payload is not what JSON-RPC wants. */
export type OpenResponse = { has: 'result'; result: JsonObject } | { has: 'error'; error: RpcErrorBody };

/** Parses a server's response. Only for the ways that must look inside: everything else forwards bytes. */
export function openResponse(response: RawResponse): OpenResponse | null {
  let message: unknown;
  try {
    message = JSON.parse(response.bytes.toString('utf8'));
  } catch {
    return null;
  }
  if (typeof message !== 'object' || message === null) return null;
  const { result, error } = message as { result?: JsonObject; error?: JsonObject };
  if (response.has === 'result') return isObject(result) ? { has: 'result', result } : null;
  if (!isObject(error) || typeof error.code !== 'number') return null;
  return { has: 'error', error: { ...error, code: error.code, message: String(error.message ?? '') } };
}

/** A response in the form links hand on, with an id that the agents' side replaces. */
export function closeResponse(open: OpenResponse): RawResponse {
  const head = '{"jsonrpc":"2.0","id":0';
  const payload = JSON.stringify(open.has === 'result' ? open.result : open.error);
  const bytes = Buffer.from(`${head},"${open.has}":${payload}}`);
  return { bytes, idStart: head.length - 1, idEnd: head.length, has: open.has };
}
