import type { JsonObject, JsonValue, RpcErrorBody, RpcId, RpcMessage, RpcResponse } from './json-rpc.ts';
import { rpcErrorCodes } from './json-rpc.ts';
import type { StrictJsonFault } from './strict-json.ts';
import { parseStrictJson } from './strict-json.ts';

/** Why a body is no message, with the id to answer to when it could be read safely. */
export interface MessageFault {
  id: RpcId | null;
  error: RpcErrorBody;
}

export type ParsedBody = { ok: true; messages: RpcMessage[]; isBatch: boolean } | { ok: false; fault: MessageFault };

export interface ParseBodyOptions {
  /** Arrays exist in MCP 2025-03-26 only. */
  allowBatch: boolean;
}

const maxBatchLength = 50;
const maxIdLength = 256;
const maxMethodLength = 256;

const requestMembers = new Set(['jsonrpc', 'id', 'method', 'params']);
const responseMembers = new Set(['jsonrpc', 'id', 'result', 'error']);

/**
 * Reads what an agent posted, strictly: one JSON-RPC 2.0 message, or an array of 1 to 50 where batches are allowed.
 * One bad member of an array refuses the whole array, so that nothing of an odd request runs.
 */
export function parseAgentBody(bytes: Buffer, options: ParseBodyOptions): ParsedBody {
  const json = parseStrictJson(bytes);
  if (!json.ok) return { ok: false, fault: { id: null, error: describeJsonFault(json.fault) } };
  if (!Array.isArray(json.value)) {
    const parsed = parseAgentMessage(json.value);
    return parsed.ok ? { ok: true, messages: [parsed.message], isBatch: false } : parsed;
  }
  if (!options.allowBatch) return invalid(null, 'Batches are not part of this protocol version.');
  if (json.value.length === 0 || json.value.length > maxBatchLength) {
    return invalid(null, `A batch holds 1 to ${maxBatchLength} messages.`);
  }
  const messages: RpcMessage[] = [];
  for (const value of json.value) {
    const parsed = parseAgentMessage(value);
    // No id: the fault speaks of the whole array.
    if (!parsed.ok) return { ok: false, fault: { ...parsed.fault, id: null } };
    messages.push(parsed.message);
  }
  return { ok: true, messages, isBatch: true };
}

type ParsedMessage = { ok: true; message: RpcMessage } | { ok: false; fault: MessageFault };

/** The strict envelope for agents: no unknown members, since vendor data belongs in `params` and `_meta`. */
function parseAgentMessage(value: JsonValue): ParsedMessage {
  if (!isObject(value)) return invalid(null, 'A message is one JSON object.');
  const id = isRpcId(value.id) ? value.id : null;
  if (value.jsonrpc !== '2.0') return invalid(id, 'The member jsonrpc must be "2.0".');
  if ('id' in value && id === null && !isErrorWithoutId(value)) {
    return invalid(null, `An id is a string of at most ${maxIdLength} characters or an integer.`);
  }
  return 'method' in value ? parseCall(value, id) : parseResponse(value, id);
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseCall(value: JsonObject, id: RpcId | null): ParsedMessage {
  const { method, params } = value;
  if (typeof method !== 'string' || method.length === 0 || method.length > maxMethodLength) {
    return invalid(id, `A method is a string of 1 to ${maxMethodLength} characters.`);
  }
  if (!hasOnly(value, requestMembers)) return invalid(id, 'The message has members that JSON-RPC does not know.');
  if (params !== undefined && !isObject(params)) {
    return {
      ok: false,
      fault: { id, error: { code: rpcErrorCodes.invalidParams, message: 'params must be an object.' } },
    };
  }
  const problem = findMetaProblem(params?._meta);
  if (problem !== null)
    return { ok: false, fault: { id, error: { code: rpcErrorCodes.invalidParams, message: problem } } };
  return {
    ok: true,
    message: id === null ? { kind: 'notification', method, params } : { kind: 'request', id, method, params },
  };
}

/** Every reader on the way takes `_meta` for an object, and a progress token for a name (schema: RequestMetaObject). */
function findMetaProblem(meta: JsonValue | undefined): string | null {
  if (meta === undefined || meta === null) return null;
  if (!isObject(meta)) return '_meta must be an object.';
  const { progressToken } = meta;
  if (progressToken === undefined || isRpcId(progressToken)) return null;
  return `A progress token is a string of at most ${maxIdLength} characters or an integer.`;
}

function parseResponse(value: JsonObject, id: RpcId | null): ParsedMessage {
  if (!hasOnly(value, responseMembers)) return invalid(id, 'The message has members that JSON-RPC does not know.');
  const { result, error } = value;
  if ((result === undefined) === (error === undefined)) {
    return invalid(id, 'A message has a method, a result or an error.');
  }
  if (result !== undefined) {
    if (id === null) return invalid(null, 'A result needs an id.');
    return { ok: true, message: { kind: 'response', id, result } };
  }
  if (!isErrorBody(error)) return invalid(id, 'An error has an integer code and a message.');
  const message: RpcResponse = { kind: 'response', id, error };
  return { ok: true, message };
}

function isRpcId(value: JsonValue | undefined): value is RpcId {
  return typeof value === 'string' ? value.length <= maxIdLength : Number.isSafeInteger(value);
}

/** JSON-RPC 2.0 §5: an error about a message whose id could not be read has the id null. */
function isErrorWithoutId(value: JsonObject): boolean {
  return value.id === null && value.error !== undefined && !('method' in value);
}

function isErrorBody(value: JsonValue | undefined): value is JsonObject & { code: number; message: string } {
  return isObject(value) && Number.isSafeInteger(value.code) && typeof value.message === 'string';
}

function hasOnly(value: JsonObject, members: ReadonlySet<string>): boolean {
  for (const key in value) if (!members.has(key)) return false;
  return true;
}

function invalid(id: RpcId | null, message: string): { ok: false; fault: MessageFault } {
  return { ok: false, fault: { id, error: { code: rpcErrorCodes.invalidRequest, message } } };
}

function describeJsonFault(fault: StrictJsonFault): RpcErrorBody {
  const isParseError = fault.code === 'syntax' || fault.code === 'encoding';
  return { code: isParseError ? rpcErrorCodes.parse : rpcErrorCodes.invalidRequest, message: fault.message };
}
