import type { JsonObject, RawResponse } from '../wire/json-rpc.ts';
import type { FaultMaker } from './faults.ts';
import type { ServerHello } from './link.ts';
import { isObject } from './messages.ts';

/** The newest revision with an `initialize` handshake; a server may answer with any older one. */
const offeredVersion = '2025-11-25';
const legacyVersions = new Set(['2024-10-07', '2024-11-05', '2025-03-26', '2025-06-18', offeredVersion]);

export function isLegacyVersion(version: unknown): boolean {
  return typeof version === 'string' && legacyVersions.has(version);
}

/** `capabilities`: what the link's owner can be asked; none on a link that agents share. */
export function initializeParams(version: string, capabilities: JsonObject): JsonObject {
  return {
    protocolVersion: offeredVersion,
    capabilities,
    clientInfo: { name: 'scopegate', title: 'ScopeGate', version },
  };
}

/** Reads the result of `initialize`; throws a `LinkFault` when the server refuses or speaks no version we know. */
export function readHello(response: RawResponse, makeFault: FaultMaker): ServerHello {
  const result = readResult(response, 'initialize', makeFault);
  const version = isObject(result) ? result.protocolVersion : undefined;
  if (!isObject(result) || typeof version !== 'string' || !legacyVersions.has(version)) {
    throw makeFault('protocol', {
      message: 'The server answered initialize with a protocol version ScopeGate does not know.',
      fix: 'Update the server, or ScopeGate.',
      detail: typeof version === 'string' ? `protocolVersion: ${version.slice(0, 100)}` : '',
    });
  }
  return makeHello(version, result, result.serverInfo);
}

/** What a server said of itself, in either era. */
export function makeHello(protocolVersion: string, result: JsonObject, serverInfo: unknown): ServerHello {
  const info = isObject(serverInfo) ? serverInfo : {};
  return {
    protocolVersion,
    serverInfo: { name: shortText(info.name), version: shortText(info.version) },
    capabilities: isObject(result.capabilities) ? result.capabilities : {},
    instructions: typeof result.instructions === 'string' ? result.instructions : null,
  };
}

/** A response as JSON reads it; null when it is none after all. */
export function parseResponse(response: RawResponse): JsonObject | null {
  try {
    const message: unknown = JSON.parse(response.bytes.toString('utf8'));
    return isObject(message) ? message : null;
  } catch {
    return null;
  }
}

/** The parsed `result` of a housekeeping request; an error answer becomes a `LinkFault` of kind `protocol`. */
export function readResult(response: RawResponse, method: string, makeFault: FaultMaker): JsonObject[string] {
  const message = parseResponse(response);
  if (message !== null && response.has === 'result' && message.result !== undefined) return message.result;
  const error = isObject(message?.error) ? message.error : {};
  throw makeFault('protocol', {
    message: `The server refused ${method}.`,
    fix: 'Read what it says below and its log; check its configuration.',
    detail: `${typeof error.code === 'number' ? `${error.code}: ` : ''}${shortText(error.message, 2000)}`,
  });
}

function shortText(value: unknown, max = 200): string {
  return typeof value === 'string' ? value.slice(0, max) : '';
}
