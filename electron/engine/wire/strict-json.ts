import type { JsonObject, JsonValue } from './json-rpc.ts';

/** Bounds of one document; the figures are those of security.md 3.3. */
export interface StrictJsonLimits {
  /** Arrays and objects inside one another. */
  depth: number;
  /** Object members and array elements of the whole document together. */
  members: number;
  /** Characters of one number literal. */
  numberLength: number;
}

const strictJsonLimits: Readonly<StrictJsonLimits> = { depth: 64, members: 20_000, numberLength: 64 };

export type StrictJsonFaultCode =
  | 'encoding'
  | 'syntax'
  | 'duplicate_key'
  | 'forbidden_key'
  | 'lone_surrogate'
  | 'number'
  | 'too_deep'
  | 'too_many_members';

export interface StrictJsonFault {
  code: StrictJsonFaultCode;
  /** A sentence that names the place and never quotes the document. */
  message: string;
}

export type StrictJsonResult = { ok: true; value: JsonValue } | { ok: false; fault: StrictJsonFault };

/** Where the one pass over the text stands. */
interface Scan {
  readonly text: string;
  readonly limits: StrictJsonLimits;
  pos: number;
  members: number;
  fault: StrictJsonFault | null;
}

/**
 * Objects come without `Object.prototype`, so that a member nobody sent (`constructor`, `toString`) is never found on
 * them. A constructor with a bare prototype keeps them in the engine's fast shape, which `Object.create(null)` does not.
 */
function BareObject(): void {}
BareObject.prototype = Object.freeze(Object.create(null));
const newObject = BareObject as unknown as { new (): JsonObject };

// ignoreBOM keeps a leading U+FEFF in the text, where it is a syntax error: RFC 8259 8.1 lets no sender add one.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const numberPattern = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const hexPattern = /^[0-9a-fA-F]{4}$/;
/**
 * Reads one JSON document (RFC 8259) and refuses everything two parsers could read differently: bad UTF-8, a byte-order
 * mark, a key given twice (after unescaping), `__proto__`, lone surrogates, numbers that a double cannot hold. What it
 * accepts equals what `JSON.parse` gives. Linear in the length; never throws on bad input.
 */
export function parseStrictJson(bytes: Buffer, limits: StrictJsonLimits = strictJsonLimits): StrictJsonResult {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return { ok: false, fault: { code: 'encoding', message: 'The text is not valid UTF-8.' } };
  }
  const scan: Scan = { text, limits, pos: 0, members: 0, fault: null };
  const value = readValue(scan, 0);
  if (value !== undefined) {
    skipSpace(scan);
    if (scan.pos < text.length) fail(scan, 'syntax', 'Text follows the document');
  }
  if (scan.fault !== null) return { ok: false, fault: scan.fault };
  return { ok: true, value: value as JsonValue };
}

/** Notes the first fault and gives `undefined`, which no JSON value is. */
function fail(scan: Scan, code: StrictJsonFaultCode, what: string): undefined {
  scan.fault ??= { code, message: `${what} at character ${scan.pos}.` };
  return undefined;
}

function skipSpace(scan: Scan): void {
  const { text } = scan;
  let pos = scan.pos;
  for (;;) {
    const c = text.charCodeAt(pos);
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) break;
    pos++;
  }
  scan.pos = pos;
}

function readValue(scan: Scan, depth: number): JsonValue | undefined {
  skipSpace(scan);
  switch (scan.text.charCodeAt(scan.pos)) {
    case 0x7b:
      return readObject(scan, depth + 1);
    case 0x5b:
      return readArray(scan, depth + 1);
    case 0x22:
      return readString(scan);
    case 0x74:
      return readWord(scan, 'true', true);
    case 0x66:
      return readWord(scan, 'false', false);
    case 0x6e:
      return readWord(scan, 'null', null);
    default:
      return readNumber(scan);
  }
}

function readWord<T extends JsonValue>(scan: Scan, word: string, value: T): T | undefined {
  if (!scan.text.startsWith(word, scan.pos)) return fail(scan, 'syntax', 'Unexpected text');
  scan.pos += word.length;
  return value;
}

function readNumber(scan: Scan): number | undefined {
  numberPattern.lastIndex = scan.pos;
  const match = numberPattern.exec(scan.text);
  if (match === null) return fail(scan, 'syntax', 'Unexpected text');
  const literal = match[0];
  if (literal.length > scan.limits.numberLength) return fail(scan, 'number', 'A number is too long');
  const value = Number(literal);
  if (!Number.isFinite(value)) return fail(scan, 'number', 'A number is out of range');
  // Such an integer would reach the server as another one than the agent wrote.
  if (match[1] === undefined && match[2] === undefined && !Number.isSafeInteger(value)) {
    return fail(scan, 'number', 'An integer is beyond 2^53');
  }
  scan.pos += literal.length;
  return value;
}

/** `scan.pos` is at the opening quote. */
function readString(scan: Scan): string | undefined {
  const { text } = scan;
  const start = scan.pos + 1;
  for (let pos = start; pos < text.length; pos++) {
    const c = text.charCodeAt(pos);
    if (c === 0x22) {
      scan.pos = pos + 1;
      return text.slice(start, pos);
    }
    if (c === 0x5c) return readEscapedString(scan, start, pos);
    if (c < 0x20) {
      scan.pos = pos;
      return fail(scan, 'syntax', 'A control character in a string');
    }
  }
  scan.pos = text.length;
  return fail(scan, 'syntax', 'A string has no end');
}

/** The slow way of `readString`, taken from the first backslash on. */
function readEscapedString(scan: Scan, start: number, firstEscape: number): string | undefined {
  const { text } = scan;
  let value = text.slice(start, firstEscape);
  scan.pos = firstEscape;
  while (scan.pos < text.length) {
    const c = text.charCodeAt(scan.pos);
    if (c === 0x22) {
      scan.pos++;
      return value;
    }
    if (c < 0x20) return fail(scan, 'syntax', 'A control character in a string');
    if (c === 0x5c) {
      const unescaped = readEscape(scan);
      if (unescaped === undefined) return undefined;
      value += unescaped;
      continue;
    }
    const from = scan.pos;
    let to = from + 1;
    for (; to < text.length; to++) {
      const next = text.charCodeAt(to);
      if (next === 0x22 || next === 0x5c || next < 0x20) break;
    }
    value += text.slice(from, to);
    scan.pos = to;
  }
  return fail(scan, 'syntax', 'A string has no end');
}

/** `scan.pos` is at the backslash. */
function readEscape(scan: Scan): string | undefined {
  const simple = readSimpleEscape(scan.text.charCodeAt(scan.pos + 1));
  if (simple !== undefined) {
    scan.pos += 2;
    return simple;
  }
  if (scan.text.charAt(scan.pos + 1) !== 'u') return fail(scan, 'syntax', 'An unknown escape');
  return readUnicodeEscape(scan);
}

function readSimpleEscape(c: number): string | undefined {
  switch (c) {
    case 0x6e:
      return '\n';
    case 0x22:
      return '"';
    case 0x5c:
      return '\\';
    case 0x2f:
      return '/';
    case 0x74:
      return '\t';
    case 0x72:
      return '\r';
    case 0x62:
      return '\b';
    case 0x66:
      return '\f';
    default:
      return undefined;
  }
}

function readUnicodeEscape(scan: Scan): string | undefined {
  const unit = readHex(scan, scan.pos + 2);
  if (unit === undefined) return undefined;
  if (unit < 0xd800 || unit > 0xdfff) {
    scan.pos += 6;
    return String.fromCharCode(unit);
  }
  // Valid UTF-8 holds no surrogate, so its other half can only be the very next escape.
  const isPair = unit < 0xdc00 && scan.text.startsWith('\\u', scan.pos + 6);
  const low = isPair ? readHex(scan, scan.pos + 8) : 0;
  if (low === undefined) return undefined;
  if (low < 0xdc00 || low > 0xdfff) return fail(scan, 'lone_surrogate', 'Half of a surrogate pair');
  scan.pos += 12;
  return String.fromCharCode(unit, low);
}

function readHex(scan: Scan, at: number): number | undefined {
  const digits = scan.text.slice(at, at + 4);
  if (!hexPattern.test(digits)) return fail(scan, 'syntax', 'A bad \\u escape');
  return Number.parseInt(digits, 16);
}

function readArray(scan: Scan, depth: number): JsonValue[] | undefined {
  if (depth > scan.limits.depth) return fail(scan, 'too_deep', 'The document is nested too deeply');
  const { text } = scan;
  const array: JsonValue[] = [];
  scan.pos++;
  skipSpace(scan);
  if (text.charCodeAt(scan.pos) === 0x5d) {
    scan.pos++;
    return array;
  }
  for (;;) {
    if (++scan.members > scan.limits.members)
      return fail(scan, 'too_many_members', 'The document has too many members');
    const value = readValue(scan, depth);
    if (value === undefined) return undefined;
    array.push(value);
    skipSpace(scan);
    const c = text.charCodeAt(scan.pos);
    if (c !== 0x2c && c !== 0x5d) return fail(scan, 'syntax', 'Unexpected text');
    scan.pos++;
    if (c === 0x5d) return array;
  }
}

function readObject(scan: Scan, depth: number): JsonObject | undefined {
  if (depth > scan.limits.depth) return fail(scan, 'too_deep', 'The document is nested too deeply');
  const { text } = scan;
  const object = new newObject();
  scan.pos++;
  skipSpace(scan);
  if (text.charCodeAt(scan.pos) === 0x7d) {
    scan.pos++;
    return object;
  }
  for (;;) {
    if (++scan.members > scan.limits.members)
      return fail(scan, 'too_many_members', 'The document has too many members');
    const key = readKey(scan, object);
    if (key === undefined) return undefined;
    const value = readValue(scan, depth);
    if (value === undefined) return undefined;
    object[key] = value;
    skipSpace(scan);
    const c = text.charCodeAt(scan.pos);
    if (c !== 0x2c && c !== 0x7d) return fail(scan, 'syntax', 'Unexpected text');
    scan.pos++;
    if (c === 0x7d) return object;
  }
}

/** Reads the next key and its colon; refuses a key that `object` has already. */
function readKey(scan: Scan, object: JsonObject): string | undefined {
  skipSpace(scan);
  if (scan.text.charCodeAt(scan.pos) !== 0x22) return fail(scan, 'syntax', 'A key was expected');
  const key = readString(scan);
  if (key === undefined) return undefined;
  // Parsers differ on what this key does: some set the prototype, and a name then appears that nobody decided on.
  if (key === '__proto__') return fail(scan, 'forbidden_key', 'A key that no request may use');
  if (key in object) return fail(scan, 'duplicate_key', 'A key is given twice');
  skipSpace(scan);
  if (scan.text.charCodeAt(scan.pos) !== 0x3a) return fail(scan, 'syntax', 'A colon was expected');
  scan.pos++;
  return key;
}
