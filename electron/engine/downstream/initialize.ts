import { randomBytes } from 'node:crypto';
import type { SessionInfo } from '../exchange.ts';
import type { JsonObject, JsonValue, RpcErrorBody } from '../wire/json-rpc.ts';
import { rpcErrorCodes } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import type { DownstreamPorts } from './contract.ts';
import type { LegacySessionInfo } from './session-table.ts';

/** The revisions with an `initialize` handshake that are served here, oldest first. */
export const legacyVersions: readonly string[] = ['2025-03-26', '2025-06-18', '2025-11-25'];
const newestLegacyVersion = '2025-11-25';
/** The one revision in which a POST may hold an array. */
export const batchVersion = '2025-03-26';

const maxClientText = 200;

export type InitializeOutcome = { ok: true; info: LegacySessionInfo } | { ok: false; error: RpcErrorBody };

/** Reads the params of an `initialize` request and names the session it would open. */
export function readInitialize(params: JsonObject | undefined): InitializeOutcome {
  const { protocolVersion, capabilities, clientInfo } = params ?? {};
  if (typeof protocolVersion !== 'string') return invalid('initialize needs a protocolVersion.');
  if (capabilities !== undefined && !isObject(capabilities)) return invalid('capabilities must be an object.');
  if (clientInfo !== undefined && clientInfo !== null && !isObject(clientInfo)) {
    return invalid('clientInfo must be an object.');
  }
  return {
    ok: true,
    info: {
      // 128 random bits: cannot be guessed, although by itself it opens nothing.
      id: randomBytes(16).toString('hex'),
      // Lifecycle, version negotiation: the asked version if it is served, else the newest of ours.
      protocolVersion: legacyVersions.includes(protocolVersion) ? protocolVersion : newestLegacyVersion,
      clientInfo: readClientInfo(clientInfo),
      clientCapabilities: capabilities ?? {},
    },
  };
}

/** Name and version the gateway gives itself, in both eras. */
export function describeGateway(ports: DownstreamPorts): JsonObject {
  return { name: 'scopegate', title: 'ScopeGate', version: ports.version };
}

export function readClientInfo(value: JsonValue | undefined): SessionInfo['clientInfo'] {
  if (!isObject(value) || typeof value.name !== 'string') return null;
  const version = typeof value.version === 'string' ? value.version : '';
  return { name: value.name.slice(0, maxClientText), version: version.slice(0, maxClientText) };
}

function invalid(message: string): InitializeOutcome {
  return { ok: false, error: { code: rpcErrorCodes.invalidParams, message } };
}
