import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintToken } from '../../../electron/engine/core/agent-token.ts';
import type { AgentListener } from '../../../electron/engine/downstream/contract.ts';
import { listenForAgents } from '../../../electron/engine/downstream/listener.ts';
import { one, open, parseJson, rpc, send, sendRaw, tokenOfOne, tokenOfTwo, two } from './support.ts';

const ping = JSON.stringify(rpc(1, 'ping'));

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

let listener: AgentListener;
let session = '';
let handled = 0;

/** A request that would be answered with 200 if nothing of it were changed. */
function http(parts: Parts = {}): Buffer {
  const { line = 'POST /mcp HTTP/1.1', host = `127.0.0.1:${listener.port}`, auth = `Bearer ${tokenOfOne}` } = parts;
  const { type = 'application/json', accept = 'application/json, text/event-stream', extra = [] } = parts;
  const sessionId = parts.session === undefined ? session : parts.session;
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

const get = (parts: Parts = {}): Buffer => http({ line: 'GET /mcp HTTP/1.1', type: null, length: null, body: '', ...parts });
const post = (body: string | Buffer): Buffer => http({ body });
const chunked = (body: string, extra: string[] = []): Buffer =>
  http({ length: null, extra: ['Transfer-Encoding: chunked', ...extra], body });
const own = (): string => `127.0.0.1:${listener.port}`;

type Case = [name: string, bytes: () => string | Buffer, status: number | number[], code?: number];

const ambiguous: Case[] = [
  ['two Host headers', () => http({ extra: [`Host: ${own()}`] }), 400],
  ['two Host headers in other letters', () => http({ extra: ['hOST: evil.example'] }), 400],
  ['two Authorization headers', () => http({ extra: [`Authorization: Bearer ${tokenOfTwo}`] }), 400],
  ['two Content-Length headers that differ', () => http({ extra: ['Content-Length: 2'] }), 400],
  ['two Content-Length headers alike', () => http({ extra: [`Content-Length: ${ping.length}`] }), 400],
  ['two Content-Type headers', () => http({ extra: ['Content-Type: text/plain'] }), 400],
  ['two Origin headers', () => http({ extra: [`Origin: http://${own()}`, 'Origin: http://evil.example'] }), 400],
  ['two Mcp-Session-Id headers', () => http({ extra: ['Mcp-Session-Id: x'] }), 400],
  ['two MCP-Protocol-Version headers', () => http({ extra: ['MCP-Protocol-Version: 2025-11-25', 'mcp-protocol-version: 2025-06-18'] }), 400],
  ['two Transfer-Encoding headers', () => chunked('0\r\n\r\n', ['Transfer-Encoding: chunked']), 400],
  ['two Content-Encoding headers', () => http({ extra: ['Content-Encoding: identity', 'Content-Encoding: gzip'] }), 400],
  ['two Sec-Fetch-Site headers', () => http({ extra: ['Sec-Fetch-Site: none', 'Sec-Fetch-Site: cross-site'] }), 400],
  ['101 headers', () => http({ extra: Array.from({ length: 100 }, (_, i) => `X-${i}: 1`) }), 431],
  ['3,000 headers', () => http({ extra: Array.from({ length: 3000 }, () => 'a:') }), 431],
  ['a header of 17 KiB', () => http({ extra: [`X-Big: ${'x'.repeat(17 * 1024)}`] }), 431],
  ['Content-Length beside Transfer-Encoding', () => http({ extra: ['Transfer-Encoding: chunked'] }), 400],
  ['Transfer-Encoding: gzip, chunked', () => http({ length: null, extra: ['Transfer-Encoding: gzip, chunked'], body: '0\r\n\r\n' }), 400],
  ['Transfer-Encoding: identity', () => http({ length: null, extra: ['Transfer-Encoding: identity'], body: '' }), 400],
  ['Transfer-Encoding: xchunked', () => http({ length: null, extra: ['Transfer-Encoding: xchunked'], body: '' }), 400],
  ['Transfer-Encoding: chunked, chunked', () => http({ length: null, extra: ['Transfer-Encoding: chunked, chunked'], body: '0\r\n\r\n' }), 400],
  ['Transfer-Encoding with a vertical tab', () => http({ length: null, extra: ['Transfer-Encoding: \vchunked'], body: '0\r\n\r\n' }), 400],
  ['a space before the colon of Transfer-Encoding', () => http({ extra: ['Transfer-Encoding : chunked'] }), 400],
  ['Transfer-Encoding in HTTP/1.0', () => http({ line: 'POST /mcp HTTP/1.0', length: null, extra: ['Transfer-Encoding: chunked'], body: '0\r\n\r\n' }), 400],
  ['a negative Content-Length', () => http({ length: '-1' }), 400],
  ['a Content-Length with a plus', () => http({ length: '+46' }), 400],
  ['a hexadecimal Content-Length', () => http({ length: '0x2e' }), 400],
  ['a Content-Length with a comma', () => http({ length: '46, 46' }), 400],
  ['a Content-Length of 30 digits', () => http({ length: '9'.repeat(30) }), [400, 413]],
  ['an empty Content-Length', () => http({ length: '' }), 400],
  ['a chunk size that is no number', () => chunked('zz\r\n{}\r\n0\r\n\r\n'), 400],
  ['a negative chunk size', () => chunked('-1\r\n{}\r\n0\r\n\r\n'), 400],
  ['a chunk without its line end', () => chunked('2\r\n{}0\r\n\r\n'), 400],
  ['a chunk extension of 20 KiB', () => chunked(`2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`), [400, 413]],
  ['a header without colon', () => http({ extra: ['nonsense'] }), 400],
  ['a header with a NUL', () => http({ extra: ['X-A: a\u0000b'] }), 400],
  ['a header name with a space', () => http({ extra: ['X A: b'] }), 400],
  ['a bare CR in a header', () => http({ extra: ['X-A: a\rb'] }), 400],
  ['a bare line feed', () => `POST /mcp HTTP/1.1\nHost: ${own()}\nContent-Length: 0\n\n`, 400],
  ['an upgrade to websocket', () => get({ extra: ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='] }), 400],
  ['an upgrade to something', () => http({ extra: ['Connection: Upgrade', 'Upgrade: foo/2'] }), 400],
];

const foreign: Case[] = [
  ['no Host', () => http({ host: null }), 400],
  ['no Host in HTTP/1.0', () => http({ line: 'POST /mcp HTTP/1.0', host: null }), 400],
  ['an empty Host', () => http({ host: '' }), 403],
  ['the Host of another machine', () => http({ host: 'evil.example' }), 403],
  ['a rebound name with our port', () => http({ host: `evil.example:${listener.port}` }), 403],
  ['a name that begins like ours', () => http({ host: `127.0.0.1:${listener.port}.evil.example` }), 403],
  ['a name that ends like ours', () => http({ host: `evil.localhost:${listener.port}` }), 403],
  ['our name without port', () => http({ host: '127.0.0.1' }), 403],
  ['our name with another port', () => http({ host: `127.0.0.1:${listener.port + 1}` }), 403],
  ['another loopback address', () => http({ host: `127.0.0.2:${listener.port}` }), 403],
  ['0.0.0.0', () => http({ host: `0.0.0.0:${listener.port}` }), 403],
  ['a short form of the address', () => http({ host: `127.1:${listener.port}` }), 403],
  ['a decimal form of the address', () => http({ host: `2130706433:${listener.port}` }), 403],
  ['a trailing dot', () => http({ host: `localhost.:${listener.port}` }), 403],
  ['user information in Host', () => http({ host: `x@127.0.0.1:${listener.port}` }), 403],
  ['a list of hosts', () => http({ host: `127.0.0.1:${listener.port}, evil.example` }), 403],
  ['a target of another machine', () => http({ line: 'POST http://evil.example/mcp HTTP/1.1' }), 403],
  ['a target of another port', () => http({ line: 'POST http://127.0.0.1:1/mcp HTTP/1.1' }), 403],
  ['a target with user information', () => http({ line: `POST http://u@${own()}/mcp HTTP/1.1` }), 403],
  ['a target in https', () => http({ line: `POST https://${own()}/mcp HTTP/1.1` }), 403],
  ['our target and a foreign Host', () => http({ line: `POST http://${own()}/mcp HTTP/1.1`, host: 'evil.example' }), 403],
  ['a foreign Origin', () => http({ extra: ['Origin: http://evil.example'] }), 403],
  ['a foreign Origin and no token', () => http({ auth: null, extra: ['Origin: http://evil.example'] }), 403],
  ['the Origin null', () => http({ extra: ['Origin: null'] }), 403],
  ['an empty Origin', () => http({ extra: ['Origin:'] }), 403],
  ['our Origin in https', () => http({ extra: [`Origin: https://${own()}`] }), 403],
  ['our Origin with another port', () => http({ extra: [`Origin: http://127.0.0.1:${listener.port + 1}`] }), 403],
  ['our Origin without port', () => http({ extra: ['Origin: http://localhost'] }), 403],
  ['our Origin with a path', () => http({ extra: [`Origin: http://${own()}/`] }), 403],
  ['an Origin that begins like ours', () => http({ extra: [`Origin: http://${own()}.evil.example`] }), 403],
  ['an Origin of an extension', () => http({ extra: ['Origin: chrome-extension://abcdef'] }), 403],
  ['Sec-Fetch-Site: cross-site', () => http({ extra: ['Sec-Fetch-Site: cross-site'] }), 403],
  ['Sec-Fetch-Site: same-site', () => http({ extra: ['Sec-Fetch-Site: same-site'] }), 403],
  ['a preflight', () => http({ line: 'OPTIONS /mcp HTTP/1.1', auth: null, body: '', extra: ['Origin: http://evil.example', 'Access-Control-Request-Method: POST'] }), 403],
];

const strangers: Case[] = [
  ['the path /', () => http({ line: 'POST / HTTP/1.1' }), 404],
  ['the path /mcp/', () => http({ line: 'POST /mcp/ HTTP/1.1' }), 404],
  ['the path //mcp', () => http({ line: 'POST //mcp HTTP/1.1' }), 404],
  ['the path /MCP', () => http({ line: 'POST /MCP HTTP/1.1' }), 404],
  ['the path /%6dcp', () => http({ line: 'POST /%6dcp HTTP/1.1' }), 404],
  ['the path /x/../mcp', () => http({ line: 'POST /x/../mcp HTTP/1.1' }), 404],
  ['the path /mcp;x', () => http({ line: 'POST /mcp;x HTTP/1.1' }), 404],
  ['a token in the query', () => http({ line: `POST /mcp?token=${tokenOfOne} HTTP/1.1`, auth: null }), 404],
  ['a query beside a good token', () => http({ line: 'POST /mcp?a=1 HTTP/1.1' }), 404],
  ['an empty query', () => http({ line: 'POST /mcp? HTTP/1.1' }), 404],
  ['the management page', () => get({ line: 'GET /index.html HTTP/1.1' }), 404],
  ['metadata of an authorization server', () => get({ line: 'GET /.well-known/oauth-authorization-server HTTP/1.1', auth: null }), 404],
  ['no token', () => http({ auth: null }), 401],
  ['no token on GET', () => get({ auth: null }), 401],
  ['no token on DELETE', () => get({ line: 'DELETE /mcp HTTP/1.1', auth: null }), 401],
  ['an empty token', () => http({ auth: 'Bearer ' }), 401],
  ['the scheme alone', () => http({ auth: 'Bearer' }), 401],
  ['a token nobody has', () => http({ auth: `Bearer ${mintToken('x', randomBytes(32))}` }), 401],
  ['a token with a typo', () => http({ auth: `Bearer ${tokenOfOne.slice(0, -1)}~` }), 401],
  ['half a token', () => http({ auth: `Bearer ${tokenOfOne.slice(0, 30)}` }), 401],
  ['a token and more', () => http({ auth: `Bearer ${tokenOfOne} x` }), 401],
  ['two tokens in one header', () => http({ auth: `Bearer ${tokenOfOne}, Bearer ${tokenOfTwo}` }), 401],
  ['a token in other letters', () => http({ auth: `Bearer ${tokenOfOne.toUpperCase()}` }), 401],
  ['a token in quotes', () => http({ auth: `Bearer "${tokenOfOne}"` }), 401],
  ['the token without scheme', () => http({ auth: tokenOfOne }), 401],
  ['the token as Basic', () => http({ auth: `Basic ${Buffer.from(`a:${tokenOfOne}`).toString('base64')}` }), 401],
  ['the token in a cookie', () => http({ auth: null, extra: [`Cookie: token=${tokenOfOne}`] }), 401],
  ['the token in Proxy-Authorization', () => http({ auth: null, extra: [`Proxy-Authorization: Bearer ${tokenOfOne}`] }), 401],
  ['the token in the body', () => http({ auth: null, body: JSON.stringify({ token: tokenOfOne }) }), 401],
  ['a session id and no token', () => http({ auth: null, session }), 401],
  ['a huge body and no token, before it is sent', () => http({ auth: null, length: '4194304', body: '' }), 401],
  ['PUT', () => http({ line: 'PUT /mcp HTTP/1.1' }), 405],
  ['PATCH', () => http({ line: 'PATCH /mcp HTTP/1.1' }), 405],
  ['HEAD', () => get({ line: 'HEAD /mcp HTTP/1.1' }), 405],
  ['OPTIONS', () => get({ line: 'OPTIONS /mcp HTTP/1.1' }), 405],
  ['TRACE', () => get({ line: 'TRACE /mcp HTTP/1.1' }), 405],
  ['PUT without token', () => http({ line: 'PUT /mcp HTTP/1.1', auth: null }), 401],
  ['CONNECT', () => `CONNECT evil.example:443 HTTP/1.1\r\nHost: ${own()}\r\n\r\n`, 405],
  ['a method that does not exist', () => http({ line: 'STEAL /mcp HTTP/1.1' }), 400],
  ['a method in small letters', () => http({ line: 'post /mcp HTTP/1.1' }), 400],
  ['HTTP/2 with prior knowledge', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['HTTP/3.7', () => http({ line: 'POST /mcp HTTP/3.7' }), 400],
  ['a TLS hello', () => Buffer.from('1603010200010001fc0303', 'hex'), 400],
  ['noise', () => Buffer.from('\u0000\u0001\u0002 hello\r\n\r\n'), 400],
  ['an expectation of something else', () => http({ extra: ['Expect: miracles'] }), 417],
];

const content: Case[] = [
  ['no Content-Type', () => http({ type: null }), 415],
  ['text/plain, as a form of a page sends it', () => http({ type: 'text/plain' }), 415],
  ['a form', () => http({ type: 'application/x-www-form-urlencoded' }), 415],
  ['application/jsonp', () => http({ type: 'application/jsonp' }), 415],
  ['JSON in another charset', () => http({ type: 'application/json; charset=utf-16' }), 415],
  ['JSON with a list of types', () => http({ type: 'application/json, text/plain' }), 415],
  ['JSON with another parameter', () => http({ type: 'application/json; boundary=x' }), 415],
  ['a compressed body', () => http({ extra: ['Content-Encoding: gzip'], body: Buffer.from([0x1f, 0x8b, 8, 0]) }), 415],
  ['a body compressed twice', () => http({ extra: ['Content-Encoding: identity, gzip'] }), 415],
  ['an Accept of neither kind', () => http({ accept: 'text/html' }), 406],
  ['an Accept that excludes both', () => http({ accept: 'application/json;q=0, text/event-stream;q=0.0' }), 406],
  ['an empty Accept', () => http({ accept: '' }), 406],
  ['a GET that takes JSON only', () => get({ accept: 'application/json' }), 406],
  ['a GET with a body', () => get({ length: '2', body: '{}' }), 400],
  ['a DELETE with a chunked body', () => get({ line: 'DELETE /mcp HTTP/1.1', extra: ['Transfer-Encoding: chunked'], body: '0\r\n\r\n' }), 400],
  ['a body one byte too large, before it is sent', () => http({ length: String(4 * 1024 * 1024 + 1), body: '' }), 413],
  ['a chunked body that is too large', () => chunked(`${(4 * 1024 * 1024 + 1).toString(16)}\r\n${' '.repeat(4 * 1024 * 1024 + 1)}`), 413],
];

const messages: Case[] = [
  ['an empty body', () => post(''), 400, -32700],
  ['a body that is no JSON', () => post('ping'), 400, -32700],
  ['half a message', () => post(ping.slice(0, -1)), 400, -32700],
  ['a byte-order mark', () => post(`\ufeff${ping}`), 400, -32700],
  ['UTF-16', () => post(Buffer.from(ping, 'utf16le')), 400, -32700],
  ['bytes that are not UTF-8', () => post(Buffer.concat([Buffer.from('{"jsonrpc":"2.0","id":1,"method":"p'), Buffer.from([0xff]), Buffer.from('"}')])), 400, -32700],
  ['two messages in one body', () => post(`${ping}\n${ping}`), 400, -32700],
  ['a method given twice', () => post('{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}'), 400, -32600],
  ['a tool name given twice', () => post('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"b"}}'), 400, -32600],
  ['a tool name given twice, once escaped', () => post('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","n\\u0061me":"b"}}'), 400, -32600],
  ['__proto__ in params', () => post('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"__proto__":{"name":"delete_all","arguments":{}}}}'), 400, -32600],
  ['__proto__ at the top', () => post('{"jsonrpc":"2.0","id":1,"method":"ping","__proto__":{}}'), 400, -32600],
  ['100,000 brackets', () => post('['.repeat(100_000)), 400, -32600],
  ['1,000,000 brackets in params', () => post(`{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":${'['.repeat(1_000_000)}`), 400, -32600],
  ['30,000 members', () => post(`{"jsonrpc":"2.0","id":1,"method":"x","params":{${Array.from({ length: 30_000 }, (_, i) => `"${i}":1`).join()}}}`), 400, -32600],
  ['a number beyond all range', () => post('{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":1e999}}'), 400, -32600],
  ['an integer no double holds', () => post('{"jsonrpc":"2.0","id":1,"method":"x","params":{"amount":9007199254740993}}'), 400, -32600],
  ['a lone surrogate', () => post('{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":"\\ud800"}}'), 400, -32600],
  ['an id of null', () => post('{"jsonrpc":"2.0","id":null,"method":"ping"}'), 400, -32600],
  ['an id that is an object', () => post('{"jsonrpc":"2.0","id":{"a":1},"method":"ping"}'), 400, -32600],
  ['an id of 1,000 characters', () => post(`{"jsonrpc":"2.0","id":"${'x'.repeat(1000)}","method":"ping"}`), 400, -32600],
  ['another JSON-RPC version', () => post('{"jsonrpc":"1.0","id":1,"method":"ping"}'), 400, -32600],
  ['an unknown member of the envelope', () => post('{"jsonrpc":"2.0","id":1,"method":"ping","auth":"x"}'), 400, -32600],
  ['a method in other letters', () => post('{"jsonrpc":"2.0","id":1,"METHOD":"ping"}'), 400, -32600],
  ['a method that is a number', () => post('{"jsonrpc":"2.0","id":1,"method":1}'), 400, -32600],
  ['params that are an array', () => post('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["a"]}'), 400, -32602],
  ['a request that is a response too', () => post('{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}'), 400, -32600],
  ['a batch outside 2025-03-26', () => post(`[${ping}]`), 400, -32600],
  ['a bare string', () => post('"ping"'), 400, -32600],
  ['no session', () => http({ session: null }), 400, -32600],
  ['an empty session id', () => http({ session: '' }), 404, -32001],
  ['a session that never was', () => http({ session: 'f'.repeat(32) }), 404, -32001],
  ['the session of another agent', () => http({ auth: `Bearer ${tokenOfTwo}` }), 404, -32001],
  ['the session id __proto__', () => http({ session: '__proto__' }), 404, -32001],
  ['a session id of 10 KiB', () => http({ session: 'x'.repeat(10_000) }), 404, -32001],
  ['a protocol version that never was', () => http({ extra: ['MCP-Protocol-Version: 1999-01-01'] }), 400, -32600],
  ['a protocol version that is no date', () => http({ extra: ['MCP-Protocol-Version: latest'] }), 400, -32600],
  ['a second initialize in the session', () => post(JSON.stringify(rpc(1, 'initialize', { protocolVersion: '2025-11-25' }))), 400, -32600],
  ['an initialize without version', () => http({ session: null, body: JSON.stringify(rpc(1, 'initialize', {})) }), 400, -32602],
  ['an initialize without params', () => http({ session: null, body: JSON.stringify(rpc(1, 'initialize')) }), 400, -32602],
  ['an initialize of 100 KiB', () => http({ session: null, body: JSON.stringify(rpc(1, 'initialize', { protocolVersion: '2025-11-25', x: 'x'.repeat(100_000) })) }), 413, -32000],
  ['a GET without session', () => get({ session: null }), 400, -32600],
  ['a GET on the session of another agent', () => get({ auth: `Bearer ${tokenOfTwo}` }), 404, -32001],
  ['a DELETE on the session of another agent', () => get({ line: 'DELETE /mcp HTTP/1.1', auth: `Bearer ${tokenOfTwo}` }), 404, -32001],
];

describe('the agents’ listener', () => {
  beforeAll(async () => {
    const agents = new Map([
      [tokenOfOne, one],
      [tokenOfTwo, two],
    ]);
    const silent = () => undefined;
    listener = await listenForAgents(
      {
        clock: { now: () => 0 },
        log: { info: silent, warn: silent, error: silent },
        version: '0',
        authenticate: (token) => agents.get(token) ?? null,
        handle: async () => {
          handled++;
          return { kind: 'result', result: {} };
        },
        hello: () => ({ capabilities: {}, instructions: null }),
        onSessionOpened: silent,
        onSessionEnded: silent,
      },
      0,
    );
    session = await open(listener.port);
  });
  afterAll(() => listener.close());

  it('answers the request that all of these are made from', async () => {
    expect(await sendRaw(listener.port, http())).toMatchObject({ status: 200, body: '{"jsonrpc":"2.0","id":1,"result":{}}' });
    expect(await sendRaw(listener.port, chunked(`${ping.length.toString(16)}\r\n${ping}\r\n0\r\n\r\n`))).toMatchObject({ status: 200 });
    for (const host of [`localhost:${listener.port}`, `[::1]:${listener.port}`, `LOCALHOST:${listener.port}`]) {
      expect(await sendRaw(listener.port, http({ host, extra: [`Origin: http://${host}`] }))).toMatchObject({ status: 200 });
    }
    expect(await sendRaw(listener.port, http({ line: `POST http://${own()}/mcp HTTP/1.1` }))).toMatchObject({ status: 200 });
    const h2c = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'];
    expect(await sendRaw(listener.port, http({ extra: h2c }))).toMatchObject({ status: 200 });
    expect(await sendRaw(listener.port, http({ extra: ['Expect: 100-continue'] }))).toMatchObject({ status: 200 });
    expect(await sendRaw(listener.port, http({ auth: `bearer ${tokenOfOne}` }))).toMatchObject({ status: 200 });
    expect(await sendRaw(listener.port, http({ type: 'application/json; charset=UTF-8', accept: '*/*' }))).toMatchObject({ status: 200 });
  });

  it.each([...ambiguous, ...foreign, ...strangers, ...content, ...messages])(
    'refuses %s and goes on (security)',
    async (_name, bytes, status, code) => {
      const before = handled;
      const answer = await sendRaw(listener.port, bytes());
      expect([status].flat()).toContain(answer?.status);
      if (code !== undefined) expect(parseJson(answer?.body ?? '').error?.code).toBe(code);
      expect(Object.keys(answer?.headers ?? {}).filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(handled).toBe(before);
      expect(await send(listener.port, { session, body: ping })).toMatchObject({ status: 200 });
    },
  );

  it('says the same of an unknown session and of another agent’s (security)', async () => {
    const unknown = await send(listener.port, { session: 'f'.repeat(32), body: ping });
    const foreignSession = await send(listener.port, { token: tokenOfTwo, session, body: ping });
    expect(foreignSession.body).toBe(unknown.body);
    const { date: _one, ...headersOfUnknown } = unknown.headers;
    const { date: _two, ...headersOfForeign } = foreignSession.headers;
    expect(headersOfForeign).toEqual(headersOfUnknown);
  });

  it('names the scheme in a 401 and the methods in a 405', async () => {
    expect((await sendRaw(listener.port, http({ auth: null })))?.headers['www-authenticate']).toBe('Bearer');
    expect((await sendRaw(listener.port, http({ line: 'PUT /mcp HTTP/1.1' })))?.headers.allow).toBe('GET, POST, DELETE');
  });
});
