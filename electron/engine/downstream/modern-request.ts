import type { LogLevel } from '../eras/log-levels.ts';
import { readLogLevel } from '../eras/log-levels.ts';
import { isRemoved, metaKeys, modernVersion } from '../eras/modern-methods.ts';
import type { SessionInfo } from '../exchange.ts';
import type { JsonObject, RpcErrorBody, RpcId, RpcRequest } from '../wire/json-rpc.ts';
import { rpcErrorCodes } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import type { Admission } from './head-guards.ts';
import { readClientInfo } from './initialize.ts';
import { findHeaderMismatch } from './modern-headers.ts';

/** One request of 2026-07-28 that says of itself all there is to know. */
export interface ModernRequest {
  id: RpcId;
  method: string;
  params: JsonObject;
  session: SessionInfo;
  /** The least severe log message it wants; null: none. */
  logLevel: LogLevel | null;
}

export interface ModernFault {
  status: number;
  error: RpcErrorBody;
}

export type ModernVerdict = { ok: true; request: ModernRequest } | { ok: false; fault: ModernFault };

/**
 * The ladder every modern request climbs, in the order of the specification: the fields of `_meta`, the version in header
 * and body, a version that is served, the other headers, a method that still exists.
 */
export function readModernRequest(
  head: Pick<Admission, 'protocolVersion' | 'mcpMethod' | 'mcpName' | 'mcpParams'>,
  message: RpcRequest,
  toolSchema: (name: string) => JsonObject | null,
): ModernVerdict {
  const { id, method } = message;
  const params = message.params ?? {};
  const meta = isObject(params._meta) ? params._meta : {};
  const version = meta[metaKeys.protocolVersion];
  const clientCapabilities = meta[metaKeys.clientCapabilities];
  const logLevel = readLogLevel(meta[metaKeys.logLevel]);
  if (typeof version !== 'string') return missing(metaKeys.protocolVersion);
  if (!isObject(clientCapabilities)) return missing(metaKeys.clientCapabilities);
  if (logLevel === null && meta[metaKeys.logLevel] !== undefined) return missing(metaKeys.logLevel);
  const clientInfo = meta[metaKeys.clientInfo];
  if (clientInfo !== undefined && !isObject(clientInfo)) return missing(metaKeys.clientInfo);
  if (head.protocolVersion !== version) return mismatch('The header MCP-Protocol-Version does not match the body.');
  if (version !== modernVersion) return unsupported(version);
  const problem = findHeaderMismatch(head, method, params, toolSchema);
  if (problem !== null) return mismatch(problem);
  if (isRemoved(method)) return refuse(404, rpcErrorCodes.methodNotFound, 'Method not found');
  const session: SessionInfo = {
    id: null,
    protocolVersion: version,
    clientInfo: readClientInfo(clientInfo),
    clientCapabilities,
  };
  return { ok: true, request: { id, method, params, session, logLevel } };
}

/** The answers a request brings, an object for each; null: they have another form. */
export function readInputResponses({ inputResponses }: JsonObject): JsonObject | null {
  if (inputResponses === undefined) return {};
  return isObject(inputResponses) && Object.values(inputResponses).every(isObject) ? inputResponses : null;
}

function refuse(status: number, code: number, message: string): ModernVerdict {
  return { ok: false, fault: { status, error: { code, message } } };
}

function missing(key: string): ModernVerdict {
  return refuse(400, rpcErrorCodes.invalidParams, `Invalid params: _meta must hold a valid ${key}.`);
}

function mismatch(message: string): ModernVerdict {
  return refuse(400, rpcErrorCodes.headerMismatch, message);
}

/** Legacy versions are served too, but not to a request of this shape, so only the modern one is named. */
function unsupported(requested: string): ModernVerdict {
  const error = {
    code: rpcErrorCodes.unsupportedVersion,
    message: 'Unsupported protocol version',
    data: { supported: [modernVersion], requested },
  };
  return { ok: false, fault: { status: 400, error } };
}
