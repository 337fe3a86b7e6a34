/** A place worth a closer look. Offsets are bytes. `token`: a run of characters tokens are made of. */
export interface Suspect {
  kind: 'token' | 'value' | 'key-block' | 'login-url' | 'hidden' | 'escape' | 'speech';
  start: number;
  end: number;
}

export interface Suspects {
  found: Suspect[];
  /** Printable characters are spelled as escapes: the text is not what its bytes look like. */
  hasDisguise: boolean;
  /** More than can be looked at one by one. */
  isFlood: boolean;
}

const plain = 0;
const tokenByte = 1;
const escapeByte = 2;
const highByte = 3;
const colonByte = 4;
const angleByte = 5;

const classes = new Uint8Array(256);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+/.~%')
  classes[character.charCodeAt(0)] = tokenByte;
classes[0x5c] = escapeByte;
classes[0x3a] = colonByte;
classes[0x3c] = angleByte;
classes[0x7f] = highByte;
for (const lead of [0xc2, 0xcd, 0xd8, 0xe1, 0xe2, 0xe3, 0xee, 0xef, 0xf3, 0xf4]) classes[lead] = highByte;

/** Shorter runs hold no token. */
const minToken = 16;
/** Longer ones are pictures and files in Base64; only their beginning is looked at. */
const maxSuspects = 4_000;

const naming = 1;
const speaking = 2;

/** By a hash of the last four letters: words that name a secret, and words that speak to an agent. A few others share it. */
const tails = new Uint8Array(65536);
/** The last two letters of all of those. */
const pairs = new Uint8Array(65536);
addTails('word sswd pass cret oken _key -key ikey skey tkey ekey _pwd lpwd bpwd tial ials rase auth tion', naming);
addTails('nore gard rget ride tant ompt tell tion stem ions ruct etly', speaking);

function addTails(words: string, meaning: number): void {
  for (const word of words.split(' ')) {
    const slot = hashTail(Buffer.from(word), 4);
    tails[slot] = (tails[slot] as number) | meaning;
    for (const first of [word.charCodeAt(2), word.charCodeAt(2) & 0x5f])
      for (const last of [word.charCodeAt(3), word.charCodeAt(3) & 0x5f]) pairs[(first << 8) | last] = 1;
  }
}

/** Sixteen bits of the four bytes before `end`, upper case made lower. */
function hashTail(bytes: Buffer, end: number): number {
  const first = end < 4 ? 0x20 : (bytes[end - 4] as number) | 0x20;
  const packed =
    (first << 24) |
    (((bytes[end - 3] as number) | 0x20) << 16) |
    (((bytes[end - 2] as number) | 0x20) << 8) |
    ((bytes[end - 1] as number) | 0x20);
  return Math.imul(packed, 0x9e3779b1) >>> 16;
}

/** One pass over the bytes of a JSON text; nothing is decoded, nothing parsed. */
export function scanBytes(bytes: Buffer): Suspects {
  const found: Suspect[] = [];
  let hasDisguise = false;
  const { length } = bytes;
  let at = 0;
  while (at < length && found.length < maxSuspects) {
    const kind = classes[bytes[at] as number] as number;
    if (kind === plain) {
      at += 1;
    } else if (kind === tokenByte) {
      const start = at;
      while (at < length && classes[bytes[at] as number] === tokenByte) at += 1;
      // most words end at once here: they are short, and no word that matters ends as they do
      if (
        at - start >= 10 ||
        (at - start >= 3 && pairs[((bytes[at - 2] as number) << 8) | (bytes[at - 1] as number)] === 1)
      )
        takeRun(bytes, start, at, found);
    } else if (kind === escapeByte) {
      if (bytes[at + 1] === 0x75) {
        const code = readHex(bytes, at + 2);
        if (isPrintable(code)) hasDisguise = true;
        else if (isOddCode(code)) found.push({ kind: 'escape', start: at, end: at + 6 });
        at += 6;
      } else at += 2;
    } else if (kind === highByte) {
      const end = hiddenEnd(bytes, at);
      if (end > at) found.push({ kind: 'hidden', start: at, end });
      at = end > at ? end : at + 1;
    } else if (kind === colonByte) {
      if (bytes[at + 1] === 0x2f && bytes[at + 2] === 0x2f) takeLogin(bytes, at, found);
      at += 1;
    } else {
      const next = (bytes[at + 1] ?? 0) | 0x20;
      // <|, <i(mportant), <s(ystem), <a(ssistant), </
      if (next === 0x7c || next === 0x69 || next === 0x73 || next === 0x61)
        found.push({ kind: 'speech', start: at, end: at + 2 });
      at += 1;
    }
  }
  return { found, hasDisguise, isFlood: at < length };
}

function takeRun(bytes: Buffer, start: number, end: number, found: Suspect[]): void {
  const length = end - start;
  if (length >= 10 && bytes[start] === 0x2d && isKeyBlock(bytes, start, end))
    found.push({ kind: 'key-block', start, end });
  else if (length >= minToken) found.push({ kind: 'token', start, end });
  if (length < 3 || length > 40) return;
  const tail =
    length === 3
      ? bytes.toString('latin1', start, end).toLowerCase() === 'pwd'
        ? naming
        : 0
      : (tails[hashTail(bytes, end)] as number);
  if (tail === 0) return;
  if ((tail & naming) !== 0 && isFollowedByValue(bytes, end)) found.push({ kind: 'value', start, end });
  if ((tail & speaking) !== 0) found.push({ kind: 'speech', start, end });
}

function isKeyBlock(bytes: Buffer, start: number, end: number): boolean {
  return bytes.toString('latin1', start, Math.min(end, start + 10)) === '-----BEGIN';
}

/** `":`, `\":`, ` =` and the like. */
function isFollowedByValue(bytes: Buffer, end: number): boolean {
  for (let at = end; at < end + 5; at += 1) {
    const byte = bytes[at];
    if (byte === 0x3a || byte === 0x3d) return true;
    if (byte !== 0x22 && byte !== 0x27 && byte !== 0x5c && byte !== 0x20) return false;
  }
  return false;
}

const maxLogin = 300;

/** `://name:password@`. */
function takeLogin(bytes: Buffer, colon: number, found: Suspect[]): void {
  let inner = -1;
  for (let at = colon + 3; at < Math.min(bytes.length, colon + maxLogin); at += 1) {
    const byte = bytes[at] as number;
    if (byte === 0x3a && inner < 0) inner = at;
    else if (byte === 0x40) {
      if (inner > 0 && at - inner > 3) found.push({ kind: 'login-url', start: inner + 1, end: at });
      return;
    } else if (byte === 0x2f || byte === 0x22 || byte <= 0x20 || byte === 0x5c || byte === 0x3f) return;
  }
}

function readHex(bytes: Buffer, at: number): number {
  return Number.parseInt(bytes.toString('latin1', at, at + 4), 16);
}

/** Letters and digits, which nobody needs to escape; HTML-safe writers escape the signs. */
function isPrintable(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x5f
  );
}

/** Codes of characters that are not seen; halves of pairs are looked at as text. */
export function isOddCode(code: number): boolean {
  if (code < 0x20) return code !== 9 && code !== 10 && code !== 13;
  if (code < 0x7f) return false;
  if (code <= 0x9f || code === 0xad || code === 0x34f || code === 0x61c) return true;
  if (code < 0x115f) return false;
  if (code === 0x115f || code === 0x1160 || code === 0x180e || code === 0x2800 || code === 0x3164 || code === 0xffa0)
    return true;
  if (code >= 0x200b && code <= 0x200f) return code !== 0x200d && code !== 0x200c;
  if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f)) return true;
  if (code >= 0xdb40 && code <= 0xdb43) return true;
  return (code >= 0xe000 && code <= 0xf8ff) || code === 0xfeff || (code >= 0xfff9 && code <= 0xfffb);
}

/** Where the hidden character that begins here ends; its own start when there is none. */
function hiddenEnd(bytes: Buffer, at: number): number {
  const first = bytes[at] as number;
  if (first === 0x7f) return at + 1;
  const second = bytes[at + 1] ?? 0;
  if (first < 0xe0) return isOddCode(((first & 0x1f) << 6) | (second & 0x3f)) ? at + 2 : at;
  const third = bytes[at + 2] ?? 0;
  if (first < 0xf0) {
    const code = ((first & 0x0f) << 12) | ((second & 0x3f) << 6) | (third & 0x3f);
    return isOddCode(code) ? at + 3 : at;
  }
  const code = ((first & 0x07) << 18) | ((second & 0x3f) << 12) | ((third & 0x3f) << 6) | ((bytes[at + 3] ?? 0) & 0x3f);
  return code >= 0xe0000 ? at + 4 : at;
}
