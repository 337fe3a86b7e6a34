import type { RpcMessage } from '../wire/json-rpc.ts';
import { rpcErrorCodes } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import type { AgentRequest } from './agent-request.ts';
import { sendError } from './http-reply.ts';
import { legacyVersions } from './initialize.ts';

const versionKey = 'io.modelcontextprotocol/protocolVersion';
/** The first revision without a handshake. Revisions are ISO dates, so later ones sort behind it. */
const firstModernVersion = '2026-07-28';

/**
 * Whether a POST speaks the modern era by its own claim (version in `_meta` or header, or the method that only that era
 * has). `initialize` is the legacy handshake whatever else it carries, and only legacy clients post arrays and responses.
 */
export function claimsModernEra(request: AgentRequest, messages: readonly RpcMessage[], isBatch: boolean): boolean {
  const [message] = messages;
  if (isBatch || message === undefined || message.kind === 'response' || message.method === 'initialize') return false;
  if (message.method === 'server/discover') return true;
  const meta = message.params?._meta;
  if (isObject(meta) && versionKey in meta) return true;
  const header = request.protocolVersion;
  return header !== null && /^\d{4}-\d{2}-\d{2}$/.test(header) && header >= firstModernVersion;
}

/**
 * The answer of a gateway that serves the handshake eras: 400 with an error that is none of the modern codes. Exactly
 * that makes a dual-era client fall back to `initialize` (2026-07-28, Streamable HTTP, backward compatibility); -32022
 * would tell it that this server is a modern one.
 */
export function refuseModernEra(request: AgentRequest, message: RpcMessage | undefined): void {
  const id = message?.kind === 'request' ? message.id : null;
  sendError(request.res, 400, id, {
    code: rpcErrorCodes.invalidRequest,
    message: `This gateway is used with a session: begin with initialize (${legacyVersions.join(', ')}).`,
    data: { supported: [...legacyVersions] },
  });
}
