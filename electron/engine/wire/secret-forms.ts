/** Shorter values would blank ordinary words; no real credential is that short. */
export const minSecretLength = 6;
/** Encoded forms shorter than this appear by chance. */
const minFormLength = 6;
/** Parts of a longer value that are secret by themselves. */
const minPartLength = 8;

/**
 * A secret in every form it commonly takes on its way through a server: as it is, in JSON (`/` escaped or not, and once
 * more inside a string), in URLs and forms, in HTML, in base64 and base64url at each of the three alignments, in hex. What
 * a server does on purpose (reversing, encrypting) is not in this list: against that only not giving it the secret helps.
 */
export function formsOfSecret(secret: string): Buffer[] {
  const forms = new Set<string>();
  for (const part of partsOf(secret)) for (const form of formsOfPart(part)) forms.add(form);
  return [...forms].map((form) => Buffer.from(form));
}

/** Logs are lines and headers are words: a key file shows line by line, a `Bearer` value without its scheme. */
function partsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= minPartLength);
  const scheme = /^\S+ +(\S{8,})$/.exec(secret);
  const parts = [secret, ...(lines.length > 1 ? lines : []), ...(scheme?.[1] === undefined ? [] : [scheme[1]])];
  return parts.filter((part) => part.length >= minSecretLength);
}

function formsOfPart(part: string): string[] {
  const percent = encodePercent(part);
  const bytes = Buffer.from(part);
  const encoded = [
    ...inJson(part),
    percent,
    lowerPercent(percent),
    encodeURIComponent(part),
    encodeURI(part),
    percent.replaceAll('%20', '+'),
    ...inJson(escapeHtml(part)),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...base64Forms(bytes),
  ];
  return [part, ...encoded.filter((form) => form.length >= minFormLength)];
}

/** JSON, JSON in a string of JSON, and once more; mostly the same three times. */
function inJson(text: string): string[] {
  const once = JSON.stringify(text).slice(1, -1);
  const twice = JSON.stringify(once).slice(1, -1);
  const levels = [text, once, twice, JSON.stringify(twice).slice(1, -1)];
  return [...levels, ...levels.map((level) => level.replaceAll('/', '\\/'))];
}

/** Everything but the unreserved characters of RFC 3986. */
function encodePercent(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function lowerPercent(percent: string): string {
  return percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Whatever stands before it shifts the letters: only those that depend on the secret alone are compared. */
function base64Forms(bytes: Buffer): string[] {
  const forms: string[] = [];
  for (const before of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const first = Math.ceil((before * 8) / 6);
    const end = Math.floor(((before + bytes.length) * 8) / 6);
    const core = text.slice(first, end);
    // where nothing follows, its last letter is known as well
    forms.push(text.slice(first).replace(/=+$/, ''));
    forms.push(core, core.replaceAll('+', '-').replaceAll('/', '_'), core.replaceAll('/', '\\/'));
  }
  return forms;
}
