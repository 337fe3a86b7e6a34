import { metaKeys, modernVersion } from '../eras/modern-methods.ts';
import type { JsonObject, RawResponse } from '../wire/json-rpc.ts';
import type { FaultMaker } from './faults.ts';
import { isLegacyVersion, makeHello, parseResponse } from './handshake.ts';
import type { LinkFault, ServerHello } from './link.ts';
import { isObject } from './messages.ts';

/** What the answer to `server/discover` says of a server. `silent`: nothing; `initialize` decides. */
export type EraFinding =
  | { kind: 'modern'; hello: ServerHello }
  | { kind: 'legacy' }
  /** Neither: an outage, a refusal of us, or a revision unknown here. No verdict is kept. */
  | { kind: 'fault'; fault: LinkFault };

/** Errors of MCP 2026-07-28; no earlier revision defines them. */
export const modernErrors = { headerMismatch: -32020, missingCapability: -32021, unsupportedVersion: -32022 } as const;
const methodNotFound = -32601;

/**
 * Judges a JSON-RPC answer to `server/discover`. Anything that is neither a DiscoverResult nor an error only a modern
 * server gives identifies a legacy one (versioning, "Backward Compatibility"); over HTTP an unknown method with status
 * 404 is such an error too. `httpStatus` is null on stdio.
 */
export function judgeDiscovery(response: RawResponse, httpStatus: number | null, makeFault: FaultMaker): EraFinding {
  const message = parseResponse(response);
  if (response.has === 'result') return judgeResult(message?.result, makeFault);
  const error = isObject(message?.error) ? message.error : {};
  if (error.code === modernErrors.unsupportedVersion) {
    const data = isObject(error.data) ? error.data : {};
    return judgeVersions(data.supported, makeFault);
  }
  if (httpStatus === null) return { kind: 'legacy' };
  if (error.code === methodNotFound && httpStatus === 404) return modernWithoutDiscovery();
  if (error.code === modernErrors.missingCapability && httpStatus >= 400) return modernWithoutDiscovery();
  if (error.code === modernErrors.headerMismatch && httpStatus >= 400) return headersLost(makeFault);
  return { kind: 'legacy' };
}

function judgeResult(result: unknown, makeFault: FaultMaker): EraFinding {
  if (!isObject(result) || !Array.isArray(result.supportedVersions)) return { kind: 'legacy' };
  if (!result.supportedVersions.includes(modernVersion)) return judgeVersions(result.supportedVersions, makeFault);
  const meta = isObject(result._meta) ? result._meta : {};
  return { kind: 'modern', hello: makeHello(modernVersion, result, meta[metaKeys.serverInfo] ?? result.serverInfo) };
}

function judgeVersions(supported: unknown, makeFault: FaultMaker): EraFinding {
  const versions = Array.isArray(supported) ? supported : [];
  // It refuses the very version it names (a deployment in the middle of an update): the next request shows.
  if (versions.includes(modernVersion)) return modernWithoutDiscovery();
  if (versions.length === 0 || versions.some(isLegacyVersion)) return { kind: 'legacy' };
  const fault = makeFault('protocol', {
    message: 'The server speaks no protocol version ScopeGate knows.',
    fix: 'Update ScopeGate, or use an older version of this server.',
    detail: `supported: ${JSON.stringify(versions).slice(0, 300)}`,
  });
  return { kind: 'fault', fault };
}

/** It must answer discovery and does not; what it can do shows when it is asked for it. */
function modernWithoutDiscovery(): EraFinding {
  const nothing: JsonObject = {};
  return { kind: 'modern', hello: makeHello(modernVersion, nothing, null) };
}

function headersLost(makeFault: FaultMaker): EraFinding {
  const fault = makeFault('protocol', {
    message: 'The server did not get the headers ScopeGate sent (MCP-Protocol-Version, Mcp-Method).',
    fix: 'Look for a proxy between ScopeGate and the server that removes headers.',
  });
  return { kind: 'fault', fault };
}
