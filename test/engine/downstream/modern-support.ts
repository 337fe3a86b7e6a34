import type { JsonObject } from '../../../electron/engine/wire/json-rpc.ts';
import type { Answer, CallOptions, EventStream } from './support.ts';
import { openEvents, rpc, send } from './support.ts';

export const version = '2026-07-28';
export const versionKey = 'io.modelcontextprotocol/protocolVersion';
export const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities';
export const serverInfoKey = 'io.modelcontextprotocol/serverInfo';
export const subscriptionKey = 'io.modelcontextprotocol/subscriptionId';
export const gateway = { name: 'scopegate', title: 'ScopeGate', version: '0.0.1' };

export interface ModernOptions extends Omit<CallOptions, 'body' | 'session'> {
  id?: string | number;
  capabilities?: object;
  meta?: object;
}

/** Body and headers of a request as every modern client sends it. */
export function modernRequest(method: string, params: JsonObject = {}, options: ModernOptions = {}): CallOptions {
  const { id = 1, capabilities = {}, meta = {}, headers = {}, ...rest } = options;
  const _meta = { [versionKey]: version, [capabilitiesKey]: capabilities, ...meta };
  const name = params.name ?? params.uri;
  return {
    ...rest,
    method: 'POST',
    headers: {
      'MCP-Protocol-Version': version,
      'Mcp-Method': method,
      ...(typeof name === 'string' && method !== 'completion/complete' ? { 'Mcp-Name': name } : {}),
      ...headers,
    },
    body: rpc(id, method, { ...params, _meta }),
  };
}

export const sendModern = (
  port: number,
  method: string,
  params?: JsonObject,
  options?: ModernOptions,
): Promise<Answer> => send(port, modernRequest(method, params, options));

export const openModern = (
  port: number,
  method: string,
  params?: JsonObject,
  options?: ModernOptions,
): Promise<EventStream> => openEvents(port, modernRequest(method, params, options));

/** What an `input_required` answer holds. */
export interface InputRequired {
  resultType: 'input_required';
  inputRequests?: Record<string, { method: string; params: JsonObject }>;
  requestState: string;
}

export function resultOf<T = JsonObject>(answer: Answer): T {
  return (JSON.parse(answer.body) as { result: T }).result;
}
