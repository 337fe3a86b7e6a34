import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import {
  type ManagementListener,
  openManagementListener,
} from '../../electron/headless/management/management-listener.ts';
import { maxSocketMessageBytes, sessionSecretHeader, socketCloseCodes } from '../../electron/shared/bridge-socket.ts';
import { createMemoryLog, createTestEngine, type TestEngine } from './test-engine.ts';

let folder = '';
let now = 1_000_000;
let engine: TestEngine;
let log: ReturnType<typeof createMemoryLog>;
let listener: ManagementListener;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'management-'));
  const rendererDir = path.join(folder, 'renderer');
  mkdirSync(path.join(rendererDir, 'assets'), { recursive: true });
  writeFileSync(path.join(rendererDir, 'index.html'), '<!doctype html><title>ScopeGate</title>');
  writeFileSync(path.join(rendererDir, 'assets', 'main-1.js'), 'export {};');
  writeFileSync(path.join(rendererDir, '.env'), 'KEY=1');
  writeFileSync(path.join(folder, 'secret.js'), 'outside');
  symlinkSync(path.join(folder, 'secret.js'), path.join(rendererDir, 'link.js'));
  engine = createTestEngine();
  log = createMemoryLog();
  listener = await openManagementListener({ engine, clock: { now: () => now }, log, port: 0, rendererDir });
});
afterEach(async () => {
  await listener.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** node:http rather than fetch: fetch may not set Host, Origin or Cookie. */
function ask(
  method: string,
  target: string,
  headers: Record<string, string | string[]> = {},
  body?: string,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port: listener.port, method, path: target, headers },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

const json = { 'content-type': 'application/json' };
const login = (token: string, headers: Record<string, string> = {}) =>
  ask('POST', '/login', { ...json, ...headers }, JSON.stringify({ token }));
const linkToken = () => new URL(listener.createLoginLink().url).hash.slice('#login='.length);

interface Keys {
  cookie: string;
  secret: string;
}
async function logIn(): Promise<Keys> {
  const reply = await login(linkToken());
  expect(reply.status).toBe(200);
  const cookie = String(reply.headers['set-cookie']).split(';')[0] ?? '';
  return { cookie, secret: (JSON.parse(reply.text) as { secret: string }).secret };
}

/** Resolves with the HTTP status when the upgrade is refused. */
function upgrade(headers: Record<string, string>, target = '/bridge'): Promise<WebSocket | number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${listener.port}${target}`, { headers });
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('open', () => resolve(socket));
    socket.on('error', () => resolve(0));
  });
}

async function openSocket(headers: Record<string, string>): Promise<WebSocket> {
  const socket = await upgrade(headers);
  if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
  return socket;
}

const nextMessage = (socket: WebSocket) =>
  new Promise<unknown>((resolve) => socket.once('message', (data) => resolve(JSON.parse(String(data)))));
const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)));

async function openBridge(keys: Keys): Promise<WebSocket> {
  const socket = await openSocket({ cookie: keys.cookie });
  const ready = nextMessage(socket);
  socket.send(JSON.stringify({ type: 'hello', secret: keys.secret }));
  expect(await ready).toEqual({ type: 'ready' });
  return socket;
}

describe('the page', () => {
  it('is served with a strict policy on every answer (security)', async () => {
    for (const target of ['/', '/assets/main-1.js', '/nothing', '/session']) {
      const { headers } = await ask('GET', target);
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${listener.port}`);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('comes with its scripts and their right type', async () => {
    expect(await ask('GET', '/')).toMatchObject({ status: 200, text: expect.stringContaining('ScopeGate') });
    const script = await ask('GET', '/assets/main-1.js');
    expect(script).toMatchObject({ status: 200, text: 'export {};' });
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  it('says how to build it when it is missing', async () => {
    rmSync(path.join(folder, 'renderer'), { recursive: true });
    expect(await ask('GET', '/')).toMatchObject({ status: 503, text: expect.stringContaining('npm run build') });
  });

  it.each([
    '/../secret.js',
    '/..%2fsecret.js',
    '/%2e%2e/secret.js',
    '/assets/../../secret.js',
    '/assets/..%5c..%5csecret.js',
    '//secret.js',
    '/.env',
    '/link.js',
    '/assets',
    '/assets/main-1.js%00.html',
  ])('serves nothing outside its folder for %s (security)', async (target) => {
    const { status, text } = await ask('GET', target);
    expect(status).toBe(404);
    expect(text).not.toContain('outside');
  });
});

describe('foreign requests', () => {
  it.each([
    ['a name rebound to this address', { host: 'evil.example' }],
    ['a rebound name with the right port', { host: 'evil.example:PORT' }],
    ['another port', { host: '127.0.0.1:1' }],
    ['a foreign Origin', { origin: 'http://evil.example' }],
    ['the Origin of another port', { origin: 'http://127.0.0.1:1' }],
    ['the Origin null', { origin: 'null' }],
    ['an https Origin', { origin: 'https://127.0.0.1:PORT' }],
    ['the other name of this host as Origin', { origin: 'http://localhost:PORT' }],
    ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }],
    ['a same-site fetch', { 'sec-fetch-site': 'same-site' }],
  ])('refuses %s on every way in (security)', async (_what, template) => {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(template)) headers[name] = value.replace('PORT', String(listener.port));
    const token = linkToken();
    expect((await ask('GET', '/', headers)).status).toBe(403);
    expect((await login(token, headers)).status).toBe(403);
    const keys = await logIn();
    expect(await upgrade({ ...headers, cookie: keys.cookie })).toBe(403);
    expect((await ask('POST', '/login-link', { ...headers, ...auth(keys) })).status).toBe(403);
    // The refused login has not spent the link.
    expect((await login(token)).status).toBe(200);
  });

  it('refuses two Host headers and an absolute target (security)', async () => {
    const own = `127.0.0.1:${listener.port}`;
    expect(await rawStatus(`GET / HTTP/1.1\r\nHost: ${own}\r\nHost: evil.example\r\n\r\n`)).toBe(400);
    expect(await rawStatus(`GET http://evil.example/ HTTP/1.1\r\nHost: ${own}\r\n\r\n`)).toBe(400);
    expect(await rawStatus('GET / HTTP/1.1\r\n\r\n')).toBe(400);
    expect(await rawStatus('no http\r\n\r\n')).toBe(400);
  });

  it('accepts its own page', async () => {
    const origin = `http://127.0.0.1:${listener.port}`;
    expect((await login(linkToken(), { origin, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });
});

const auth = (keys: Keys) => ({ cookie: keys.cookie, [sessionSecretHeader]: keys.secret });

function rawStatus(text: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(listener.port, '127.0.0.1', () => socket.write(text));
    let reply = '';
    socket.on('data', (chunk) => {
      reply += String(chunk);
    });
    socket.on('close', () => resolve(Number(reply.split(' ')[1])));
    socket.on('error', reject);
  });
}

describe('login', () => {
  it('works once, and the cookie stays out of reach of scripts and other sites (security)', async () => {
    const token = linkToken();
    const first = await login(token);
    expect(first.status).toBe(200);
    const cookie = String(first.headers['set-cookie']);
    expect(cookie).toMatch(new RegExp(`^scopegate-${listener.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`));
    expect(cookie).not.toContain((JSON.parse(first.text) as { secret: string }).secret);
    expect((await login(token)).status).toBe(401);
  });

  it('is over after two minutes (security)', async () => {
    const early = linkToken();
    const late = linkToken();
    now += 119_999;
    expect((await login(early)).status).toBe(200);
    now += 1;
    expect((await login(late)).status).toBe(401);
  });

  it('carries the token in the fragment, which browsers do not send (security)', () => {
    const url = new URL(listener.createLoginLink().url);
    expect(url.search).toBe('');
    expect(url.pathname).toBe('/');
    expect(url.hash).toMatch(/^#login=[\w-]{43}$/);
  });

  it('opens nothing with a token of an agent (security)', async () => {
    const token = 'sgk_ab12_0123456789012345678901234567890123456789abc';
    expect((await login(token)).status).toBe(401);
    const headers = { authorization: `Bearer ${token}` };
    expect((await ask('GET', '/session', headers)).status).toBe(401);
    expect((await ask('POST', '/login-link', headers)).status).toBe(401);
    expect(await upgrade(headers)).toBe(401);
  });

  it('takes only a small JSON body with nothing but a token (security)', async () => {
    const token = linkToken();
    const post = (body: string, type = 'application/json') => ask('POST', '/login', { 'content-type': type }, body);
    expect((await post(JSON.stringify({ token }), 'text/plain')).status).toBe(415);
    expect((await post(`token=${token}`, 'application/x-www-form-urlencoded')).status).toBe(415);
    expect((await post('{')).status).toBe(400);
    expect((await post(JSON.stringify({ token, more: 1 }))).status).toBe(400);
    expect((await post(JSON.stringify({ token: 'x'.repeat(10_000) }))).status).toBe(413);
    expect((await ask('GET', `/login?token=${token}`)).status).toBe(404);
    expect((await post(JSON.stringify({ token }))).status).toBe(200);
  });

  it('needs the cookie and the secret of the same session (security)', async () => {
    const keys = await logIn();
    const other = await logIn();
    const session = (headers: Record<string, string>) => ask('GET', '/session', headers).then((reply) => reply.status);
    expect(await session(auth(keys))).toBe(204);
    expect(await session({ cookie: keys.cookie })).toBe(401);
    expect(await session({ [sessionSecretHeader]: keys.secret })).toBe(401);
    expect(await session(auth({ cookie: keys.cookie, secret: other.secret }))).toBe(401);
    expect((await ask('POST', '/login-link', { cookie: keys.cookie })).status).toBe(401);
  });

  it('makes a new link for a page that is logged in', async () => {
    const reply = await ask('POST', '/login-link', auth(await logIn()));
    expect(reply.status).toBe(200);
    const token = new URL((JSON.parse(reply.text) as { url: string }).url).hash.slice('#login='.length);
    expect((await login(token)).status).toBe(200);
  });

  it('ends after twelve idle hours, but not while a page is open (security)', async () => {
    const idle = await logIn();
    const open = await logIn();
    const socket = await openBridge(open);
    now += 12 * 60 * 60_000;
    expect((await ask('GET', '/session', auth(idle))).status).toBe(401);
    expect(await upgrade({ cookie: idle.cookie })).toBe(401);
    expect((await ask('GET', '/session', auth(open))).status).toBe(204);
    socket.terminate();
  });

  it('leaves no token, cookie or secret in the log (security)', async () => {
    const token = linkToken();
    await login(token);
    await login(token);
    const keys = await logIn();
    const socket = await openBridge(keys);
    socket.terminate();
    await ask('GET', '/', { host: 'evil.example' });
    const text = log.lines.join('\n');
    expect(log.lines.length).toBeGreaterThan(2);
    for (const secret of [token, keys.secret, keys.cookie.split('=')[1] ?? '?']) expect(text).not.toContain(secret);
  });
});

describe('the bridge socket', () => {
  it('answers 401 without a live cookie, and 404 elsewhere (security)', async () => {
    expect(await upgrade({})).toBe(401);
    expect(await upgrade({ cookie: `scopegate-${listener.port}=${'a'.repeat(43)}` })).toBe(401);
    expect(await upgrade({ cookie: (await logIn()).cookie }, '/other')).toBe(404);
    expect(engine.requests).toEqual([]);
  });

  it('closes when the secret is wrong, missing or of another session (security)', async () => {
    const keys = await logIn();
    const other = await logIn();
    for (const first of [
      { type: 'hello', secret: 'x'.repeat(43) },
      { type: 'hello', secret: other.secret },
      { type: 'request', request: { id: 1, method: 'snapshot', params: {} } },
    ]) {
      const socket = await openSocket({ cookie: keys.cookie });
      const messages: unknown[] = [];
      socket.on('message', (data) => messages.push(data));
      const end = closed(socket);
      socket.send(JSON.stringify(first));
      engine.emit();
      expect(await end).toBe(socketCloseCodes.unauthorized);
      expect(messages).toEqual([]);
    }
    expect(engine.requests).toEqual([]);
  });

  it('carries requests, responses and events once it is ready', async () => {
    const socket = await openBridge(await logIn());
    const response = nextMessage(socket);
    socket.send(JSON.stringify({ type: 'request', request: { id: 7, method: 'snapshot', params: {} } }));
    expect(await response).toEqual({ type: 'response', response: { id: 7, ok: true, value: { method: 'snapshot' } } });
    const event = nextMessage(socket);
    const sent = engine.emit();
    expect(await event).toEqual({ type: 'event', event: sent });
    socket.terminate();
  });

  it.each([
    ['no JSON', 'hello', socketCloseCodes.badMessage],
    ['another type', '{"type":"run"}', socketCloseCodes.badMessage],
    ['a second hello', `{"type":"hello","secret":"${'x'.repeat(43)}"}`, socketCloseCodes.badMessage],
    ['a binary frame', Buffer.from('{"type":"request","request":1}'), socketCloseCodes.badMessage],
    ['an oversized frame', 'x'.repeat(maxSocketMessageBytes + 1), 1009],
  ])('is closed by %s, and the engine never sees it (security)', async (_what, frame, code) => {
    const socket = await openBridge(await logIn());
    const end = closed(socket);
    socket.send(frame);
    expect(await end).toBe(code);
    expect(engine.requests).toEqual([]);
    expect((await ask('GET', '/')).status).toBe(200);
  });

  it('drops a page that does not read, without holding the others up (security)', async () => {
    const slow = await openBridge(await logIn());
    const quick = await openBridge(await logIn());
    slow.pause();
    let received = 0;
    quick.on('message', () => {
      received += 1;
    });
    const isDropped = vi.fn();
    slow.on('close', isDropped);
    const large = 'x'.repeat(1024 * 1024);
    engine.dispatch = async () => ({ id: 1, ok: true, value: large });
    for (let count = 0; count < 60; count += 1) slow.send('{"type":"request","request":{}}');
    for (let count = 0; count < 10; count += 1) engine.emit();
    await vi.waitFor(() => expect(received).toBe(10));
    await vi.waitFor(() => expect(log.lines.join()).toContain('reads too slowly'), 5_000);
    slow.resume();
    await vi.waitFor(() => expect(isDropped).toHaveBeenCalled(), 5_000);
    quick.terminate();
  });

  it('tells every page when the engine ends', async () => {
    const socket = await openBridge(await logIn());
    const end = closed(socket);
    await listener.close();
    expect(await end).toBe(1001);
  });
});
