/** Replaces the exact values of resolved secrets, and their usual encodings, in any text on its way to a person or a file. */
export interface Redactor {
  add(secret: string): void;
  redact(text: string): string;
}

/** Shorter values would blank ordinary words in every line; no real credential is that short. */
const minSecretLength = 4;
const mask = '[secret]';

export function createRedactor(): Redactor {
  let needles: string[] = [];

  function remember(value: string): void {
    if (value.length < minSecretLength || needles.includes(value)) return;
    // Longest first: a secret that contains another must not leave its rest behind.
    needles = [...needles, value].sort((a, b) => b.length - a.length);
  }

  return {
    add(secret) {
      for (const part of partsOf(secret)) {
        remember(part);
        remember(encodeURIComponent(part));
        remember(JSON.stringify(part).slice(1, -1));
        remember(Buffer.from(part).toString('base64').replace(/=+$/, ''));
        remember(Buffer.from(part).toString('base64url'));
        remember(Buffer.from(part).toString('hex'));
      }
    },
    redact(text) {
      let clean = text;
      for (const needle of needles) {
        if (clean.includes(needle)) clean = clean.split(needle).join(mask);
      }
      return clean;
    },
  };
}

/** Logs are lines and headers are words: a key file shows line by line, a `Bearer` value without its scheme. */
function partsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= 8);
  const scheme = /^\S+ +(\S{8,})$/.exec(secret);
  return [secret, ...(lines.length > 1 ? lines : []), ...(scheme?.[1] === undefined ? [] : [scheme[1]])];
}
