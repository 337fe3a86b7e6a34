import { applyEdits, type ByteEdit } from './edit-bytes.ts';

const quote = 0x22;
const backslash = 0x5c;

/**
 * Cleans the strings, member names and numbers of a JSON text one by one and leaves every other byte as it is: a value
 * that was written with escapes is seen as what it means. Null: this is no JSON, so its bytes have to be cleaned as text.
 */
export function cleanJson(bytes: Buffer, clean: (text: string) => string): Buffer | null {
  const edits: ByteEdit[] = [];
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] as number;
    if (byte === quote) {
      const end = endOfString(bytes, at);
      const text = end === null ? null : readString(bytes, at, end);
      if (end === null || text === null) return null;
      const cleaned = clean(text);
      if (cleaned !== text) edits.push({ start: at, end, with: Buffer.from(JSON.stringify(cleaned)) });
      at = end;
    } else if (isNumberByte(byte)) {
      const end = endOfNumber(bytes, at);
      const text = bytes.toString('latin1', at, end);
      const cleaned = clean(text);
      if (cleaned !== text) edits.push({ start: at, end, with: Buffer.from(JSON.stringify(cleaned)) });
      at = end;
    } else at += 1;
  }
  return edits.length === 0 ? bytes : Buffer.concat(applyEdits(bytes, edits));
}

function endOfString(bytes: Buffer, start: number): number | null {
  for (let at = start + 1; at < bytes.length; at += 1) {
    if (bytes[at] === backslash) at += 1;
    else if (bytes[at] === quote) return at + 1;
  }
  return null;
}

function readString(bytes: Buffer, start: number, end: number): string | null {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8', start, end));
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

/** Digits, sign, point and exponent; a letter outside strings is part of `true`, `false` or `null` otherwise. */
function isNumberByte(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2d;
}

function endOfNumber(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && /[0-9.eE+-]/.test(String.fromCharCode(bytes[at] as number))) at += 1;
  return at;
}

/** Any `\` escape that changes what a letter looks like, but not what it is. */
const escapes = /\\u([0-9a-fA-F]{4})|\\\//g;

export function hasEscapes(text: Buffer): boolean {
  return text.includes('\\u') || text.includes('\\/');
}

/** The text with one level of such escapes undone. */
export function undoEscapes(text: string): string {
  return text.replace(escapes, (_all, code?: string) =>
    code === undefined ? '/' : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
