import type { EchoGuard } from '../wire/echo-guard.ts';

/**
 * Takes secrets out of what a server sends and of what is said about it: those the engine's echo guard knows, and those of
 * this one server, its references and the headers that are written out.
 */
export interface Redactor {
  /** The value of a reference (`env:NAME`, `file:PATH`). */
  add(secret: string): void;
  /** A value that is written out; it may be an ordinary word, so only what is said about the server is cleaned of it. */
  addLiteral(value: string): void;
  /** For text on its way to a person or a file. */
  redact(text: string): string;
  /** A message of the server on its way to an agent; the very same bytes when nothing was found. */
  cleanMessage(bytes: Buffer): Buffer;
}

/** Shorter values would blank ordinary words in every line; no real credential is that short. */
const minSecretLength = 4;
const minGuardedLength = 12;
const mask = '[secret]';

export function createRedactor(guard: EchoGuard): Redactor {
  let needles: string[] = [];

  function remember(value: string): void {
    if (value.length < minSecretLength || needles.includes(value)) return;
    // Longest first: a secret that contains another must not leave its rest behind.
    needles = [...needles, value].sort((a, b) => b.length - a.length);
  }

  function addLiteral(secret: string): void {
    for (const part of partsOf(secret)) {
      remember(part);
      remember(encodeURIComponent(part));
      remember(JSON.stringify(part).slice(1, -1));
      remember(Buffer.from(part).toString('base64').replace(/=+$/, ''));
      remember(Buffer.from(part).toString('base64url'));
      remember(Buffer.from(part).toString('hex'));
    }
  }

  return {
    add(secret) {
      addLiteral(secret);
      if (looksSecret(secret)) guard.add(secret);
    },
    addLiteral,
    redact(text) {
      let clean = guard.cleanText(text);
      for (const needle of needles) {
        if (clean.includes(needle)) clean = clean.split(needle).join(mask);
      }
      return clean;
    },
    cleanMessage: (bytes) => guard.cleanMessage(bytes),
  };
}

/** `env:HOME` is a reference too, and results full of paths have to stay readable. */
function looksSecret(value: string): boolean {
  return value.length >= minGuardedLength && !/^([/~.]|[A-Za-z]:\\)|:\/\/|^\d+$/.test(value);
}

/** Logs are lines and headers are words: a key file shows line by line, a `Bearer` value without its scheme. */
function partsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= 8);
  const scheme = /^\S+ +(\S{8,})$/.exec(secret);
  return [secret, ...(lines.length > 1 ? lines : []), ...(scheme?.[1] === undefined ? [] : [scheme[1]])];
}
