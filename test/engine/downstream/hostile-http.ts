import { rpc, tokenOfOne } from './support.ts';

export const ping = JSON.stringify(rpc(1, 'ping'));

interface Parts {
  line?: string;
  host?: string | null;
  auth?: string | null;
  type?: string | null;
  accept?: string | null;
  session?: string | null;
  extra?: string[];
  body?: string | Buffer;
  /** Null: no Content-Length. */
  length?: string | null;
}

/** Where the requests go. */
export const target = { port: 0, session: '' };

/** A request that would be answered with 200 if nothing of it were changed. */
export function http(parts: Parts = {}): Buffer {
  const { line = 'POST /mcp HTTP/1.1', host = `127.0.0.1:${target.port}`, auth = `Bearer ${tokenOfOne}` } = parts;
  const { type = 'application/json', accept = 'application/json, text/event-stream', extra = [] } = parts;
  const sessionId = parts.session === undefined ? target.session : parts.session;
  const body = Buffer.from(parts.body ?? ping);
  const length = parts.length === undefined ? String(body.length) : parts.length;
  const head = [
    line,
    host === null ? null : `Host: ${host}`,
    auth === null ? null : `Authorization: ${auth}`,
    type === null ? null : `Content-Type: ${type}`,
    accept === null ? null : `Accept: ${accept}`,
    sessionId === null ? null : `Mcp-Session-Id: ${sessionId}`,
    length === null ? null : `Content-Length: ${length}`,
    ...extra,
  ];
  return Buffer.concat([Buffer.from(`${head.filter((value) => value !== null).join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

export const get = (parts: Parts = {}): Buffer =>
  http({ line: 'GET /mcp HTTP/1.1', type: null, length: null, body: '', ...parts });
export const post = (body: string | Buffer): Buffer => http({ body });
export const chunked = (body: string, extra: string[] = []): Buffer =>
  http({ length: null, extra: ['Transfer-Encoding: chunked', ...extra], body });
export const own = (): string => `127.0.0.1:${target.port}`;

/** A name, the bytes to send, the expected status or statuses, and the JSON-RPC code of the answer. */
export type Case = [name: string, bytes: () => string | Buffer, status: number | number[], code?: number];
