import { type JsonObject, rpcErrorCodes } from '../wire/json-rpc.ts';
import { type Envelope, locateEnvelope, toRawResponse } from '../wire/raw-response.ts';
import type { LinkEvents } from './link.ts';
import { isObject } from './messages.ts';
import type { PendingCalls } from './pending-calls.ts';

export interface InboundPorts {
  pending: PendingCalls;
  events: LinkEvents;
  /** Sends our answer to a request of the server. */
  reply(text: string): void;
  /** A line for the server's log, from ScopeGate. */
  note(text: string): void;
}

/** Progress and notices are small; a larger one is dropped unread. */
const maxNoticeBytes = 256 * 1024;

/**
 * Routes one message of a server: answers to the calls that wait, progress to its call, `ping` answered, every other
 * request refused with -32601 because the capabilities we declare are empty.
 */
export function receiveMessage(bytes: Buffer, ports: InboundPorts): Envelope {
  const envelope = locateEnvelope(bytes);
  if (envelope.kind === 'response') {
    const id = readId(bytes, envelope);
    if (typeof id === 'number') ports.pending.settle(id, toRawResponse(bytes, envelope));
  } else if (envelope.kind === 'request') answer(bytes, envelope, ports);
  else if (envelope.kind === 'notification') takeNotice(bytes, envelope.method, ports);
  else if (envelope.reason === 'duplicate_member' || envelope.reason === 'ambiguous') {
    ports.note('Refused a message with two contradicting members (id, result, error or method).');
  } else if (envelope.reason === 'no_id') ports.note('Dropped an answer without an id.');
  return envelope;
}

/** The id as JSON reads it; undefined when it is not one. */
export function readId(bytes: Buffer, at: { idStart: number; idEnd: number }): string | number | null | undefined {
  try {
    const id: unknown = JSON.parse(bytes.toString('utf8', at.idStart, at.idEnd));
    return typeof id === 'string' || typeof id === 'number' || id === null ? id : undefined;
  } catch {
    return undefined;
  }
}

function answer(bytes: Buffer, request: Extract<Envelope, { kind: 'request' }>, ports: InboundPorts): void {
  const id = readId(bytes, request);
  if (id === undefined || id === null) return;
  if (request.method === 'ping') {
    ports.reply(JSON.stringify({ jsonrpc: '2.0', id, result: {} }));
    return;
  }
  const error = { code: rpcErrorCodes.methodNotFound, message: 'This client did not declare that capability.' };
  ports.reply(JSON.stringify({ jsonrpc: '2.0', id, error }));
}

function takeNotice(bytes: Buffer, method: string, ports: InboundPorts): void {
  if (method === 'notifications/tools/list_changed') ports.events.onToolsChanged();
  if (method !== 'notifications/progress' || bytes.length > maxNoticeBytes) return;
  const params = readParams(bytes);
  if (params !== null) ports.pending.relayProgress(params);
}

function readParams(bytes: Buffer): JsonObject | null {
  try {
    const message: unknown = JSON.parse(bytes.toString('utf8'));
    return isObject(message) && isObject(message.params) ? message.params : null;
  } catch {
    return null;
  }
}
