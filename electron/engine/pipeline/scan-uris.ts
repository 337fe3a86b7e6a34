/** An address in a message: its text and the byte range of its JSON string, quotes included. */
export interface FoundUri {
  uri: string;
  start: number;
  end: number;
}

const key = Buffer.from('"uri"');
const maxUris = 2_000;
const maxUriBytes = 8_192;
const quote = 0x22;
const backslash = 0x5c;

/**
 * Every value of a member called `uri`, at any depth, without parsing the message: quotes inside strings are escaped, so
 * the key's bytes followed by a colon are always a key. Costs one search where there is none.
 */
export function scanUris(bytes: Buffer): FoundUri[] {
  const found: FoundUri[] = [];
  let at = bytes.indexOf(key);
  while (at !== -1 && found.length < maxUris) {
    const colon = skipSpace(bytes, at + key.length);
    const start = bytes[colon] === 0x3a ? skipSpace(bytes, colon + 1) : -1;
    const end = start !== -1 && bytes[start] === quote ? endOfString(bytes, start) : -1;
    const uri = end === -1 ? null : readString(bytes, start, end);
    if (uri) found.push({ uri, start, end });
    at = bytes.indexOf(key, end === -1 ? at + key.length : end);
  }
  return found;
}

function endOfString(bytes: Buffer, start: number): number {
  const last = Math.min(bytes.length, start + maxUriBytes);
  for (let at = start + 1; at < last; at += 1) {
    if (bytes[at] === backslash) at += 1;
    else if (bytes[at] === quote) return at + 1;
  }
  return -1;
}

function readString(bytes: Buffer, start: number, end: number): string | null {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8', start, end));
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

function skipSpace(bytes: Buffer, start: number): number {
  let at = start;
  while (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0a || bytes[at] === 0x0d) at += 1;
  return at;
}
