import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { everything } from '../../fakes/everything.ts';
import { startFakeHttpServer } from '../../fakes/http-server.ts';
import { armedCall, callIo, faultOf, never, readText, startPool } from './support.ts';

const eventually = { timeout: 15_000, interval: 20 };

interface OldServer {
  url: string;
  posts: { path: string; headers: IncomingMessage['headers']; message: { id?: number; method?: string } }[];
  stream: ServerResponse | null;
  say(message: object): void;
}

/** A server of the HTTP+SSE transport that names `endpoint` as the place to post to. */
async function startOldServer(endpoint: (origin: string) => string, refuse: string[] = []): Promise<OldServer> {
  const old: OldServer = {
    url: '',
    posts: [],
    stream: null,
    say: (message) => old.stream?.write(`event: message\r\ndata: ${JSON.stringify(message)}\r\n\r\n`),
  };
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') {
      old.stream = response;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      return void response.write(`event: endpoint\r\ndata: ${endpoint(new URL(old.url).origin)}\r\n\r\n`);
    }
    if (request.url === '/sse') return void response.writeHead(404).end('Cannot POST /sse');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const message = JSON.parse(Buffer.concat(chunks).toString()) as OldServer['posts'][number]['message'];
    old.posts.push({ path: request.url ?? '', headers: request.headers, message });
    if (refuse.includes(message.method ?? '')) return void response.writeHead(503).end();
    response.writeHead(202).end('Accepted');
    const { id, method } = message;
    const serverInfo = { name: 'old', version: '1' };
    if (method === 'initialize') {
      old.say({ jsonrpc: '2.0', id, result: { protocolVersion: '2024-11-05', capabilities: {}, serverInfo } });
    } else if (method === 'tools/call') {
      old.say({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'old' }] } });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  old.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sse`;
  return old;
}

function start(url: string, headers: Record<string, string> = {}) {
  const started = startPool({ env: { KEY: 'very-secret-value' } });
  started.pool.configure({ id: 's', transport: { kind: 'http', url, headers }, enabled: true });
  return started;
}

test('the official everything server works over HTTP+SSE, found by the probe alone', async () => {
  const { pool, eras } = startPool();
  pool.configure({ id: 's', transport: await everything('sse'), enabled: true });
  const link = await pool.link('s', never);
  expect(readText(await link.send(armedCall('echo', { message: 'hi' }), callIo()))).toBe('Echo: hi');
  expect(eras.get('s')).toBe('legacy');
  const progress: unknown[] = [];
  const call = armedCall(
    'trigger-long-running-operation',
    { duration: 1, steps: 2 },
    { _meta: { progressToken: 'p' } },
  );
  await link.send(call, callIo({ onProgress: (params) => void progress.push(params.progressToken) }));
  expect(progress).toEqual(['p', 'p']);
  const tested = await pool.test(await everything('sse'), never);
  expect(tested).toMatchObject({ ok: true, era: 'legacy' });
}, 60_000);

test('posts to the endpoint of the stream, with the credentials, and answers ping there', async () => {
  const old = await startOldServer(() => '/messages?session=1');
  const { pool } = start(old.url, { Authorization: 'env:KEY' });
  const link = await pool.link('s', never);
  expect(link.hello.protocolVersion).toBe('2024-11-05');
  expect(readText(await link.send(armedCall('echo', {}), callIo()))).toBe('old');
  expect(old.posts.map((post) => [post.path, post.message.method])).toEqual([
    ['/messages?session=1', 'initialize'],
    ['/messages?session=1', 'notifications/initialized'],
    ['/messages?session=1', 'tools/call'],
  ]);
  expect(old.posts[2]?.headers.authorization).toBe('very-secret-value');
  expect(old.posts[2]?.headers['mcp-protocol-version']).toBeUndefined();
  old.say({ jsonrpc: '2.0', id: 'p', method: 'ping' });
  await vi.waitFor(
    () => expect(old.posts.at(-1)?.message).toEqual({ jsonrpc: '2.0', id: 'p', result: {} }),
    eventually,
  );
});

test('refuses an endpoint of another origin: no message and no credential goes there (security)', async () => {
  const thief = await startFakeHttpServer();
  for (const endpoint of [
    () => `${thief.url}?steal`,
    () => `//${new URL(thief.url).host}/x`,
    (origin: string) => origin.replace('127.0.0.1', 'localhost'),
    (origin: string) => origin.replace('http://', 'http://user:pass@'),
    () => 'file:///etc/passwd',
    () => 'http://[',
  ]) {
    const old = await startOldServer(endpoint);
    const { pool } = start(old.url, { Authorization: 'env:KEY' });
    const fault = await faultOf(pool.link('s', never));
    expect(fault.fault.message).toContain('to another address than its own');
    expect(old.posts).toEqual([]);
  }
  expect(thief.seen).toEqual([]);
});

test('a second endpoint later on changes nothing (security)', async () => {
  const thief = await startFakeHttpServer();
  const old = await startOldServer(() => '/messages');
  const { pool } = start(old.url);
  const link = await pool.link('s', never);
  old.stream?.write(`event: endpoint\ndata: ${thief.url}\n\n`);
  expect(readText(await link.send(armedCall('echo', {}), callIo()))).toBe('old');
  expect(thief.seen).toEqual([]);
});

test('fails the call whose post is refused, and every call when the stream ends', async () => {
  const old = await startOldServer(() => '/messages', ['tools/call']);
  const { pool } = start(old.url);
  const link = await pool.link('s', never);
  expect((await faultOf(link.send(armedCall('echo', {}), callIo()))).kind).toBe('http_status');
  const ping = faultOf(link.request('ping', {}, 5000));
  await vi.waitFor(() => expect(old.posts.at(-1)?.message.method).toBe('ping'), eventually);
  old.stream?.end();
  expect((await ping).kind).toBe('exited');
  await vi.waitFor(() => expect(pool.state('s').status).toBe('failing'), eventually);
});

test('an address with no MCP of any age is said to be so', async () => {
  const server = await startFakeHttpServer((_request, response) => {
    response.writeHead(404).end();
    return true;
  });
  const { pool, eras } = start(server.url);
  expect((await faultOf(pool.link('s', never))).fault.message).toContain('has no MCP endpoint (404)');
  expect(server.seen.map((seen) => seen.method)).toEqual(['POST', 'POST', 'GET']);
  expect(eras.size).toBe(0);
});
