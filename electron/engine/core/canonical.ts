import { createHash, createHmac, type KeyObject } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';

/** RFC 8785 text of a JSON value. Throws on lone surrogates, which have no canonical form. */
export function canonicalJson(value: JsonValue): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('value has no canonical JSON form');
  return text;
}

/** Pin of a tool: SHA-256, hex, over its whole canonical definition, so that any change is drift. */
export function hashDefinition(definition: JsonObject): string {
  return createHash('sha256').update(canonicalJson(definition)).digest('hex');
}

/** HMAC-SHA-256, hex, of canonical arguments under the engine's key: comparable, but low-entropy arguments cannot be guessed. */
export function digestArguments(key: KeyObject, args: JsonObject): string {
  return createHmac('sha256', key).update('arguments\0').update(canonicalJson(args)).digest('hex');
}

/** What an approval is bound to: this agent, this tool as it is defined now, exactly this request of it. */
export interface BoundRequest {
  agentId: string;
  method: string;
  kind: string;
  serverId: string;
  tool: string;
  definitionHash: string;
  argumentsDigest: string;
  /** Digest of every other member of the parameters but `_meta`. */
  otherDigest: string;
}

/** HMAC-SHA-256, hex, over every member of the request; no two different requests share a text. */
export function digestRequest(key: KeyObject, request: BoundRequest): string {
  const { agentId, method, kind, serverId, tool, definitionHash, argumentsDigest, otherDigest } = request;
  const members = [agentId, method, kind, serverId, tool, definitionHash, argumentsDigest, otherDigest];
  return createHmac('sha256', key).update('request\0').update(JSON.stringify(members)).digest('hex');
}

/** SHA-256, hex, of bytes as they were sent. */
export function hashBytes(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
