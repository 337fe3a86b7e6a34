import { lookup as lookupName } from 'node:dns';
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { bareHost, refuseAddress, refuseUrl } from './address-rules.ts';
import { quoteText, SignInFault } from './sign-in-fault.ts';

/** What the SDK's client functions call in place of `fetch`. */
export type FetchLike = (url: string | URL, init?: RequestInit) => Promise<Response>;

export interface FetchLimits {
  /** Milliseconds for the whole answer. */
  timeoutMs: number;
  /** Bytes of an answer. */
  maxBytes: number;
}

export const defaultFetchLimits: FetchLimits = { timeoutMs: 10_000, maxBytes: 64 * 1024 };

export interface GuardedFetch {
  fetch: FetchLike;
  /** Status of the latest answer; null: none came. The SDK keeps it to itself where it matters to us. */
  lastStatus(): number | null;
}

/**
 * A fetch for what a server tells us to look at: https, or this machine's own when the server itself is here; never
 * another private address; the checked address is the one connected to; bounded in time and size; redirects are answers,
 * which the SDK follows within one origin only. Rejects with a `SignInFault`.
 */
export function makeGuardedFetch(server: URL, limits: FetchLimits, signal: AbortSignal): GuardedFetch {
  let status: number | null = null;
  return {
    lastStatus: () => status,
    async fetch(input, init) {
      status = null;
      const url = new URL(input);
      const refusal = refuseUrl(url, server) ?? refuseLiteral(url, server);
      if (refusal !== null) throw refused(url, refusal);
      const response = await send(url, init ?? {}, { server, limits, signal });
      status = response.status;
      return response;
    },
  };
}

/** Names are judged when they are looked up; an address in the URL itself never is looked up. */
function refuseLiteral(url: URL, server: URL): string | null {
  const host = bareHost(url);
  return isIP(host) === 0 ? null : refuseAddress(host, url, server);
}

function refused(url: URL, why: string): SignInFault {
  return new SignInFault(
    'refused',
    `The server leads to ${quoteText(url.origin)} for signing in, and ScopeGate does not go there: ${why}.`,
    'Do not use this server unless you know why it does that; ask whoever runs it.',
  );
}

/** One sentence for every way the other side can be away. */
export function unreachable(url: URL, why: string): SignInFault {
  return new SignInFault(
    'unavailable',
    `The sign-in service at ${quoteText(url.host)} could not be used: ${why}.`,
    'Try again in a moment; check the network if it stays.',
  );
}

interface Sending {
  server: URL;
  limits: FetchLimits;
  signal: AbortSignal;
}

async function send(url: URL, init: RequestInit, sending: Sending): Promise<Response> {
  const { limits, signal } = sending;
  if (signal.aborted) throw new SignInFault('cancelled', 'Signing in was cancelled.', 'Start again when you like.');
  return new Promise((resolve, reject) => {
    const request = openRequest(url, init, sending.server);
    const end = (fault: unknown) => {
      settle();
      request.destroy();
      reject(fault);
    };
    const onAbort = () => end(new SignInFault('cancelled', 'Signing in was cancelled.', 'Start again when you like.'));
    const timer = setTimeout(() => {
      end(unreachable(url, `it did not answer within ${Math.ceil(limits.timeoutMs / 1000)} s`));
    }, limits.timeoutMs);
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    request.once('error', (error: NodeJS.ErrnoException) => {
      end(error instanceof SignInFault ? error : unreachable(url, error.code ?? 'the connection broke'));
    });
    request.once('response', (answer) => {
      readAnswer(answer, limits.maxBytes).then(
        (response) => {
          settle();
          resolve(response);
        },
        (error: Error) => end(unreachable(url, error.message)),
      );
    });
    request.end(bodyOf(init));
  });
}

function openRequest(url: URL, init: RequestInit, server: URL): ClientRequest {
  const options = {
    method: init.method ?? 'GET',
    headers: headersOf(init),
    lookup: checkedLookup(url, server),
    // one request, one connection: what was checked for it serves nothing else
    agent: false,
  } as const;
  return url.protocol === 'https:' ? requestHttps(url, options) : requestHttp(url, options);
}

function headersOf(init: RequestInit): Record<string, string> {
  const headers: Record<string, string> = {};
  new Headers(init.headers).forEach((value, name) => {
    headers[name] = value;
  });
  const body = bodyOf(init);
  headers['accept-encoding'] = 'identity';
  if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
  return headers;
}

/** The SDK sends forms and JSON, nothing else. */
function bodyOf(init: RequestInit): string | undefined {
  const { body } = init;
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError('only text and forms are sent');
}

/** Every address of the name must be allowed, and what was checked is what is connected to. */
function checkedLookup(url: URL, server: URL): LookupFunction {
  return (hostname, options, callback) => {
    lookupName(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0);
      for (const { address } of found) {
        const refusal = refuseAddress(address, url, server);
        if (refusal !== null) return callback(refused(url, refusal), '', 0);
      }
      const [first] = found;
      if (options.all) callback(null, found);
      else callback(null, first?.address ?? '', first?.family ?? 0);
    });
  };
}

const noBody = new Set([204, 205, 304]);

async function readAnswer(answer: IncomingMessage, maxBytes: number): Promise<Response> {
  const encoding = answer.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    answer.destroy();
    throw new Error('it compressed its answer unasked');
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > maxBytes) {
      answer.destroy();
      throw new Error(`its answer is larger than ${maxBytes / 1024} KiB`);
    }
  }
  const status = answer.statusCode ?? 0;
  if (status < 200 || status > 599) throw new Error(`it answered ${status}`);
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) {
    for (const one of Array.isArray(value) ? value : [value ?? '']) headers.append(name, one);
  }
  return new Response(noBody.has(status) ? null : Buffer.concat(chunks), { status, headers });
}
