import { metaKeys, modernVersion } from '../eras/modern-methods.ts';
import type { RpcMessage } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';

/** A version header of the modern era. Revisions are ISO dates, so later ones sort behind the first one. */
export function isModernVersionHeader(header: string | null): boolean {
  return header !== null && /^\d{4}-\d{2}-\d{2}$/.test(header) && header >= modernVersion;
}

/**
 * Whether a POST speaks the modern era by its own claim (version in `_meta` or header, or the method that only that era
 * has). Only legacy clients post arrays and responses. An `initialize` that asks for a version is the legacy handshake,
 * whatever else it carries; one that only has modern `_meta` asks a modern server for a method it does not have.
 */
export function claimsModernEra(
  versionHeader: string | null,
  messages: readonly RpcMessage[],
  isBatch: boolean,
): boolean {
  const [message] = messages;
  if (isBatch || message === undefined || message.kind === 'response') return false;
  if (message.method === 'initialize' && message.params?.protocolVersion !== undefined) return false;
  if (message.method === 'server/discover') return true;
  const meta = message.params?._meta;
  if (isObject(meta) && metaKeys.protocolVersion in meta) return true;
  return message.method !== 'initialize' && isModernVersionHeader(versionHeader);
}
