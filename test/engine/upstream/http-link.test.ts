import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type FakeHttpServer, type Manner, sendJson, startFakeHttpServer } from '../../fakes/http-server.ts';
import { armedCall, callIo, faultOf, never, readResponse, readText, rootDir, startPool, tempDir } from './support.ts';

const eventually = { timeout: 15_000, interval: 20 };

async function connect(manner?: Manner, headers: Record<string, string> = {}, env: Record<string, string> = {}) {
  const server = await startFakeHttpServer(manner);
  return { ...(await connectTo(server, headers, env)), server };
}

async function connectTo(
  server: Pick<FakeHttpServer, 'url'>,
  headers: Record<string, string>,
  env: Record<string, string>,
) {
  const started = startPool({ env });
  started.pool.configure({ id: 's', transport: { kind: 'http', url: server.url, headers }, enabled: true });
  return { ...started, link: await started.pool.link('s', never) };
}

const isCall = (request: { message: { method?: string } | null }) => request.message?.method === 'tools/call';

test('keeps session and protocol version, asks for plain bytes, and ends the session', async () => {
  const { server, link, pool } = await connect();
  expect(readText(await link.send(armedCall('echo', { a: 1 }), callIo()))).toBe('ok');
  const [call] = server.posted('tools/call');
  expect(call?.headers).toMatchObject({
    'mcp-session-id': 'session-1',
    'mcp-protocol-version': '2025-06-18',
    'accept-encoding': 'identity',
    accept: 'application/json, text/event-stream',
  });
  expect(call?.message?.params).toEqual({ name: 'echo', arguments: { a: 1 } });
  expect(server.posted('notifications/initialized')).toHaveLength(1);
  await pool.remove('s');
  expect(server.seen.at(-1)).toMatchObject({ method: 'DELETE', headers: { 'mcp-session-id': 'session-1' } });
});

test('the official everything server answers over Streamable HTTP, with progress', async () => {
  const bin = path.join(rootDir, 'node_modules/.bin/mcp-server-everything');
  const child = spawn(process.execPath, [bin, 'streamableHttp'], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      NODE_OPTIONS: `--import=${path.join(rootDir, 'test/fakes/tell-port.mjs')}`,
    },
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdout?.resume();
  const [port] = (await once(child, 'message')) as [number];
  const { link, pool } = await connectTo({ url: `http://127.0.0.1:${port}/mcp` }, {}, {});
  expect(link.hello.protocolVersion).toBe('2025-11-25');
  expect((await pool.listTools('s', never)).map((tool) => tool.name)).toContain('echo');
  expect(readText(await link.send(armedCall('echo', { message: 'hi' }), callIo()))).toBe('Echo: hi');
  const progress: unknown[] = [];
  const call = armedCall(
    'trigger-long-running-operation',
    { duration: 1, steps: 2 },
    { _meta: { progressToken: 'p' } },
  );
  await link.send(call, callIo({ onProgress: (params) => void progress.push(params.progressToken) }));
  expect(progress).toEqual(['p', 'p']);
}, 60_000);

test('finds the response in a stream cut at odd places, relays progress and answers ping', async () => {
  const { link, server } = await connect((request, response) => {
    if (!isCall(request)) return false;
    const id = request.message?.id as number;
    const progress = {
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { progressToken: id, progress: 1, message: 'ü' },
    };
    const stream = [
      ': comment\r\n\r\nid: e0\r\ndata:\r\n\r\n',
      `event: message\rdata: ${JSON.stringify(progress)}\r\r`,
      'data: {"jsonrpc":"2.0","id":"p","method":"ping"}\n\n',
      `data: {"result":{"content":[\ndata: {"type":"text","text":"schön"}]},\ndata: "jsonrpc":"2.0","id":${id}}\n\n`,
    ].join('');
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    for (const byte of Buffer.from(stream)) response.write(Buffer.from([byte]));
    response.end();
    return true;
  });
  const progress: unknown[] = [];
  const call = armedCall('echo', {}, { _meta: { progressToken: 't' } });
  const response = await link.send(call, callIo({ onProgress: (params) => void progress.push(params) }));
  expect(readText(response)).toBe('schön');
  expect(response.bytes.includes(0x0a)).toBe(false);
  expect(progress).toEqual([{ progressToken: 't', progress: 1, message: 'ü' }]);
  await vi.waitFor(
    () =>
      expect(
        server.seen.some((entry) => JSON.stringify(entry.message) === '{"jsonrpc":"2.0","id":"p","result":{}}'),
      ).toBe(true),
    eventually,
  );
});

test('line breaks of a pretty-printed body do not survive, so they cannot end an event on the way to the agent (security)', async () => {
  const { link } = await connect((request, response) => {
    if (!isCall(request)) return false;
    const body = { jsonrpc: '2.0', id: request.message?.id, result: { content: [{ type: 'text', text: 'a\nb' }] } };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body, null, '\r\n'));
    return true;
  });
  const response = await link.send(armedCall('echo', {}), callIo());
  expect(readText(response)).toBe('a\nb');
  expect(response.bytes.toString()).not.toMatch(/[\r\n]/);
});

test('opens a new session once when the server forgot it, and repeats the call', async () => {
  const { link, server } = await connect();
  server.session.id = 'session-2';
  const answers = await Promise.all([1, 2, 3].map(() => link.send(armedCall('echo', {}), callIo())));
  expect(answers.map(readText)).toEqual(['ok', 'ok', 'ok']);
  expect(server.posted('initialize')).toHaveLength(2);
});

test('reports a call that is answered with 404 also in the new session', async () => {
  const { link, server } = await connect((request, response) => {
    if (!isCall(request)) return false;
    response.writeHead(404).end();
    return true;
  });
  expect((await faultOf(link.send(armedCall('echo', {}), callIo()))).kind).toBe('http_status');
  expect(server.posted('tools/call')).toHaveLength(2);
});

test('fetches the rest of a stream that the server ended on purpose', async () => {
  let pendingId = 0;
  const { link, server } = await connect((request, response) => {
    if (isCall(request)) {
      pendingId = request.message?.id as number;
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('retry: 10\nid: e1\ndata:\n\n');
      return true;
    }
    if (request.method !== 'GET' || request.headers['last-event-id'] !== 'e1') return false;
    const result = { content: [{ type: 'text', text: 'later' }] };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`data: ${JSON.stringify({ jsonrpc: '2.0', id: pendingId, result })}\n\n`);
    return true;
  });
  expect(readText(await link.send(armedCall('echo', {}), callIo()))).toBe('later');
  expect(server.posted('tools/call')).toHaveLength(1);
});

test('follows no redirect: the credential stays with the address it was given for (security)', async () => {
  const thief = await startFakeHttpServer();
  const server = await startFakeHttpServer((_request, response) => {
    response.writeHead(307, { location: `${thief.url}?token=stolen` }).end();
    return true;
  });
  const { pool } = startPool({ env: { KEY: 'very-secret-value' } });
  const headers = { Authorization: 'env:KEY' };
  pool.configure({ id: 's', transport: { kind: 'http', url: server.url, headers }, enabled: true });
  const fault = await faultOf(pool.link('s', never));
  expect(fault.kind).toBe('http_status');
  expect(fault.fault.message).toContain(`redirects (307) to ${new URL(thief.url).origin}`);
  expect(fault.fault.message).not.toContain('stolen');
  expect(server.seen[0]?.headers.authorization).toBe('very-secret-value');
  expect(thief.seen).toEqual([]);
});

test('says what to do about 401, and an echoed credential is blanked (security)', async () => {
  const server = await startFakeHttpServer((request, response) => {
    response.writeHead(401, { 'content-type': 'text/plain' }).end(`bad: ${request.headers.authorization}`);
    return true;
  });
  const { pool, logged } = startPool({ env: { KEY: 'Bearer abcdefgh12345678' } });
  pool.configure({
    id: 's',
    transport: { kind: 'http', url: server.url, headers: { authorization: 'env:KEY' } },
    enabled: true,
  });
  const { fault } = await faultOf(pool.link('s', never));
  expect(fault).toMatchObject({ code: 'http_status', detail: 'HTTP 401\nbad: [secret]' });
  expect(fault.fix).toContain('Authorization');
  expect(JSON.stringify([pool.logs('s'), pool.state('s'), logged])).not.toContain('abcdefgh12345678');
});

test('reads a header from a file and refuses one that could split the request (security)', async () => {
  const dir = tempDir();
  const good = path.join(dir, 'good');
  const bad = path.join(dir, 'bad');
  writeFileSync(good, 'from-the-file\n');
  writeFileSync(bad, 'line\r\nx-injected: 1');
  const { server } = await connect(undefined, { 'X-Key': `file:${good}`, Host: 'elsewhere' });
  expect(server.seen[0]?.headers).toMatchObject({ 'x-key': 'from-the-file', host: new URL(server.url).host });
  const { pool } = startPool();
  pool.configure({
    id: 's',
    transport: { kind: 'http', url: server.url, headers: { 'X-Key': `file:${bad}` } },
    enabled: true,
  });
  expect((await faultOf(pool.link('s', never))).kind).toBe('secret');
  pool.configure({
    id: 'd',
    transport: { kind: 'http', url: server.url, headers: { 'X-Key': `file:${dir}` } },
    enabled: true,
  });
  expect((await faultOf(pool.link('d', never))).fault.message).toContain('not a regular file');
});

test('refuses an answer over the cap, declared or not, and one it did not ask to be compressed', async () => {
  let kind = 0;
  const { link } = await connect((request, response) => {
    if (!isCall(request)) return false;
    kind++;
    if (kind === 1) response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1e9 }).write('{');
    if (kind === 2)
      response.writeHead(200, { 'content-type': 'application/json' }).write(Buffer.alloc(9 * 1024 * 1024, 0x20));
    if (kind === 3)
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(Buffer.alloc(9 * 1024 * 1024, 0x20));
    if (kind === 4)
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).write('x');
    return true;
  });
  const kinds = [];
  for (let i = 0; i < 4; i++) kinds.push((await faultOf(link.send(armedCall('echo', {}), callIo()))).kind);
  expect(kinds).toEqual(['too_large', 'too_large', 'too_large', 'protocol']);
});

test('a second id in the body answers no other call (security)', async () => {
  const { link } = await connect((request, response) => {
    if (!isCall(request)) return false;
    const id = request.message?.id as number;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(`{"jsonrpc":"2.0","id":${id},"result":{},"\\u0069d":${id + 1}}`);
    return true;
  });
  expect((await faultOf(link.send(armedCall('echo', {}), callIo()))).kind).toBe('protocol');
});

test('a cancelled call closes its request and tells the server', async () => {
  let isClosed = false;
  const { link, server } = await connect((request, response) => {
    if (!isCall(request)) return false;
    response.on('close', () => {
      isClosed = true;
    });
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n');
    return true;
  });
  const abort = new AbortController();
  const fault = faultOf(link.send(armedCall('echo', {}), callIo({ signal: abort.signal })));
  await vi.waitFor(() => expect(server.posted('tools/call')).toHaveLength(1), eventually);
  abort.abort();
  expect((await fault).kind).toBe('cancelled');
  await vi.waitFor(() => expect(isClosed).toBe(true), eventually);
  await vi.waitFor(() => expect(server.posted('notifications/cancelled')).toHaveLength(1), eventually);
  expect(server.posted('notifications/cancelled')[0]?.message?.params).toMatchObject({
    requestId: server.posted('tools/call')[0]?.message?.id,
  });
});

test('hears list_changed on the stream of notices where the server has one', async () => {
  const { changed } = await connect((request, response) => {
    if (request.method !== 'GET') return false;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n\n');
    return true;
  });
  await vi.waitFor(() => expect(changed).toEqual(['s', 's']), eventually);
});

test('says that nothing listens at the address', async () => {
  const { pool } = startPool();
  pool.configure({ id: 's', transport: { kind: 'http', url: 'http://127.0.0.1:9/mcp', headers: {} }, enabled: true });
  const { fault } = await faultOf(pool.link('s', never));
  expect(fault).toMatchObject({ code: 'refused', message: 'Nothing listens at http://127.0.0.1:9/mcp.' });
});

test('takes a JSON-RPC error that comes with a 4xx as the answer', async () => {
  const { link } = await connect((request, response) => {
    if (!isCall(request)) return false;
    const error = { code: -32602, message: 'bad arguments' };
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id: request.message?.id, error }));
    return true;
  });
  const message = readResponse(await link.send(armedCall('echo', {}), callIo()));
  expect(message.error).toMatchObject({ code: -32602 });
});

test('two calls at once get their own answers in any order', async () => {
  const held: (() => void)[] = [];
  const { link } = await connect((request, response) => {
    if (!isCall(request)) return false;
    const { id, params } = request.message ?? {};
    held.push(() =>
      sendJson(response, { result: { content: [{ type: 'text', text: String(params?.name) }] }, jsonrpc: '2.0', id }),
    );
    if (held.length === 2) for (const answer of held.reverse()) answer();
    return true;
  });
  const answers = await Promise.all(['a', 'b'].map((name) => link.send(armedCall(name, {}), callIo())));
  expect(answers.map(readText)).toEqual(['a', 'b']);
});
