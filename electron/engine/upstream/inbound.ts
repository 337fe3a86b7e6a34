import type { JsonObject, RpcId } from '../wire/json-rpc.ts';
import { type Envelope, locateEnvelope, splitBatch } from '../wire/raw-response.ts';
import { isObject } from './messages.ts';

/** What a link makes of the messages of its server; `streamOf` is the request whose own stream brought it, null: none. */
export interface MessageTaker {
  onResponse(id: number, bytes: Buffer, envelope: Extract<Envelope, { kind: 'response' }>): void;
  onRequest(id: RpcId, method: string, params: JsonObject, streamOf: number | null): void;
  onNotification(method: string, params: JsonObject, streamOf: number | null): void;
  /** An answer nested so deep that nobody reads it, to this request as far as can be told. */
  onTooDeep(id: number): void;
  /** Takes secrets out; the very same bytes when there are none. */
  clean(bytes: Buffer): Buffer;
  /** A line for the server's log, from ScopeGate. */
  note(text: string): void;
}

export interface Received {
  /** False: this is no JSON-RPC at all. */
  isJson: boolean;
  /** Ids of the responses among what was received. */
  answered: number[];
}

/** Notices and questions are small; a larger one is dropped unread. */
const maxSideMessageBytes = 1024 * 1024;
const maxBatch = 1000;

/** Takes one message of a server, or an array of them (MCP 2025-03-26), apart. Never throws on bad input. */
export function receiveMessage(raw: Buffer, streamOf: number | null, taker: MessageTaker): Received {
  const bytes = taker.clean(raw);
  const received: Received = { isJson: true, answered: [] };
  const batch = splitBatch(bytes, maxBatch);
  if (batch === null) takeOne(bytes, streamOf, taker, received);
  else for (const member of batch) takeOne(member, streamOf, taker, received);
  return received;
}

function takeOne(bytes: Buffer, streamOf: number | null, taker: MessageTaker, received: Received): void {
  const envelope = locateEnvelope(bytes);
  if (envelope.kind === 'response') {
    const id = readId(bytes, envelope);
    if (typeof id !== 'number') return;
    received.answered.push(id);
    taker.onResponse(id, bytes, envelope);
    return;
  }
  if (envelope.kind === 'refused') {
    if (envelope.reason === 'not_json') received.isJson = false;
    else if (envelope.reason === 'too_deep') takeTooDeep(bytes, taker, received);
    else if (envelope.reason === 'no_id') taker.note('Dropped an answer without an id.');
    else taker.note('Refused a message with two contradicting members (id, result, error or method).');
    return;
  }
  if (bytes.length > maxSideMessageBytes) {
    taker.note(`Dropped a ${envelope.kind} of more than 1 MiB (${envelope.method.slice(0, 100)}).`);
    return;
  }
  const params = readParams(bytes);
  if (params === null) return;
  if (envelope.kind === 'notification') {
    taker.onNotification(envelope.method, params, streamOf);
    return;
  }
  const id = readId(bytes, envelope);
  if (id !== undefined && id !== null) taker.onRequest(id, envelope.method, params, streamOf);
}

function takeTooDeep(bytes: Buffer, taker: MessageTaker, received: Received): void {
  const [id] = guessIds(bytes, bytes);
  taker.note('Refused a message that is nested too deep.');
  if (id === undefined) return;
  received.answered.push(id);
  taker.onTooDeep(id);
}

/**
 * The ids an answer nobody reads may have, from its first and its last bytes: one stands at one of its ends. A wrong guess
 * could only fail a call of this same server, which it can do anyway.
 */
export function guessIds(head: Buffer, tail: Buffer): number[] {
  const atHead = /"id"\s*:\s*(\d{1,15})\s*,/.exec(head.toString('latin1', 0, 128));
  const atTail = /"id"\s*:\s*(\d{1,15})\s*\}\s*$/.exec(tail.toString('latin1', Math.max(0, tail.length - 512)));
  return [atHead, atTail].flatMap((hit) => (hit === null ? [] : Number(hit[1])));
}

/** The id as JSON reads it; undefined when it is not one. */
export function readId(bytes: Buffer, at: { idStart: number; idEnd: number }): RpcId | null | undefined {
  try {
    const id: unknown = JSON.parse(bytes.toString('utf8', at.idStart, at.idEnd));
    return typeof id === 'string' || typeof id === 'number' || id === null ? id : undefined;
  } catch {
    return undefined;
  }
}

/** No params are empty params; null: the message is not JSON after all. */
function readParams(bytes: Buffer): JsonObject | null {
  try {
    const message: unknown = JSON.parse(bytes.toString('utf8'));
    return isObject(message) && isObject(message.params) ? message.params : {};
  } catch {
    return null;
  }
}
