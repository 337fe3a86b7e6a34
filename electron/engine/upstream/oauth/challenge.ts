import type { Challenge } from './contract.ts';

/** Longer headers and lists are nonsense or worse. */
const maxHeader = 8192;
const maxScopes = 50;

/**
 * Reads a refusal (RFC 6750, RFC 9728). Null: this answer asks for no sign-in. A 401 without a readable challenge does
 * ask for one: servers need not name where it is described.
 */
export function readChallenge(status: number, wwwAuthenticate: string | null): Challenge | null {
  if (status !== 401 && status !== 403) return null;
  const params = bearerParams((wwwAuthenticate ?? '').slice(0, maxHeader));
  if (status === 403 && params?.get('error') !== 'insufficient_scope') return null;
  return {
    status,
    scopes: splitScopes(params?.get('scope') ?? ''),
    metadataUrl: params?.get('resource_metadata') ?? null,
  };
}

/** Scope tokens, each once, in their order; characters RFC 6749 does not allow end it as a scope. */
export function splitScopes(text: string): string[] {
  const tokens = text.split(/ +/).filter((token) => /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/.test(token));
  return [...new Set(tokens)].slice(0, maxScopes);
}

/** The parameters of the first `Bearer` challenge; null: there is none. Names in lower case. */
function bearerParams(header: string): Map<string, string> | null {
  const start = /(?:^|,)\s*bearer(?:\s+|$)/i.exec(header);
  if (start === null) return null;
  const params = new Map<string, string>();
  const rest = header.slice(start.index + start[0].length);
  const pattern = /\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))\s*(?:,|$)/y;
  for (let found = pattern.exec(rest); found !== null; found = pattern.exec(rest)) {
    const name = (found[1] ?? '').toLowerCase();
    const value = found[2] === undefined ? (found[3] ?? '') : found[2].replace(/\\(.)/g, '$1');
    if (!params.has(name)) params.set(name, value);
  }
  return params;
}
