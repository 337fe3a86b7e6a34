import type { JsonObject, RawResponse, RpcErrorBody } from '../wire/json-rpc.ts';
import { rpcErrorCodes } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import { hasEmptyMeta, removeMembers } from './edit-response.ts';
import { metaKeys } from './modern-methods.ts';
import { closeResponse, openResponse } from './raw-message.ts';

/** Members of a modern result that say nothing to clients of the handshake eras. */
const modernMembers = ['resultType', 'ttlMs', 'cacheScope'] as const;

/**
 * A modern server's response for a legacy agent: what only modern clients know is cut out of the bytes, the rest stays as
 * the server wrote it. The way back, a legacy server's response for a modern agent, is the modern leg's (modern-result.ts).
 */
export function toLegacyResponse(response: RawResponse): RawResponse {
  if (response.has === 'result') {
    const stripped = removeMembers(removeMembers(response, modernMembers), [metaKeys.serverInfo], true);
    return stripped !== response && hasEmptyMeta(stripped) ? removeMembers(stripped, ['_meta']) : stripped;
  }
  const open = openResponse(response);
  if (open?.has !== 'error') return response;
  const error = toLegacyError(open.error);
  return error === open.error ? response : closeResponse({ has: 'error', error });
}

/** The same for a result that was parsed anyway. */
export function toLegacyResult(result: JsonObject): JsonObject {
  const { resultType: _type, ttlMs: _ttl, cacheScope: _scope, _meta: meta, ...rest } = result;
  if (!isObject(meta)) return meta === undefined ? rest : { ...rest, _meta: meta };
  const { [metaKeys.serverInfo]: _info, ...kept } = meta;
  return Object.keys(kept).length === 0 ? rest : { ...rest, _meta: kept };
}

export function toModernError(error: RpcErrorBody): RpcErrorBody {
  if (error.code === rpcErrorCodes.resourceNotFound) return { ...error, code: rpcErrorCodes.invalidParams };
  // the code is not one of the modern era; who could be asked was asked before
  if (error.code === rpcErrorCodes.urlElicitationRequired) return { ...error, code: rpcErrorCodes.internal };
  return error;
}

/** These three speak of the hop between this gateway and its server, which the agent has no part in. */
const hopErrors: ReadonlySet<number> = new Set([
  rpcErrorCodes.headerMismatch,
  rpcErrorCodes.missingClientCapability,
  rpcErrorCodes.unsupportedVersion,
]);

export function toLegacyError(error: RpcErrorBody): RpcErrorBody {
  return hopErrors.has(error.code) ? { code: rpcErrorCodes.internal, message: error.message } : error;
}
