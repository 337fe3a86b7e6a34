import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sessionSecretHeader } from '../../../electron/shared/bridge-socket.ts';
import { type Keys, type ManagementFixture, openManagement } from './management-fixture.ts';

let at: ManagementFixture;
beforeEach(async () => {
  at = await openManagement();
});
afterEach(() => at.close());

describe('the page', () => {
  it('is served with a strict policy on every answer (security)', async () => {
    for (const target of ['/', '/assets/main-1.js', '/nothing', '/session']) {
      const { headers } = await at.ask('GET', target);
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${at.listener.port}`);
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
    expect(await at.ask('GET', '/')).toMatchObject({ status: 200, text: expect.stringContaining('ScopeGate') });
    const script = await at.ask('GET', '/assets/main-1.js');
    expect(script).toMatchObject({ status: 200, text: 'export {};' });
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  it('says how to build it when it is missing', async () => {
    rmSync(path.join(at.folder, 'renderer'), { recursive: true });
    expect(await at.ask('GET', '/')).toMatchObject({ status: 503, text: expect.stringContaining('npm run build') });
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
    const { status, text } = await at.ask('GET', target);
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
    for (const [name, value] of Object.entries(template))
      headers[name] = value.replace('PORT', String(at.listener.port));
    const token = at.linkToken();
    expect((await at.ask('GET', '/', headers)).status).toBe(403);
    expect((await at.login(token, headers)).status).toBe(403);
    const keys = await at.logIn();
    expect(await at.upgrade({ ...headers, cookie: keys.cookie })).toBe(403);
    expect((await at.ask('POST', '/login-link', { ...headers, ...auth(keys) })).status).toBe(403);
    // The refused login has not spent the link.
    expect((await at.login(token)).status).toBe(200);
  });

  it('refuses two Host headers and an absolute target (security)', async () => {
    const own = `127.0.0.1:${at.listener.port}`;
    expect(await rawStatus(`GET / HTTP/1.1\r\nHost: ${own}\r\nHost: evil.example\r\n\r\n`)).toBe(400);
    expect(await rawStatus(`GET http://evil.example/ HTTP/1.1\r\nHost: ${own}\r\n\r\n`)).toBe(400);
    expect(await rawStatus('GET / HTTP/1.1\r\n\r\n')).toBe(400);
    expect(await rawStatus('no http\r\n\r\n')).toBe(400);
  });

  it('accepts its own page', async () => {
    const origin = `http://127.0.0.1:${at.listener.port}`;
    expect((await at.login(at.linkToken(), { origin, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });
});

const auth = (keys: Keys) => ({ cookie: keys.cookie, [sessionSecretHeader]: keys.secret });

function rawStatus(text: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(at.listener.port, '127.0.0.1', () => socket.write(text));
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
    const token = at.linkToken();
    const first = await at.login(token);
    expect(first.status).toBe(200);
    const cookie = String(first.headers['set-cookie']);
    expect(cookie).toMatch(new RegExp(`^scopegate-${at.listener.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`));
    expect(cookie).not.toContain((JSON.parse(first.text) as { secret: string }).secret);
    expect((await at.login(token)).status).toBe(401);
  });

  it('is over after two minutes (security)', async () => {
    const early = at.linkToken();
    const late = at.linkToken();
    at.advance(119_999);
    expect((await at.login(early)).status).toBe(200);
    at.advance(1);
    expect((await at.login(late)).status).toBe(401);
  });

  it('carries the token in the fragment, which browsers do not send (security)', () => {
    const url = new URL(at.listener.createLoginLink().url);
    expect(url.search).toBe('');
    expect(url.pathname).toBe('/');
    expect(url.hash).toMatch(/^#login=[\w-]{43}$/);
  });

  it('opens nothing with a token of an agent (security)', async () => {
    const token = 'sgk_ab12_0123456789012345678901234567890123456789abc';
    expect((await at.login(token)).status).toBe(401);
    const headers = { authorization: `Bearer ${token}` };
    expect((await at.ask('GET', '/session', headers)).status).toBe(401);
    expect((await at.ask('POST', '/login-link', headers)).status).toBe(401);
    expect(await at.upgrade(headers)).toBe(401);
  });

  it('takes only a small JSON body with nothing but a token (security)', async () => {
    const token = at.linkToken();
    const post = (body: string, type = 'application/json') => at.ask('POST', '/login', { 'content-type': type }, body);
    expect((await post(JSON.stringify({ token }), 'text/plain')).status).toBe(415);
    expect((await post(`token=${token}`, 'application/x-www-form-urlencoded')).status).toBe(415);
    expect((await post('{')).status).toBe(400);
    expect((await post(JSON.stringify({ token, more: 1 }))).status).toBe(400);
    expect((await post(JSON.stringify({ token: 'x'.repeat(10_000) }))).status).toBe(413);
    expect((await at.ask('GET', `/login?token=${token}`)).status).toBe(404);
    expect((await post(JSON.stringify({ token }))).status).toBe(200);
  });

  it('needs the cookie and the secret of the same session (security)', async () => {
    const keys = await at.logIn();
    const other = await at.logIn();
    const session = (headers: Record<string, string>) =>
      at.ask('GET', '/session', headers).then((reply) => reply.status);
    expect(await session(auth(keys))).toBe(204);
    expect(await session({ cookie: keys.cookie })).toBe(401);
    expect(await session({ [sessionSecretHeader]: keys.secret })).toBe(401);
    expect(await session(auth({ cookie: keys.cookie, secret: other.secret }))).toBe(401);
    expect((await at.ask('POST', '/login-link', { cookie: keys.cookie })).status).toBe(401);
  });

  it('makes a new link for a page that is logged in', async () => {
    const reply = await at.ask('POST', '/login-link', auth(await at.logIn()));
    expect(reply.status).toBe(200);
    const token = new URL((JSON.parse(reply.text) as { url: string }).url).hash.slice('#login='.length);
    expect((await at.login(token)).status).toBe(200);
  });

  it('ends after twelve idle hours, but not while a page is open (security)', async () => {
    const idle = await at.logIn();
    const open = await at.logIn();
    const socket = await at.openBridge(open);
    at.advance(12 * 60 * 60_000);
    expect((await at.ask('GET', '/session', auth(idle))).status).toBe(401);
    expect(await at.upgrade({ cookie: idle.cookie })).toBe(401);
    expect((await at.ask('GET', '/session', auth(open))).status).toBe(204);
    socket.terminate();
  });

  it('leaves no token, cookie or secret in the log (security)', async () => {
    const token = at.linkToken();
    await at.login(token);
    await at.login(token);
    const keys = await at.logIn();
    const socket = await at.openBridge(keys);
    socket.terminate();
    await at.ask('GET', '/', { host: 'evil.example' });
    const text = at.log.lines.join('\n');
    expect(at.log.lines.length).toBeGreaterThan(2);
    for (const secret of [token, keys.secret, keys.cookie.split('=')[1] ?? '?']) expect(text).not.toContain(secret);
  });
});
