import type { AgentIdentity } from '../exchange.ts';
import type { Accepts } from './accepts.ts';
import { readAccepts } from './accepts.ts';

/** The head of a request as it stood on the wire. */
export interface RequestHead {
  method: string;
  /** The request target. */
  url: string;
  httpVersion: string;
  /** Names and values in turn. */
  rawHeaders: readonly string[];
}

export interface Gate {
  port: number;
  bodyBytes: number;
  headerCount: number;
  authenticate(token: string): AgentIdentity | null;
  /** Whether `/mcp/<server>` exists for this agent. */
  hasServer(agent: AgentIdentity, serverId: string): boolean;
}

export interface Admission {
  agent: AgentIdentity;
  token: string;
  method: 'GET' | 'POST' | 'DELETE';
  /** The server in the path `/mcp/<server>`; null for `/mcp`. */
  scope: string | null;
  accepts: Accepts;
  sessionId: string | null;
  protocolVersion: string | null;
  lastEventId: string | null;
  /** `Mcp-Method` and `Mcp-Name` as they stood there; the body decides, they may only agree. */
  mcpMethod: string | null;
  mcpName: string | null;
  /** `Mcp-Param-{Name}` headers by name in lower case. */
  mcpParams: ReadonlyMap<string, string>;
}

export interface Refusal {
  status: number;
  /** For the log: one word, no text of the request. */
  reason: string;
  /** For the caller: one sentence, no text of the request. */
  message: string;
  headers?: readonly string[];
}

export type Verdict = { ok: true; admission: Admission } | { ok: false; refusal: Refusal };

type Headers = ReadonlyMap<string, string>;

/** Headers that decide something; a second one of a kind is refused, since two readers could take different ones. */
const sensitiveHeaders = new Set([
  'authorization',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'last-event-id',
  'mcp-method',
  'mcp-name',
  'mcp-protocol-version',
  'mcp-session-id',
  'origin',
  'proxy-authorization',
  'sec-fetch-site',
  'transfer-encoding',
  'upgrade',
]);

/** Headers that mirror arguments of a call (2026-07-28, Streamable HTTP, custom headers from tool parameters). */
const paramPrefix = 'mcp-param-';

/**
 * Every check that needs no body, in the order that gives a stranger the least: what is ambiguous goes first, then where
 * it comes from, then who it is, and only then what it wants. Fixed by security.md 3.2.
 */
export function guardHead(head: RequestHead, gate: Gate): Verdict {
  const headers = new Map<string, string>();
  const early =
    collectHeaders(head, gate, headers) ??
    checkFraming(head, headers) ??
    checkHost(head, headers, gate.port) ??
    checkOrigin(headers, gate.port);
  if (early !== null) return { ok: false, refusal: early };
  const path = readPath(head);
  if (path === null) return { ok: false, refusal: nothingHere };
  const token = readBearer(headers.get('authorization'));
  const agent = token === null ? null : gate.authenticate(token);
  if (token === null || agent === null) return { ok: false, refusal: unauthorized };
  // Only after the token: a stranger must not learn which servers there are.
  if (path.scope !== null && !gate.hasServer(agent, path.scope)) return { ok: false, refusal: nothingHere };
  const { method } = head;
  if (method !== 'GET' && method !== 'POST' && method !== 'DELETE') return { ok: false, refusal: methodNotAllowed };
  const accepts = readAccepts(headers.get('accept'));
  const late = checkContent(method, headers, accepts) ?? checkSize(method, headers, gate.bodyBytes);
  if (late !== null) return { ok: false, refusal: late };
  return { ok: true, admission: { agent, token, method, scope: path.scope, accepts, ...readMcpHeaders(headers) } };
}

function readMcpHeaders(headers: Headers) {
  const mcpParams = new Map<string, string>();
  for (const [name, value] of headers) {
    if (name.startsWith(paramPrefix)) mcpParams.set(name.slice(paramPrefix.length), value);
  }
  return {
    sessionId: headers.get('mcp-session-id') ?? null,
    protocolVersion: headers.get('mcp-protocol-version') ?? null,
    lastEventId: headers.get('last-event-id') ?? null,
    mcpMethod: headers.get('mcp-method') ?? null,
    mcpName: headers.get('mcp-name') ?? null,
    mcpParams,
  };
}

export const unauthorized: Refusal = {
  status: 401,
  reason: 'unauthorized',
  message: 'This address needs the bearer token of an agent that ScopeGate knows.',
  headers: ['WWW-Authenticate', 'Bearer'],
};

export const tooLarge: Refusal = { status: 413, reason: 'too_large', message: 'The request body is too large.' };

const methodNotAllowed: Refusal = {
  status: 405,
  reason: 'method',
  message: 'Only GET, POST and DELETE are answered here.',
  headers: ['Allow', 'GET, POST, DELETE'],
};

/** Without sessions there is nothing to GET or DELETE (2026-07-28, Streamable HTTP). */
export const modernMethodNotAllowed: Refusal = {
  status: 405,
  reason: 'method',
  message: 'This protocol version uses POST only.',
  headers: ['Allow', 'POST'],
};

const nothingHere: Refusal = {
  status: 404,
  reason: 'path',
  message: 'There is nothing at this address. The gateway is at /mcp.',
};

/** Fills `headers` with what decides something, names in lower case. */
function collectHeaders(head: RequestHead, gate: Gate, headers: Map<string, string>): Refusal | null {
  const { rawHeaders } = head;
  if (rawHeaders.length > gate.headerCount * 2) return { status: 431, reason: 'headers', message: 'Too many headers.' };
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    const value = rawHeaders[i + 1] ?? '';
    const earlier = headers.get(name);
    if (name === 'accept') headers.set(name, earlier === undefined ? value : `${earlier},${value}`);
    else if (!sensitiveHeaders.has(name) && !name.startsWith(paramPrefix)) continue;
    else if (earlier === undefined) headers.set(name, value);
    else return { status: 400, reason: 'duplicate_header', message: 'A header that must be single is given twice.' };
  }
  return null;
}

function checkFraming(head: RequestHead, headers: Headers): Refusal | null {
  const length = headers.get('content-length');
  const coding = headers.get('transfer-encoding');
  const refusal = { status: 400, reason: 'framing', message: 'The length of the request is not clear.' };
  // A request line without a version is HTTP/0.9 to some readers, which had neither headers nor bodies.
  if (head.httpVersion !== '1.1' && head.httpVersion !== '1.0') {
    return { status: 400, reason: 'http_version', message: 'This address speaks HTTP/1.1.' };
  }
  if (length !== undefined && (coding !== undefined || !/^[0-9]{1,15}$/.test(length))) return refusal;
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || head.httpVersion !== '1.1')) return refusal;
  // Some HTTP clients offer h2c on every first request and must be answered in HTTP/1.1 (RFC 9110 7.8).
  const upgrade = headers.get('upgrade');
  if (upgrade !== undefined && upgrade.toLowerCase() !== 'h2c') {
    return { status: 400, reason: 'upgrade', message: 'This address speaks HTTP only.' };
  }
  return null;
}

/** DNS rebinding: a page can make its own name point here, but cannot make the browser say another Host. */
function checkHost(head: RequestHead, headers: Headers, port: number): Refusal | null {
  const host = headers.get('host');
  if (host === undefined) return { status: 400, reason: 'host', message: 'The request names no host.' };
  const target = splitTarget(head.url);
  const authorities = target.authority === null ? [host] : [host, target.authority];
  if (authorities.every((authority) => isOwnAuthority(authority, port))) return null;
  return { status: 403, reason: 'host', message: 'This address answers to its own loopback names only.' };
}

function checkOrigin(headers: Headers, port: number): Refusal | null {
  const origin = headers.get('origin');
  const isOwn = origin === undefined || (origin.startsWith('http://') && isOwnAuthority(origin.slice(7), port));
  const site = headers.get('sec-fetch-site');
  const isSameSite = site === undefined || site === 'none' || site === 'same-origin';
  if (isOwn && isSameSite) return null;
  return { status: 403, reason: 'origin', message: 'Web pages may not call this address.' };
}

/** `/mcp` or `/mcp/<server>`. Exact on purpose: with no query allowed, no token can be given in one. */
function readPath(head: RequestHead): { scope: string | null } | null {
  const match = /^\/mcp(?:\/([a-z0-9-]{1,24}))?$/.exec(splitTarget(head.url).path);
  return match === null ? null : { scope: match[1] ?? null };
}

function isOwnAuthority(authority: string, port: number): boolean {
  const name = authority.toLowerCase();
  return name === `127.0.0.1:${port}` || name === `localhost:${port}` || name === `[::1]:${port}`;
}

/** RFC 9112 3.2: the target is a path, or a whole URL whose authority then counts as the host. */
function splitTarget(url: string): { authority: string | null; path: string } {
  if (url.startsWith('/')) return { authority: null, path: url };
  const match = /^http:\/\/([^/?#]*)(.*)$/i.exec(url);
  return { authority: match?.[1] ?? '', path: match?.[2] ?? '' };
}

function readBearer(authorization: string | undefined): string | null {
  if (authorization === undefined || authorization.slice(0, 7).toLowerCase() !== 'bearer ') return null;
  const token = authorization.slice(7);
  return /^[\x21-\x7e]+$/.test(token) ? token : null;
}

function checkContent(method: 'GET' | 'POST' | 'DELETE', headers: Headers, accepts: Accepts): Refusal | null {
  if (method === 'POST') {
    const encoding = headers.get('content-encoding');
    const isPlain = encoding === undefined || encoding.toLowerCase() === 'identity';
    if (
      !isPlain ||
      !/^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(headers.get('content-type') ?? '')
    ) {
      return { status: 415, reason: 'content_type', message: 'A message is plain application/json in UTF-8.' };
    }
  }
  const isAcceptable = method === 'DELETE' || accepts.stream || (method === 'POST' && accepts.json);
  if (isAcceptable) return null;
  return { status: 406, reason: 'accept', message: 'Accept must list application/json and text/event-stream.' };
}

function checkSize(method: 'GET' | 'POST' | 'DELETE', headers: Headers, bodyBytes: number): Refusal | null {
  const length = Number(headers.get('content-length') ?? 0);
  if (method !== 'POST' && (length > 0 || headers.has('transfer-encoding'))) {
    return { status: 400, reason: 'body', message: 'Only POST has a body here.' };
  }
  // Without a length the body is empty by HTTP's rule, and what follows would be read as the next request.
  if (method === 'POST' && !headers.has('content-length') && !headers.has('transfer-encoding')) {
    return { status: 411, reason: 'length', message: 'A message comes with its length.' };
  }
  return length > bodyBytes ? tooLarge : null;
}
