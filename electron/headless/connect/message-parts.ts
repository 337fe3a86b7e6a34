import { claimsModernEra } from '../../engine/downstream/era-claim.ts';
import type { Era } from '../../engine/exchange.ts';
import type { JsonObject, JsonValue, RpcMessage } from '../../engine/wire/json-rpc.ts';
import { isObject } from '../../engine/wire/parse-message.ts';
import { type Envelope, locateEnvelope, splitBatch } from '../../engine/wire/raw-response.ts';

/** One JSON-RPC message inside a line or an event; ids are compared by `key`, which is the same for every spelling. */
export interface MessagePart {
  kind: 'request' | 'notification' | 'response';
  method: string | null;
  id: { key: string; text: string } | null;
}

const maxBatch = 1000;

/** What is in these bytes, one message or an array of them (2025-03-26); null when it is no JSON-RPC. */
export function readParts(bytes: Buffer): MessagePart[] | null {
  const parts: MessagePart[] = [];
  for (const member of splitBatch(bytes, maxBatch) ?? [bytes]) {
    const envelope = locateEnvelope(member);
    if (envelope.kind === 'refused') return null;
    parts.push({ kind: envelope.kind, method: methodOf(envelope), id: idOf(member, envelope) });
  }
  return parts;
}

function methodOf(envelope: Envelope): string | null {
  return 'method' in envelope ? envelope.method : null;
}

function idOf(bytes: Buffer, envelope: Envelope): MessagePart['id'] {
  if (!('idStart' in envelope)) return null;
  const text = bytes.toString('utf8', envelope.idStart, envelope.idEnd);
  try {
    return { key: JSON.stringify(JSON.parse(text)), text };
  } catch {
    return null;
  }
}

/** One line of the agent, as it came, with what its way depends on. */
export interface ClientLine {
  bytes: Buffer;
  /** Empty: it cannot be read, and the gateway says why. */
  parts: MessagePart[];
  /** Of the only message in it; null for a batch. */
  only: { part: MessagePart; params: JsonObject } | null;
  era: Era;
}

export function readClientLine(bytes: Buffer): ClientLine {
  const parts = readParts(bytes) ?? [];
  const [part] = parts;
  const value = parts.length === 1 ? parse(bytes) : undefined;
  if (part === undefined || !isObject(value)) return { bytes, parts, only: null, era: 'legacy' };
  const params = isObject(value.params) ? value.params : {};
  const era = claimsModernEra(null, [asMessage(part, params)], false) ? 'modern' : 'legacy';
  return { bytes, parts, only: { part, params }, era };
}

function asMessage({ kind, method }: MessagePart, params: JsonObject): RpcMessage {
  if (kind === 'response' || method === null) return { kind: 'response', id: null };
  return kind === 'request' ? { kind, id: 0, method, params } : { kind: 'notification', method, params };
}

function parse(bytes: Buffer): JsonValue | undefined {
  try {
    return JSON.parse(bytes.toString('utf8')) as JsonValue;
  } catch {
    return undefined;
  }
}

/** The members of the `result` in a response; null when it has none. */
export function readResult(bytes: Buffer): JsonObject | null {
  const value = parse(bytes);
  return isObject(value) && isObject(value.result) ? value.result : null;
}

/** The `error` in a response; null when it has none. */
export function readError(bytes: Buffer): { code: unknown; message: unknown } | null {
  const value = parse(bytes);
  return isObject(value) && isObject(value.error) ? { code: value.error.code, message: value.error.message } : null;
}

/** The same message without line breaks, which JSON has between tokens only: on stdio a line is a message. */
export function asLine(bytes: Buffer): Buffer {
  if (bytes.indexOf(0x0a) < 0 && bytes.indexOf(0x0d) < 0) return bytes;
  return Buffer.from(bytes.map((byte) => (byte === 0x0a || byte === 0x0d ? 0x20 : byte)));
}
