/** A URL in three pieces, so that its host can be drawn bold. The pieces together are the text, unchanged. */
export interface UrlPieces {
  before: string;
  host: string;
  after: string;
  /** The host a program will really use, when that is not what the text shows: punycode, or a trick in the text. */
  realHost: string | null;
}

const urlPattern = /^(https?:\/\/|wss?:\/\/|ftp:\/\/)(?:[^/?#\\]*@)?(\[[^\]]*\]|[^/?#\\:]+)/i;

/** Null when the whole text is not one web address. */
export function splitUrl(text: string): UrlPieces | null {
  const match = urlPattern.exec(text);
  if (match === null || /\s/.test(text)) return null;
  const host = match[2] ?? '';
  const real = parseHost(text);
  if (real === null) return null;
  const start = match[0].length - host.length;
  return {
    before: text.slice(0, start),
    host,
    after: text.slice(match[0].length),
    realHost: real === host.toLowerCase() ? null : real,
  };
}

function parseHost(text: string): string | null {
  try {
    return new URL(text).hostname;
  } catch {
    return null;
  }
}
