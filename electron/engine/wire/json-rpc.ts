/** JSON-RPC 2.0 as MCP uses it: string or integer ids, params always an object. Unknown members are kept everywhere. */

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}
export type RpcId = string | number;

export interface RpcRequest {
  kind: 'request';
  id: RpcId;
  method: string;
  params: JsonObject | undefined;
}
export interface RpcNotification {
  kind: 'notification';
  method: string;
  params: JsonObject | undefined;
}
/** A response posted by the other side to a request of ours. */
export interface RpcResponse {
  kind: 'response';
  id: RpcId | null;
  result?: JsonValue;
  error?: RpcErrorBody;
}
export type RpcMessage = RpcRequest | RpcNotification | RpcResponse;

export interface RpcErrorBody {
  code: number;
  message: string;
  data?: JsonValue;
}

/** JSON-RPC 2.0 §5.1 and the MCP schemas. */
export const rpcErrorCodes = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** Up to 2025-11-25: no such resource. */
  resourceNotFound: -32002,
  /** 2025-11-25 only: the person has to visit a URL first. */
  urlElicitationRequired: -32042,
  /** 2026-07-28; all three come with HTTP 400. */
  headerMismatch: -32020,
  missingClientCapability: -32021,
  unsupportedVersion: -32022,
} as const;

/**
 * A message of the other side as it stands on the wire, with the place of its top-level `id` value, so that it can be
 * forwarded with another id without parsing the rest.
 */
export interface RawResponse {
  bytes: Buffer;
  /** Byte range of the `id` value inside `bytes`, end exclusive. */
  idStart: number;
  idEnd: number;
  /** Which member the response has. */
  has: 'result' | 'error';
}

/** What the router gives back for one request; the leg adds the envelope and the agent's own id. */
export type Reply =
  | { kind: 'result'; result: JsonValue }
  /** The serialised value of `result`, used as it is. */
  | { kind: 'result-bytes'; bytes: Buffer }
  | { kind: 'error'; error: RpcErrorBody }
  /** A whole response of an upstream; only its id is replaced. */
  | { kind: 'raw'; response: RawResponse };
