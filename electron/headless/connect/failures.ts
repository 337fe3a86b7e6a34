import { rpcErrorCodes } from '../../engine/wire/json-rpc.ts';
import type { HttpOutcome } from './gateway-door.ts';
import { readError } from './message-parts.ts';

/** Why a request has no answer of the gateway, in words for the agent and its person. */
export interface Failure {
  code: number;
  message: string;
}

/** Implementation-defined (JSON-RPC 2.0 §5.1), as the gateway uses it for what is not about the request itself. */
const unavailable = -32000;

const nobodyThere = new Set([
  'ECONNREFUSED',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);

export function describeFailure(outcome: HttpOutcome, address: string): Failure {
  if (outcome.kind === 'network') return isNobodyThere(outcome) ? notRunning(address) : lost;
  if (outcome.kind === 'status') return describeStatus(outcome.head.status, outcome.body, address);
  if (outcome.kind === 'read') return lost;
  return { code: rpcErrorCodes.internal, message: `What answers at ${address} is not ScopeGate (${outcome.reason}).` };
}

export function isNobodyThere(outcome: HttpOutcome): boolean {
  return outcome.kind === 'network' && nobodyThere.has(String((outcome.error as NodeJS.ErrnoException).code));
}

function notRunning(address: string): Failure {
  const fix = 'Start the ScopeGate app and try again; this connection then goes on by itself.';
  return { code: unavailable, message: `ScopeGate is not running: nobody answers at ${address}. ${fix}` };
}

/** The request was sent, so it may have had its effect. */
const lost: Failure = {
  code: unavailable,
  message:
    'The connection to ScopeGate broke while this request was under way, so its outcome is unknown here. ' +
    'ScopeGate shows under Live whether the call was made; look there before it is made again.',
};

function describeStatus(status: number, body: Buffer, address: string): Failure {
  if (status === 401) {
    const fix = 'Make a new token for this agent in ScopeGate and put it into SCOPEGATE_TOKEN or the token file.';
    return { code: unavailable, message: `ScopeGate does not accept this agent’s token. ${fix}` };
  }
  const said = readError(body)?.message;
  const words = typeof said === 'string' && said !== '' ? `: ${said}` : ' and gives no reason.';
  return { code: unavailable, message: `ScopeGate at ${address} answers ${status}${words}` };
}

/** An error response; `id` is the id's own JSON text. */
export function writeFailure(id: string, failure: Failure): Buffer {
  return Buffer.from(`{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(failure)}}`);
}
