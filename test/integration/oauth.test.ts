import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AuthorizationServer, startAuthorizationServer } from '../fakes/authorization-server.ts';
import { walkBrowser } from '../fakes/browser-walk.ts';
import { type GuardedServer, startGuardedServer } from '../fakes/guarded-server.ts';
import { declareAgent, type Harness, startEngine, textOf, tokens } from '../helpers/engine.ts';
import { makeMachineKeys } from '../helpers/master-keys.ts';

const patient = { timeout: 20_000 };

/** The same machine before and after a restart. */
const masterKeys = makeMachineKeys();

let as: AuthorizationServer;
let server: GuardedServer;
let harness: Harness;
let pages: Promise<unknown>[];
let opened: string[];
let logged: string[];

async function start(options: { accessTokenSeconds?: number; dir?: string } = {}): Promise<void> {
  pages = [];
  opened = [];
  logged = [];
  const log = (...parts: unknown[]) => void logged.push(JSON.stringify(parts));
  harness = await startEngine({
    ...(options.dir === undefined ? {} : { dir: options.dir }),
    servers: [{ id: 'guarded', transport: { kind: 'http', url: server.url, headers: {} }, trusted: true }],
    agents: [declareAgent('one', tokens.one, { defaultEffect: 'allow' })],
    ports: {
      masterKeys,
      log: { info: log, warn: log, error: log },
      async openUrl(url) {
        opened.push(url);
        pages.push(walkBrowser(url).catch(() => {}));
        return true;
      },
    },
  });
}

/** A token the server takes although no authorization server gave it, as an access key of its own. */
const accessKey = 'guarded-key-4f6d2a90c1b7';

async function begin(options: { accessTokenSeconds?: number } = {}): Promise<void> {
  as = await startAuthorizationServer(options);
  server = await startGuardedServer(
    () => as.issuer,
    async (token) => (token === accessKey ? { audience: server.url, scopes: new Set(['mcp:read']) } : as.check(token)),
  );
  await start();
}

const state = async () => (await harness.call('oauth.status', { serverId: 'guarded' })).state;
const serverView = async () => (await harness.call('snapshot', {})).servers[0];

async function signIn(): Promise<void> {
  expect(await harness.call('oauth.signIn', { serverId: 'guarded' })).toMatchObject({ opened: true });
  await Promise.all(pages);
  await vi.waitFor(async () => expect(await state()).toBe('signed_in'), patient);
}

async function signInFirst(): Promise<void> {
  await vi.waitFor(async () => expect(await state()).toBe('needed'), patient);
  await signIn();
  await vi.waitFor(async () => expect((await serverView())?.toolCount).toBe(2), patient);
}

/** The newest call, with what the person reads of its end. */
async function lastCall() {
  const [call] = (await harness.call('snapshot', {})).calls;
  const { told } = await harness.call('calls.detail', { id: call?.id ?? '' });
  return { ...call, told };
}

describe('a server that wants people to sign in', () => {
  beforeEach(() => begin());
  afterEach(async () => {
    await harness.stop();
    await Promise.all([as.close(), server.close()]);
  });

  it('says so everywhere, and works after one click: the list comes by itself and calls carry the token', async () => {
    await vi.waitFor(async () => expect(await state()).toBe('needed'), patient);
    expect(harness.engine.status().signInsNeeded).toEqual(['guarded']);
    expect(await serverView()).toMatchObject({
      status: 'failing',
      lastError: { code: 'credential', message: expect.stringContaining('wants you to sign in') },
      signIn: { state: 'needed' },
    });
    const agent = await harness.connect(tokens.one);
    let changes = 0;
    agent.fallbackNotificationHandler = async ({ method }) => {
      if (method === 'notifications/tools/list_changed') changes += 1;
    };
    expect((await agent.listTools()).tools).toEqual([]);
    await signIn();
    await vi.waitFor(() => expect(changes).toBeGreaterThan(0), patient);
    expect((await agent.listTools()).tools.map(({ name }) => name).sort()).toEqual(['guarded__read', 'guarded__write']);
    expect(textOf(await agent.callTool({ name: 'guarded__read', arguments: { text: 'x' } }))).toBe('read x');
    expect((await lastCall()).outcome).toBe('ok');
    expect(harness.engine.status().signInsNeeded).toEqual([]);
    expect(await serverView()).toMatchObject({
      status: 'running',
      lastError: null,
      signIn: { service: new URL(as.issuer).host },
    });
  });

  it('is a credential like others: it says what it needs, and what is left of a removed one is taken back', async () => {
    await signInFirst();
    const credential = async () => (await harness.call('snapshot', {})).credentials[0];
    expect(await credential()).toMatchObject({
      kind: 'oauth2',
      state: 'ready',
      oauth: { issuer: as.issuer, scopes: ['mcp:read'], canRenew: true },
      bindings: [{ serverId: 'guarded', agentId: null, inactive: null }],
    });
    await harness.call('oauth.signOut', { serverId: 'guarded' });
    expect(await credential()).toMatchObject({ state: 'needs_sign_in' });
    await signIn();
    await vi.waitFor(async () => expect(await as.check(server.tokens.at(-1) ?? '')).not.toBeNull(), patient);
    const { id } = (await credential()) ?? { id: '' };
    await harness.call('credentials.remove', { id });
    expect((await serverView())?.signIn?.state).not.toBe('signed_in');
    const { dir } = harness;
    await harness.engine.stop();
    await start({ dir });
    await vi.waitFor(async () => {
      for (const token of new Set(server.tokens)) expect(await as.check(token ?? '')).toBeNull();
    }, patient);
  });

  it('wants nothing any more once it takes a key in place of a sign-in', async () => {
    await vi.waitFor(async () => expect(await state()).toBe('needed'), patient);
    const source = { from: 'vault', value: accessKey } as const;
    const { id } = await harness.call('credentials.add', { kind: 'bearer', name: 'key', source });
    const placement = { in: 'header', name: 'Authorization', prefix: 'Bearer ' } as const;
    await harness.call('credentials.bind', { id, serverId: 'guarded', agentId: null, placement });
    await harness.call('servers.restart', { id: 'guarded' });
    await vi.waitFor(
      async () => expect(await serverView()).toMatchObject({ status: 'running', toolCount: 2 }),
      patient,
    );
    await vi.waitFor(async () => expect(await state()).toBe('none'), patient);
    expect(harness.engine.status().signInsNeeded).toEqual([]);
    await expect(harness.call('oauth.signIn', { serverId: 'guarded' })).rejects.toThrow(/key is used/);
    expect(opened).toEqual([]);
  });

  it('is known again after a restart, without signing in', async () => {
    await signInFirst();
    const { dir } = harness;
    await harness.engine.stop();
    await start({ dir });
    const agent = await harness.connect(tokens.one);
    await vi.waitFor(async () => expect((await serverView())?.toolCount).toBe(2), patient);
    expect(textOf(await agent.callTool({ name: 'guarded__read', arguments: {} }))).toBe('read ');
    expect(as.granted).toEqual(['authorization_code']);
  });

  it('gets a call once more when its token was refused and could be renewed', async () => {
    await signInFirst();
    const agent = await harness.connect(tokens.one);
    const before = server.tokens.at(-1);
    let refused = 0;
    server.intercept = (request, response) => {
      if (request.headers.authorization !== `Bearer ${before}`) return false;
      refused += 1;
      response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
      return true;
    };
    const calls = Array.from({ length: 20 }, () => agent.callTool({ name: 'guarded__read', arguments: { text: 'y' } }));
    for (const result of await Promise.all(calls)) expect(textOf(result)).toBe('read y');
    expect(refused).toBeGreaterThan(0);
    expect(server.calls).toBe(20);
    expect(as.granted).toEqual(['authorization_code', 'refresh_token']);
  });

  it('ends calls with a sentence for the person once the sign-in was taken back, until they sign in again', async () => {
    await signInFirst();
    const agent = await harness.connect(tokens.one);
    expect(await harness.call('oauth.signOut', { serverId: 'guarded' })).toEqual({ revoked: true });
    const result = await agent.callTool({ name: 'guarded__read', arguments: {} });
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('ask the person');
    expect(await lastCall()).toMatchObject({
      outcome: 'credential_unavailable',
      told: expect.stringContaining('signed in'),
    });
    expect(await serverView()).toMatchObject({ status: 'failing', signIn: { state: 'needed' } });
    await signIn();
    expect(textOf(await agent.callTool({ name: 'guarded__read', arguments: {} }))).toBe('read ');
  });

  it('may say no for reasons of its own: that is its answer, and costs no sign-in', async () => {
    await signInFirst();
    const agent = await harness.connect(tokens.one);
    server.intercept = (_request, response) => {
      response.writeHead(403, { 'content-type': 'text/plain' }).end('not on Sundays');
      return true;
    };
    expect((await agent.callTool({ name: 'guarded__read', arguments: {} })).isError).toBe(true);
    expect(await lastCall()).toMatchObject({ outcome: 'upstream_error' });
    server.intercept = null;
    expect(textOf(await agent.callTool({ name: 'guarded__read', arguments: {} }))).toBe('read ');
    expect(as.granted).toEqual(['authorization_code']);
  });

  it('asks for more rights only for the call that wants them', async () => {
    await signInFirst();
    const agent = await harness.connect(tokens.one);
    const refused = await agent.callTool({ name: 'guarded__write', arguments: {} });
    expect(refused.isError).toBe(true);
    expect(await lastCall()).toMatchObject({
      outcome: 'credential_unavailable',
      told: expect.stringContaining('mcp:write'),
    });
    expect(textOf(await agent.callTool({ name: 'guarded__read', arguments: {} }))).toBe('read ');
    expect((await serverView())?.signIn).toMatchObject({
      state: 'signed_in',
      message: expect.stringContaining('mcp:write'),
    });
    await signIn();
    await vi.waitFor(async () => expect((await serverView())?.signIn?.scopes).toContain('mcp:write'), patient);
    expect(textOf(await agent.callTool({ name: 'guarded__write', arguments: {} }))).toBe('written ');
    expect(textOf(await agent.callTool({ name: 'guarded__read', arguments: {} }))).toBe('read ');
  });

  it('is not shown a token, a code or a secret by anything that is stored, logged or told (security)', async () => {
    await signInFirst();
    const agent = await harness.connect(tokens.one);
    await agent.callTool({ name: 'guarded__write', arguments: {} });
    await signIn();
    await agent.callTool({ name: 'guarded__write', arguments: {} });
    const visited = (await Promise.all(pages)) as { trail: string[] }[];
    const codes = visited.flatMap(({ trail }) => trail.flatMap((url) => new URL(url).searchParams.get('code') ?? []));
    const secrets = [...new Set(server.tokens.filter((token) => token !== null)), ...codes];
    expect(secrets.length).toBeGreaterThanOrEqual(4);
    const snapshot = await harness.call('snapshot', {});
    const told = [JSON.stringify([harness.events, snapshot]), ...logged].join('\n');
    const files = readdirSync(harness.dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'));
    for (const secret of secrets) {
      expect(told).not.toContain(secret);
      for (const file of files) expect(file.includes(secret)).toBe(false);
    }
  });

  it('can be signed in at only while the vault can keep what comes back', async () => {
    await signInFirst();
    await harness.call('vault.lock', {});
    await expect(harness.call('oauth.signIn', { serverId: 'guarded' })).rejects.toThrow(/locked/);
    expect(opened).toHaveLength(1);
    const agent = await harness.connect(tokens.one);
    const result = await agent.callTool({ name: 'guarded__read', arguments: {} });
    expect(result.isError).toBe(true);
    await harness.call('vault.unlock', { passphrase: null });
    await vi.waitFor(async () => {
      expect(textOf(await agent.callTool({ name: 'guarded__read', arguments: {} }))).toBe('read ');
    }, patient);
  });
});

describe('a server whose tokens live for a moment', () => {
  beforeEach(() => begin({ accessTokenSeconds: 2 }));
  afterEach(async () => {
    await harness.stop();
    await Promise.all([as.close(), server.close()]);
  });

  it('is never sent one that has ended', async () => {
    await signInFirst();
    const agent = await harness.connect(tokens.one);
    server.tokens.length = 0;
    const renewals = () => as.granted.filter((grant) => grant === 'refresh_token').length;
    await vi.waitFor(async () => {
      expect(textOf(await agent.callTool({ name: 'guarded__read', arguments: {} }))).toBe('read ');
      expect(renewals()).toBeGreaterThanOrEqual(2);
    }, patient);
    expect(server.tokens).not.toContain(null);
  });
});
