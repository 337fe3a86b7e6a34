import type { RawResponse } from './json-rpc.ts';

/**
 * What one JSON-RPC message is and where its parts stand, found without parsing the payload. `refused` is a message
 * that must not be used: two top-level members of one meaning (a hostile server could answer another call with the
 * second `id`), result and method together, a known name in other letter case, or no JSON object at all.
 */
export type Envelope =
  | {
      kind: 'response';
      has: 'result' | 'error';
      idStart: number;
      idEnd: number;
      valueStart: number;
      valueEnd: number;
      /** Both `result` and `error` are there and one of them is null. */
      untidy: boolean;
    }
  | { kind: 'request'; method: string; idStart: number; idEnd: number }
  | { kind: 'notification'; method: string }
  | { kind: 'refused'; reason: 'not_json' | 'too_deep' | 'duplicate_member' | 'ambiguous' | 'no_id' };

/** Deeper nesting than any honest message has; parsers on the agents' side may recurse. */
export const maxDepth = 512;
/** In place of an index: nested deeper than that. */
const tooDeep = -2;
/** `\u0072\u0065…`: the longest spelling of a member name we look for (inputRequests) is 13 letters of 6 bytes. */
const maxKeyBytes = 78;
/** Longer runs of plain text are skipped by the native search; below it a byte loop is faster. */
const nativeSearchAfter = 48;

const envelopeNames = new Set(['jsonrpc', 'id', 'method', 'params', 'result', 'error']);

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;

interface Span {
  start: number;
  end: number;
}

/**
 * Finds kind, `id`, method and payload of one message. Linear, iterative; bytes after the object must be white space.
 * For bytes that JSON.parse accepts, the spans are exactly the members JSON.parse would find.
 */
export function locateEnvelope(bytes: Buffer): Envelope {
  const found = new Map<string, Span>();
  let isDuplicate = false;
  let isVariant = false;
  const end = scanMembers(bytes, skipSpace(bytes, 0), (name, start, stop) => {
    if (!envelopeNames.has(name)) {
      if (envelopeNames.has(foldName(name))) isVariant = true;
      return;
    }
    if (found.has(name)) isDuplicate = true;
    found.set(name, { start, end: stop });
  });
  if (end === tooDeep) return { kind: 'refused', reason: 'too_deep' };
  if (end < 0 || skipSpace(bytes, end) !== bytes.length) return { kind: 'refused', reason: 'not_json' };
  if (isDuplicate) return { kind: 'refused', reason: 'duplicate_member' };
  if (isVariant) return { kind: 'refused', reason: 'ambiguous' };
  return classify(bytes, found);
}

/** Go's JSON reader takes `ID`, and `re\u017fult` with a long s, for the field itself: an agent written in Go would. */
function foldName(name: string): string {
  return name.toLowerCase().replaceAll('\u017f', 's');
}

function classify(bytes: Buffer, found: Map<string, Span>): Envelope {
  const id = found.get('id');
  const method = found.get('method');
  const result = found.get('result');
  const error = found.get('error');
  if (id !== undefined && !isScalar(bytes, id.start)) return { kind: 'refused', reason: 'not_json' };
  if (method !== undefined) {
    if (result !== undefined || error !== undefined) return { kind: 'refused', reason: 'ambiguous' };
    const name = readString(bytes, method);
    if (name === null) return { kind: 'refused', reason: 'not_json' };
    if (id === undefined) return { kind: 'notification', method: name };
    return { kind: 'request', method: name, idStart: id.start, idEnd: id.end };
  }
  const has = chooseMember(bytes, result, error);
  if (has === null) return { kind: 'refused', reason: 'ambiguous' };
  if (id === undefined) return { kind: 'refused', reason: 'no_id' };
  const value = has === 'result' ? result : error;
  if (value === undefined) return { kind: 'refused', reason: 'ambiguous' };
  const untidy = result !== undefined && error !== undefined;
  return {
    kind: 'response',
    has,
    idStart: id.start,
    idEnd: id.end,
    valueStart: value.start,
    valueEnd: value.end,
    untidy,
  };
}

/** JSON-RPC wants exactly one; some servers write the other as null, which says nothing. */
function chooseMember(bytes: Buffer, result: Span | undefined, error: Span | undefined): 'result' | 'error' | null {
  if (result === undefined && error === undefined) return null;
  if (error === undefined) return 'result';
  if (result === undefined) return 'error';
  if (isNull(bytes, error)) return 'result';
  return isNull(bytes, result) ? 'error' : null;
}

/**
 * A located response in the form links hand on. Raw line breaks become spaces (JSON has them only between tokens), so
 * the bytes are one line and cannot end an SSE event or a stdio frame of the agents' side.
 */
export function toRawResponse(bytes: Buffer, at: Extract<Envelope, { kind: 'response' }>): RawResponse {
  const line = withoutLineBreaks(bytes);
  if (!at.untidy) return { bytes: line, idStart: at.idStart, idEnd: at.idEnd, has: at.has };
  const head = Buffer.from('{"jsonrpc":"2.0","id":');
  const id = line.subarray(at.idStart, at.idEnd);
  const name = Buffer.from(`,"${at.has}":`);
  const value = line.subarray(at.valueStart, at.valueEnd);
  const tidy = Buffer.concat([head, id, name, value, Buffer.from('}')]);
  return { bytes: tidy, idStart: head.length, idEnd: head.length + id.length, has: at.has };
}

function withoutLineBreaks(bytes: Buffer): Buffer {
  if (bytes.indexOf(0x0a) < 0 && bytes.indexOf(0x0d) < 0) return bytes;
  return Buffer.from(bytes.map((byte) => (byte === 0x0a || byte === 0x0d ? 0x20 : byte)));
}

const isErrorKey = Buffer.from('"isError"');
const asciiEscape = Buffer.from('\\u00');

/** True when the result of a `tools/call` says `isError: true` in its own members. Costs two searches when it does not. */
export function resultIsToolError(response: RawResponse): boolean {
  if (response.has !== 'result') return false;
  if (response.bytes.indexOf(isErrorKey) < 0 && response.bytes.indexOf(asciiEscape) < 0) return false;
  const envelope = locateEnvelope(response.bytes);
  if (envelope.kind !== 'response') return false;
  return saysIsError(response.bytes, envelope.valueStart);
}

/** True when the object at `at` says `isError: true` in its own members. */
export function saysIsError(bytes: Buffer, at = 0): boolean {
  let isError = false;
  scanMembers(bytes, at, (name, start, end) => {
    if (name === 'isError' && bytes.toString('latin1', start, end) === 'true') isError = true;
  });
  return isError;
}

export type MemberVisitor = (name: string, valueStart: number, valueEnd: number) => void;

/**
 * Walks the members of the object at `start`; returns the index after it, or less than 0. Names longer than `maxKeyBytes` as
 * they are spelled are not visited.
 */
export function scanMembers(bytes: Buffer, start: number, visit: MemberVisitor): number {
  if (bytes[start] !== openBrace) return -1;
  let at = skipSpace(bytes, start + 1);
  if (bytes[at] === closeBrace) return at + 1;
  for (;;) {
    if (bytes[at] !== quote) return -1;
    const keyEnd = skipString(bytes, at);
    if (keyEnd < 0) return -1;
    const colon = skipSpace(bytes, keyEnd);
    if (bytes[colon] !== 0x3a) return -1;
    const valueStart = skipSpace(bytes, colon + 1);
    const valueEnd = skipValue(bytes, valueStart);
    if (valueEnd < 0) return valueEnd;
    const name = readKey(bytes, at + 1, keyEnd - 1);
    if (name !== null) visit(name, valueStart, valueEnd);
    at = skipSpace(bytes, valueEnd);
    if (bytes[at] === closeBrace) return at + 1;
    if (bytes[at] !== 0x2c) return -1;
    at = skipSpace(bytes, at + 1);
  }
}

function readKey(bytes: Buffer, start: number, end: number): string | null {
  if (end - start > maxKeyBytes) return null;
  const raw = bytes.toString('utf8', start, end);
  // An escaped spelling ("\u0069d") is the same name to every parser, so it must be the same name here.
  return raw.includes('\\') ? readString(bytes, { start: start - 1, end: end + 1 }) : raw;
}

function readString(bytes: Buffer, span: Span): string | null {
  if (bytes[span.start] !== quote) return null;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8', span.start, span.end));
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

function skipValue(bytes: Buffer, start: number, depthLimit = maxDepth): number {
  const first = bytes[start];
  if (first === undefined) return -1;
  if (first === quote) return skipString(bytes, start);
  // `[` and `{` differ in the bit 0x20 only, and so do `]` and `}`.
  if ((first | 0x20) === openBrace) return skipContainer(bytes, start, depthLimit);
  let at = start;
  for (; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === 0x2c || byte <= 0x20 || (byte | 0x20) === closeBrace) break;
    if (byte === quote || byte === 0x3a || (byte | 0x20) === openBrace) return -1;
  }
  return at === start ? -1 : at;
}

function skipContainer(bytes: Buffer, start: number, depthLimit: number): number {
  let depth = 0;
  let at = start;
  while (at < bytes.length) {
    const byte = bytes[at] as number;
    if (byte === quote) {
      at = skipString(bytes, at);
      if (at < 0) return -1;
      continue;
    }
    at++;
    const folded = byte | 0x20;
    if (folded === openBrace) {
      if (++depth > depthLimit) return tooDeep;
    } else if (folded === closeBrace && --depth === 0) return at;
  }
  return -1;
}

/** From the opening quote to the index after the closing one, or -1. */
function skipString(bytes: Buffer, start: number): number {
  let at = start + 1;
  for (;;) {
    const nearEnd = Math.min(at + nativeSearchAfter, bytes.length);
    while (at < nearEnd) {
      const byte = bytes[at] as number;
      if (byte === quote) return at + 1;
      at += byte === backslash ? 2 : 1;
    }
    if (at >= bytes.length) return -1;
    const next = bytes.indexOf(quote, at);
    if (next < 0) return -1;
    if (!isEscaped(bytes, at, next)) return next + 1;
    at = next + 1;
  }
}

/** A quote is escaped when an odd run of backslashes stands before it; `from` is known to start a character. */
function isEscaped(bytes: Buffer, from: number, at: number): boolean {
  let run = at;
  while (run > from && bytes[run - 1] === backslash) run--;
  return (at - run) % 2 === 1;
}

function skipSpace(bytes: Buffer, start: number): number {
  let at = start;
  for (;;) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at++;
  }
}

function isScalar(bytes: Buffer, start: number): boolean {
  return ((bytes[start] as number) | 0x20) !== openBrace;
}

function isNull(bytes: Buffer, span: Span): boolean {
  return bytes.toString('latin1', span.start, span.end) === 'null';
}

/**
 * The bytes of a member of the result that stands there once, without reading the rest; null when it is absent.
 * `twice`: two members of that name, which two parsers would read differently.
 */
export function findResultMember(response: RawResponse, name: string): Buffer | 'twice' | null {
  if (response.has !== 'result') return null;
  const envelope = locateEnvelope(response.bytes);
  if (envelope.kind !== 'response') return null;
  let found: Buffer | 'twice' | null = null;
  scanMembers(response.bytes, envelope.valueStart, (member, start, end) => {
    if (member === name) found = found === null ? response.bytes.subarray(start, end) : 'twice';
  });
  return found;
}

/**
 * Where a member of the result stands in the bytes, in any spelling a reader might take for it; null when it is absent.
 * `ambiguous`: it is there twice, or in other letter case, which two readers would read differently.
 */
export function findLooseMember(
  response: RawResponse,
  name: string,
): { start: number; end: number } | 'ambiguous' | null {
  if (response.has !== 'result') return null;
  const envelope = locateEnvelope(response.bytes);
  if (envelope.kind !== 'response') return null;
  let found: { start: number; end: number } | 'ambiguous' | null = null;
  scanMembers(response.bytes, envelope.valueStart, (member, start, end) => {
    if (isSpelled(member, name)) found = found === null && member === name ? { start, end } : 'ambiguous';
  });
  return found;
}

/** True when some reader takes `member` for `name`. */
export function isSpelled(member: string, name: string): boolean {
  return member.length === name.length && foldName(member) === name.toLowerCase();
}

/**
 * The members of a JSON array, each as its own bytes; null when the text is no array of at most `max` members. Whether a
 * member is nested too deep is for its reader to say: the others are not lost over it, and its id can still be found.
 */
export function splitBatch(bytes: Buffer, max: number): Buffer[] | null {
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== 0x5b) return null;
  const members: Buffer[] = [];
  do {
    const start = skipSpace(bytes, at + 1);
    const end = skipValue(bytes, start, Number.POSITIVE_INFINITY);
    if (end < 0 || members.length === max) return null;
    members.push(bytes.subarray(start, end));
    at = skipSpace(bytes, end);
  } while (bytes[at] === 0x2c);
  return bytes[at] === 0x5d && skipSpace(bytes, at + 1) === bytes.length ? members : null;
}
