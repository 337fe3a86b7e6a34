import type { Suspect } from './scan-bytes.ts';
import { secretKinds } from './secret-kinds.ts';

/** A secret in a result: what kind, and which bytes. */
export interface SecretHit {
  what: string;
  start: number;
  end: number;
}

const maxRun = 2_000;
const before = 64;

/** Decides for each suspect place whether a secret stands there. */
export function findSecrets(bytes: Buffer, suspects: readonly Suspect[]): SecretHit[] {
  const hits: SecretHit[] = [];
  for (const suspect of suspects) {
    const last = hits.at(-1);
    if (last && suspect.start < last.end) continue;
    const hit = judge(bytes, suspect);
    if (hit && hit.start >= (last?.end ?? 0)) hits.push(hit);
  }
  return hits;
}

function judge(bytes: Buffer, suspect: Suspect): SecretHit | null {
  if (suspect.kind === 'token') return judgeToken(bytes, suspect);
  if (suspect.kind === 'value') return judgeValue(bytes, suspect);
  if (suspect.kind === 'key-block') return judgeKeyBlock(bytes, suspect);
  if (suspect.kind === 'login-url') return judgeLogin(bytes, suspect);
  return null;
}

const longPiece = /[A-Za-z0-9_.~%+-]{16}/;

function judgeToken(bytes: Buffer, { start, end }: Suspect): SecretHit | null {
  const run = bytes.toString('latin1', start, Math.min(end, start + maxRun));
  // paths and addresses are made of short pieces; most runs end here
  if (!longPiece.test(run)) return judgeByContext(bytes, run, start, end);
  for (const { what, pattern } of secretKinds) {
    const match = pattern.exec(run);
    if (match && !isPlaceholder(match[0])) {
      return { what, start: start + match.index, end: start + match.index + match[0].length };
    }
  }
  return judgeByContext(bytes, run, start, end);
}

const telegram = /(?:^|[^0-9])\d{8,10}:$/;
const bearer = /\b(?:bearer|token) {1,3}$/i;
const basic = /\bbasic {1,3}$/i;
const awsName = /aws.{0,24}(?:secret|sk)|secret_?access_?key/i;

function judgeByContext(bytes: Buffer, run: string, start: number, end: number): SecretHit | null {
  const context = bytes.toString('latin1', Math.max(0, start - before), start);
  if (telegram.test(context) && /^AA[A-Za-z0-9_-]{32,34}$/.test(run)) {
    const digits = /\d{8,10}:$/.exec(context);
    return { what: 'Telegram bot token', start: start - (digits?.[0].length ?? 0), end };
  }
  if (bearer.test(context) && run.length >= 20 && isRandom(run)) return { what: 'bearer token', start, end };
  if (basic.test(context)) {
    const decoded = Buffer.from(run, 'base64').toString('latin1');
    if (/^[\x21-\x7e]{1,64}:[\x21-\x7e]{3,}$/.test(decoded)) return { what: 'basic login', start, end };
  }
  if (/^[A-Za-z0-9+/]{40}$/.test(run) && awsName.test(context)) return { what: 'AWS secret key', start, end };
  return null;
}

/** Names of members and variables that hold a secret, at their end. */
const secretName =
  /(?:^|[_\-.]|[a-z](?=[A-Z]))(?:pass(?:word|wd|phrase|code)?|pwd|secret|api[_-]?key|apikey|access[_-]?key|secret[_-]?key|private[_-]?key|client[_-]?secret|auth[_-]?token|access[_-]?token|refresh[_-]?token|session[_-]?token|bearer[_-]?token|id[_-]?token|bot[_-]?token|token|encryption[_-]?key|signing[_-]?key|master[_-]?key|account[_-]?key|shared[_-]?key|credentials?|auth|authorization|webhook[_-]?secret|connection[_-]?string)$/i;
const harmlessName =
  /(?:next|page|prev|previous|continuation|cursor|csrf|xsrf|sync|max|total|input|output|prompt|completion|count|num|used|public|per|cache|idempotency|reset|start|end|stop|eos|bos|pad|unk|design|color|change)[_-]?(?:page)?[_-]?tokens?$|public[_-]?key$|(?:primary|foreign|sort|partition|cache|object|s3|i18n|translation)[_-]?key$/i;

function judgeValue(bytes: Buffer, { start, end }: Suspect): SecretHit | null {
  const name = bytes.toString('latin1', start, end);
  if (!secretName.test(name) || harmlessName.test(name)) return null;
  const after = bytes.toString('latin1', end, end + 400);
  const match = /^[\\"' ]{0,4}[:=][=>]?[ \\]{0,3}(?:\\?["'])?(?:(?:Bearer|Basic|Token) )?/.exec(after);
  if (!match) return null;
  const from = match[0].length;
  const value = /^[^\s"'\\,;<>{}()[\]&|`]{6,300}/.exec(after.slice(from))?.[0] ?? '';
  if (!isSecretValue(name, value, /["']$/.test(match[0]))) return null;
  return {
    what: /pass|pwd/i.test(name) ? 'password' : 'secret value',
    start: end + from,
    end: end + from + value.length,
  };
}

function isSecretValue(name: string, value: string, isQuoted: boolean): boolean {
  if (value.length < 6 || isPlaceholder(value)) return false;
  // a type, a word, a path, an address, code: `password: string`, `token = getToken`
  if (
    /^(?:string|number|boolean|null|undefined|none|true|false|required|optional|function|object|process\.env.*|os\.environ.*|env[.:].*|file:.*|https?:.*)$/i.test(
      value,
    )
  )
    return false;
  if (/pass|pwd/i.test(name)) return isQuoted ? value.length >= 6 : /[^a-z]/.test(value);
  return value.length >= 12 ? isRandom(value) : /\d/.test(value) && /[a-z]/i.test(value) && value.length >= 8;
}

/** Letters and digits mixed as no word or number mixes them. Hashes written in hexadecimal count: the name said "secret". */
function isRandom(value: string): boolean {
  if (/^[a-z]+(?:[-_. ][a-z]+)*$/i.test(value) && !/[a-z][A-Z]/.test(value.slice(1))) return entropyOf(value) > 4.2;
  return entropyOf(value) >= 2.8 && (/\d/.test(value) || /[a-z].*[A-Z]|[A-Z].*[a-z]/.test(value));
}

/** Bits for each character. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

const placeholder =
  /^(?:x+|\*+|\.+|-+|•+|0+|1234567890?|<.*|\$.*|%.*|\{.*|your[_-].*|my[_-]?(?:secret|password|token|key).*|example.*|changeme.*|placeholder.*|redacted.*|\[.*|test|dummy.*|insert.*|replace.*|todo.*|hidden|masked|encrypted|sample.*)$|x{6,}|\*{4,}|\.{4,}|EXAMPLE(?:KEY)?$|_here$|-here$|redacted/i;

function isPlaceholder(value: string): boolean {
  return placeholder.test(value) || new Set(value).size <= 3;
}

function judgeKeyBlock(bytes: Buffer, { start }: Suspect): SecretHit | null {
  const head = bytes.toString('latin1', start, start + 64);
  if (!/^-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/.test(head)) return null;
  const close = bytes.indexOf('-----END', start);
  const quote = bytes.indexOf(0x22, start);
  const tail = close < 0 ? -1 : bytes.indexOf('-----', close + 8);
  const end = tail < 0 || (quote >= 0 && tail > quote) ? (quote < 0 ? bytes.length : quote) : tail + 5;
  return { what: 'private key', start, end };
}

function judgeLogin(bytes: Buffer, { start, end }: Suspect): SecretHit | null {
  const password = bytes.toString('latin1', start, end);
  const isWord = /^(?:pass(?:word)?|pwd|secret|user|port)$/i.test(password);
  return isWord || isPlaceholder(password) ? null : { what: 'password in an address', start, end };
}
