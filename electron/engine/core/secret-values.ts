import { type MaskedValue, maskedText } from '../../shared/index.ts';
import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';

/** Words of a name whose value is a secret, whatever it looks like. */
const secretWords = new Set(
  'password passwd passphrase pass pwd secret secrets token apikey authorization credential credentials cookie cookies otp pin'.split(
    ' ',
  ),
);
/** Two words that only together name a secret. */
const secretPairs = new Set(['api key', 'private key', 'access key', 'secret key', 'signing key', 'encryption key']);
/** Tokens that open nothing: the ones of lists and of language models. */
const plainPairs = new Set(['page token', 'max token', 'token count', 'token limit', 'token type', 'token budget']);

const secretText =
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY|\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|xox[abpors]-[\w-]{10,}|sk-[\w-]{20,}|sk_live_\w{10,}|AIza[\w-]{30,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,})|\b(?:Bearer|Basic)\s+[A-Za-z0-9+/=_.-]{16,}|:\/\/[^/\s:@]+:[^/\s@]+@/;

/** Deeper than this everything counts as secret: it is not looked at. */
const maxDepth = 64;
/** More masks than this on one call are one mask on all of it. */
const maxMasks = 500;

/** A text that looks like a credential, whatever its name. */
export function isSecretText(text: string): boolean {
  return secretText.test(text);
}

/** A name that says its value is a secret: `password`, `apiKey`, `X-Auth-Token`. */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/);
  const pairs = words.slice(1).map((word, index) => `${words[index]} ${word}`);
  if (pairs.some((pair) => plainPairs.has(pair))) return false;
  return words.some((word) => secretWords.has(word)) || pairs.some((pair) => secretPairs.has(pair));
}

/**
 * The arguments as they may leave the engine: what looks secret, or stands under a name that says so, is replaced, and
 * `masked` tells where and how long it is. Arguments without any come back as the very same object.
 */
export function maskSecrets(args: JsonObject): { value: JsonObject; masked: MaskedValue[] } {
  const masked: MaskedValue[] = [];
  const mask = (value: JsonValue, path: MaskedValue['path']): string => {
    const length = typeof value === 'string' ? value.length : JSON.stringify(value).length;
    masked.push({ path, length });
    return maskedText;
  };
  const look = (value: JsonValue, path: MaskedValue['path'], isNamed: boolean): JsonValue => {
    if (path.length > maxDepth) return mask(value, path);
    if (typeof value === 'string') return value !== '' && (isNamed || isSecretText(value)) ? mask(value, path) : value;
    // a PIN; a number without such a name is none
    if (typeof value === 'number') return isNamed ? mask(value, path) : value;
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((element, index) => look(element, [...path, index], isNamed));
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        look(member, [...path, name], isNamed || isSecretName(name)),
      ]),
    );
  };
  const value = look(args, [], false) as JsonObject;
  if (masked.length === 0) return { value: args, masked };
  if (masked.length <= maxMasks) return { value, masked };
  return {
    value: Object.fromEntries(Object.keys(args).map((name) => [name, maskedText])),
    masked: Object.entries(args).map(([name, member]) => ({ path: [name], length: JSON.stringify(member).length })),
  };
}
