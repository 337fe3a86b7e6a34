import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RpcErrorBody, RpcId } from '../wire/json-rpc.ts';
import { serializeError } from '../wire/serialize-reply.ts';
import type { Refusal } from './head-guards.ts';

/** Codes of JSON-RPC's server range for refusals of the transport; the second is what clients know for a lost session. */
export const transportErrorCodes = { refused: -32000, sessionNotFound: -32001 } as const;

// No CORS headers, ever: no web page is meant to read an answer from here.
const safetyHeaders = [
  'Cache-Control',
  'no-store',
  'X-Content-Type-Options',
  'nosniff',
  'Content-Security-Policy',
  "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy',
  'same-origin',
];
const jsonHeaders = ['Content-Type', 'application/json', ...safetyHeaders];
// The buffering header keeps a reverse proxy from holding events back.
const streamHeaders = ['Content-Type', 'text/event-stream', 'X-Accel-Buffering', 'no', ...safetyHeaders];

/** Up to here one copy is cheaper than several writes. */
const joinBytes = 32 * 1024;
/** Up to here the body goes out in one write with its head: Node joins the two when the body is a string. */
const oneWriteBytes = 4 * 1024;
/** How long a refused sender may go on sending, so that it can read why before the connection closes. */
const lingerMs = 1_000;

export function isGone(res: ServerResponse): boolean {
  return res.destroyed || res.writableEnded;
}

/** Answers with a JSON body made of `parts`, in one go. */
export function sendJson(
  res: ServerResponse,
  status: number,
  parts: readonly Buffer[],
  headers: readonly string[] = [],
): void {
  if (isGone(res)) return;
  let length = 0;
  for (const part of parts) length += part.length;
  res.writeHead(status, [...jsonHeaders, ...headers, 'Content-Length', String(length)]);
  if (length <= joinBytes) {
    const [alone] = parts;
    const body = alone && parts.length === 1 ? alone : Buffer.concat(parts, length);
    // latin1 is one byte for each character: the bytes stay what they are
    if (length <= oneWriteBytes) res.end(body.toString('latin1'), 'latin1');
    else res.end(body);
    return;
  }
  res.cork();
  for (const part of parts) res.write(part);
  res.end();
}

export function sendError(res: ServerResponse, status: number, id: RpcId | null, error: RpcErrorBody): void {
  sendJson(res, status, [serializeError(id, error)]);
}

export function sendEmpty(res: ServerResponse, status: number): void {
  if (isGone(res)) return;
  res.writeHead(status, [...safetyHeaders, 'Content-Length', '0']);
  res.end();
}

/** Begins a server-sent event stream; its end is the caller's. */
export function startStream(res: ServerResponse): void {
  res.writeHead(200, streamHeaders);
  res.flushHeaders();
}

/**
 * Answers a request whose body is not wanted, and closes the connection. What still comes is thrown away for a moment:
 * closing at once would reset the connection and often lose the answer.
 */
export function refuse(req: IncomingMessage, res: ServerResponse, refusal: Refusal): void {
  if (isGone(res)) return;
  const body = serializeError(null, { code: transportErrorCodes.refused, message: refusal.message });
  const length = String(body.length);
  res.writeHead(refusal.status, [
    ...jsonHeaders,
    ...(refusal.headers ?? []),
    'Connection',
    'close',
    'Content-Length',
    length,
  ]);
  if (req.complete || req.method === 'HEAD') {
    res.end(body);
    return;
  }
  res.write(body);
  const end = (): void => {
    clearTimeout(timer);
    res.end();
  };
  const timer = setTimeout(end, lingerMs);
  req.once('end', end);
  req.once('close', end);
  req.resume();
}
