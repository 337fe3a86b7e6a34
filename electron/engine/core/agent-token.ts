import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Bearer tokens of agents: `sgk_` + agent's short id + `_` + 32 random bytes in base64url + CRC-32 in base62. The prefix
 * lets secret scanners find a leak, the checksum tells a typo from a wrong token. A declared token may have any other shape.
 */
const prefix = 'sgk_';
const shape = /^sgk_[a-z0-9]{1,6}_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$/;
const checksumLength = 6;
const shortIdLength = 6;
const minDeclaredLength = 32;
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** @param random 32 bytes from a cryptographic source; the token is as secret as they are. */
export function mintToken(agentId: string, random: Buffer): string {
  if (random.length !== 32) throw new RangeError('a token needs 32 random bytes');
  const shortId =
    agentId
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .slice(0, shortIdLength) || 'agent';
  const body = `${prefix}${shortId}_${random.toString('base64url')}`;
  return body + checksum(body);
}

/** False when no agent can have this token: a mistyped one of ours, or a text too short to be declared. */
export function looksLikeToken(text: string): boolean {
  if (!text.startsWith(prefix)) return text.length >= minDeclaredLength;
  return shape.test(text) && text.slice(-checksumLength) === checksum(text.slice(0, -checksumLength));
}

/** SHA-256; a token is 256 random bits, so a slow hash would add nothing. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** What may be shown and stored of a token: of ours its public start and the end of its checksum, of others two at each end. */
export function tokenHint(token: string): string {
  if (shape.test(token)) return `${token.slice(0, 8)}…${token.slice(-4)}`;
  if (token.length >= minDeclaredLength) return `${token.slice(0, 2)}…${token.slice(-2)}`;
  return '…';
}

/** Who holds which token, by hash. Every change empties the cache, so a revoked token is refused from then on. */
export class TokenIndex<T> {
  readonly #byHash = new Map<string, { hash: Buffer; holder: T }>();
  /** Tokens that were found, as they came in; spares the hash on each request of a busy agent. */
  readonly #cache = new Map<string, T>();
  readonly #cacheSize: number;

  constructor(cacheSize = 256) {
    this.#cacheSize = cacheSize;
  }

  /** Replaces all entries. `hash` is the SHA-256 of a token, 32 bytes. */
  replace(entries: Iterable<{ hash: Buffer; holder: T }>): void {
    this.#byHash.clear();
    this.#cache.clear();
    for (const entry of entries) this.#byHash.set(entry.hash.toString('base64'), entry);
  }

  find(token: string): T | null {
    const cached = this.#cache.get(token);
    if (cached !== undefined) return cached;
    if (!looksLikeToken(token)) return null;
    const hash = hashToken(token);
    const entry = this.#byHash.get(hash.toString('base64'));
    if (entry === undefined || !timingSafeEqual(entry.hash, hash)) return null;
    if (this.#cache.size >= this.#cacheSize) this.#cache.clear();
    this.#cache.set(token, entry.holder);
    return entry.holder;
  }
}

function checksum(text: string): string {
  let rest = crc32(Buffer.from(text));
  let digits = '';
  for (let i = 0; i < checksumLength; i++) {
    digits = base62.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

/** CRC-32 of IEEE 802.3 (polynomial 0xEDB88320, reflected). */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
