/** A piece of a text that says something else once decoded; UTF-16 offsets. */
export interface Blob {
  start: number;
  end: number;
  decoded: string;
}

/** Shorter pieces hold no sentence. */
const base64 = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,40000}={0,2}/g;
const hex = /(?<![0-9a-fA-F])(?:[0-9a-fA-F]{2}[ :]?|\\x[0-9a-fA-F]{2}){12,20000}/g;
const percent = /(?:%[0-9a-fA-F]{2}[\w .,:/-]{0,4}){8,10000}/g;
const entities = /(?:&#(?:x[0-9a-fA-F]{1,6}|\d{1,7});){8,10000}/g;
const unicodeEscapes = /(?:\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}){8,10000}/g;
const maxBlobs = 16;
const maxDecoded = 64 * 1024;

/** Decodes everything that looks encoded and becomes readable text; the rest (hashes, ids, keys) is left out. */
export function decodeBlobs(text: string): Blob[] {
  const blobs: Blob[] = [];
  const take = (pattern: RegExp, decode: (piece: string) => string | null) => {
    for (const match of text.matchAll(pattern)) {
      if (blobs.length >= maxBlobs) return;
      const decoded = decode(match[0].slice(0, maxDecoded));
      if (decoded !== null && isReadable(decoded))
        blobs.push({ start: match.index, end: match.index + match[0].length, decoded });
    }
  };
  take(base64, (piece) => (/^[0-9a-fA-F]+$/.test(piece) ? null : decodeBase64(piece)));
  take(hex, (piece) => decodeHex(piece));
  take(percent, decodePercent);
  take(entities, (piece) =>
    piece.replace(/&#(x?)([0-9a-fA-F]{1,7});/g, (_all, isHex: string, digits: string) =>
      codePoint(Number.parseInt(digits, isHex === '' ? 10 : 16)),
    ),
  );
  take(unicodeEscapes, (piece) =>
    piece.replace(/\\[ux]([0-9a-fA-F]{2,4})/g, (_all, digits: string) => codePoint(Number.parseInt(digits, 16))),
  );
  return blobs;
}

function codePoint(code: number): string {
  return code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : '\ufffd';
}

function decodeBase64(piece: string): string | null {
  const once = strictUtf8(Buffer.from(piece.replaceAll('-', '+').replaceAll('_', '/'), 'base64'));
  // encoded twice: what comes out is one long word again
  if (once === null || !/^[A-Za-z0-9+/=]{24,}$/.test(once)) return once;
  return strictUtf8(Buffer.from(once, 'base64')) ?? once;
}

function decodeHex(piece: string): string | null {
  return strictUtf8(Buffer.from(piece.replace(/\\x|[ :]/g, ''), 'hex'));
}

function decodePercent(piece: string): string | null {
  try {
    return decodeURIComponent(piece);
  } catch {
    return null;
  }
}

function strictUtf8(bytes: Buffer): string | null {
  const text = bytes.toString('utf8');
  return bytes.length < 12 || text.includes('\ufffd') ? null : text;
}

/** Mostly letters and spaces, with words of ordinary length: text that was meant to be read. */
function isReadable(text: string): boolean {
  if (text.length < 10) return false;
  let letters = 0;
  let spaces = 0;
  let odd = 0;
  for (const character of text.slice(0, 2_000)) {
    if (/[\p{L}\p{M}]/u.test(character)) letters += 1;
    else if (character === ' ' || character === '\n') spaces += 1;
    else if (/[\p{Cc}\p{Co}\p{Cn}]/u.test(character)) odd += 1;
  }
  const length = Math.min(text.length, 2_000);
  return odd === 0 && letters >= length * 0.6 && (spaces >= 1 || /[/~.]/.test(text));
}

const rotTable = 'abcdefghijklmnopqrstuvwxyz';

/** The text with every letter thirteen places on; honest text becomes nonsense, and only nonsense becomes text. */
export function rot13(text: string): string {
  return text.replace(/[a-zA-Z]/g, (letter) => {
    const lower = letter.toLowerCase();
    return rotTable[(rotTable.indexOf(lower) + 13) % 26] ?? letter;
  });
}
