import { cleanJson, hasEscapes, undoEscapes } from './clean-json.ts';
import { formsOfSecret, minSecretLength } from './secret-forms.ts';
import { buildScanner, type SecretScanner } from './secret-scanner.ts';

/** What stands in the place of a secret. No character of it needs an escape anywhere. */
export const secretMask = '[secret]';

/**
 * Takes every known secret out of what goes to an agent, a page, a log or a file, in all forms of `formsOfSecret`. A
 * message is looked through in one pass over its bytes and parsed only when something was found; while no secret is known
 * nothing is looked through at all.
 */
export interface EchoGuard {
  /** From now on this value is removed wherever it shows up, until the engine ends. */
  add(secret: string): void;
  /** The same for a token, which others replace without end: forgotten once many newer ones were added. */
  addPassing(token: string): void;
  /** A JSON message of a server; the very same buffer when nothing was found. */
  cleanMessage(bytes: Buffer): Buffer;
  cleanText(text: string): string;
  /** Strings and member names anywhere in a plain value; the very same value when nothing was found. */
  cleanValue<T>(value: T): T;
}

/** A server can renew its tokens as often as it likes: the oldest are forgotten, and nothing else is. */
const maxPassing = 1000;
/** Taking these out would break every message; nobody who chose one of them as a password can be helped. */
const protocolWords = new Set(
  'arguments content description jsonrpc message method notifications number object params result resource resources string structuredContent'.split(
    ' ',
  ),
);
/** JSON inside JSON inside JSON. */
const maxLevels = 3;

export function createEchoGuard(): EchoGuard {
  const secrets = new Set<string>();
  const passing = new Set<string>();
  let scanner: SecretScanner | null = null;

  const isEmpty = () => secrets.size + passing.size === 0;

  function scan(bytes: Buffer) {
    scanner ??= buildScanner([...new Set([...secrets, ...passing])].flatMap(formsOfSecret));
    return scanner.find(bytes);
  }

  /** True when it holds a secret only in letters written as escapes. */
  function hidesOne(bytes: Buffer): boolean {
    let text = bytes;
    for (let level = 0; level < maxLevels && hasEscapes(text); level += 1) {
      text = Buffer.from(undoEscapes(text.toString('utf8')));
      if (scan(text).length > 0) return true;
    }
    return false;
  }

  function cleanText(text: string): string {
    if (isEmpty()) return text;
    const bytes = Buffer.from(text);
    const hits = scan(bytes);
    if (hits.length === 0) return hidesOne(bytes) ? secretMask : text;
    const pieces: string[] = [];
    let at = 0;
    for (const { start, end } of hits) {
      pieces.push(bytes.toString('utf8', at, start), secretMask);
      at = end;
    }
    const cleaned = pieces.join('') + bytes.toString('utf8', at);
    return hidesOne(Buffer.from(cleaned)) ? secretMask : cleaned;
  }

  function cleanValue(value: unknown): unknown {
    if (typeof value === 'string') return cleanText(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      const cleaned = value.map(cleanValue);
      return cleaned.some((member, index) => member !== value[index]) ? cleaned : value;
    }
    let isChanged = false;
    const cleaned = Object.entries(value).map(([name, member]): [string, unknown] => {
      const pair: [string, unknown] = [cleanText(name), cleanValue(member)];
      isChanged ||= pair[0] !== name || pair[1] !== member;
      return pair;
    });
    return isChanged ? Object.fromEntries(cleaned) : value;
  }

  const isGuarded = (secret: string) => secret.length >= minSecretLength && !protocolWords.has(secret);
  return {
    add(secret) {
      if (!isGuarded(secret) || secrets.has(secret)) return;
      secrets.add(secret);
      scanner = null;
    },
    addPassing(token) {
      if (!isGuarded(token)) return;
      // the one that is used now is the last to be forgotten
      const isKnown = passing.delete(token);
      passing.add(token);
      if (isKnown) return;
      const [oldest] = passing;
      if (passing.size > maxPassing && oldest !== undefined) passing.delete(oldest);
      scanner = null;
    },
    cleanMessage(bytes) {
      if (isEmpty() || (scan(bytes).length === 0 && !hidesOne(bytes))) return bytes;
      return cleanJson(bytes, cleanText) ?? Buffer.from(cleanText(bytes.toString('utf8')));
    },
    cleanText,
    cleanValue: <T>(value: T) => (isEmpty() ? value : (cleanValue(value) as T)),
  };
}
