import { randomBytes } from 'node:crypto';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { CredentialDraft, Placement } from '../../electron/shared/index.ts';
import { type FakeHttpServer, sendJson, startFakeHttpServer } from '../fakes/http-server.ts';
import {
  declareAgent,
  fakeServer,
  type Harness,
  type HarnessOptions,
  startEngine,
  textOf,
  tokens,
} from '../helpers/engine.ts';
import { patient } from '../helpers/gateway.ts';
import { makeMachineKeys } from '../helpers/master-keys.ts';

const allow = { defaultEffect: 'allow' } as const;
const agents = [declareAgent('one', tokens.one, allow), declareAgent('two', tokens.two, allow)];
const authorization: Placement = { in: 'header', name: 'Authorization', prefix: 'Bearer ' };

function makeSecret(name: string): string {
  return `${name}-${randomBytes(24).toString('base64url')}`;
}

async function start(options: HarnessOptions): Promise<Harness> {
  const engine = await startEngine({ agents, ...options, ports: { masterKeys: makeMachineKeys(), ...options.ports } });
  onTestFinished(() => engine.stop());
  return engine;
}

function remote(server: FakeHttpServer, id = 'remote') {
  return { id, transport: { kind: 'http' as const, url: server.url, headers: {} }, trusted: false };
}

async function addBound(
  engine: Harness,
  draft: Pick<CredentialDraft, 'kind' | 'name'> & { value: string; username?: string },
  use: { serverId: string; agentId?: string | null; placement: Placement },
): Promise<string> {
  const { value, ...rest } = draft;
  const made = await engine.call('credentials.add', { ...rest, source: { from: 'vault', value } } as CredentialDraft);
  await engine.call('credentials.bind', { id: made.id, agentId: null, ...use });
  return made.id;
}

const call = async (engine: Harness, token: string, name: string, args = {}) => {
  const client = await engine.connect(token);
  return client.callTool({ name, arguments: args });
};

describe('credentials over HTTP', () => {
  it('go with every request to their server, and a replaced one with the next (security)', async () => {
    const server = await startFakeHttpServer();
    const engine = await start({ servers: [remote(server)] });
    const [first, second] = [makeSecret('first'), makeSecret('second')];
    const use = { serverId: 'remote', placement: authorization };
    await vi.waitFor(() => expect(server.posted('tools/list')).not.toHaveLength(0), patient);
    const id = await addBound(engine, { kind: 'bearer', name: 'key', value: first }, use);
    await call(engine, tokens.one, 'remote__echo');
    const before = server.seen.length;
    // the handshake and the lists, too
    await engine.call('servers.restart', { id: 'remote' });
    await call(engine, tokens.one, 'remote__echo');
    const seen = server.seen.slice(before).map(({ headers }) => headers.authorization);
    expect(new Set(seen)).toEqual(new Set([`Bearer ${first}`]));

    await engine.call('credentials.replace', { id, source: { from: 'vault', value: second } });
    await call(engine, tokens.one, 'remote__echo');
    expect(server.posted('tools/call').at(-1)?.headers.authorization).toBe(`Bearer ${second}`);
  });

  it('are an agent’s own where one is bound to it, on a link of its own (security)', async () => {
    const server = await startFakeHttpServer();
    const engine = await start({ servers: [remote(server)] });
    const [shared, own] = [makeSecret('shared'), makeSecret('own')];
    await addBound(
      engine,
      { kind: 'bearer', name: 'shared', value: shared },
      { serverId: 'remote', placement: authorization },
    );
    const { agents: known } = await engine.call('snapshot', {});
    const two = known.find(({ name }) => name === 'two')?.id ?? '';
    await addBound(
      engine,
      { kind: 'bearer', name: 'own', value: own },
      { serverId: 'remote', agentId: two, placement: authorization },
    );
    await call(engine, tokens.one, 'remote__echo');
    expect(server.posted('tools/call').at(-1)?.headers.authorization).toBe(`Bearer ${shared}`);
    await call(engine, tokens.two, 'remote__echo');
    expect(server.posted('tools/call').at(-1)?.headers.authorization).toBe(`Bearer ${own}`);
    await call(engine, tokens.one, 'remote__echo');
    expect(server.posted('tools/call').at(-1)?.headers.authorization).toBe(`Bearer ${shared}`);

    const { uses } = await engine.call('credentials.uses', {
      id: (await names(engine)).own ?? '',
      before: null,
      limit: 10,
    });
    expect(uses).toEqual([expect.objectContaining({ agentId: two, serverId: 'remote', tool: 'echo' })]);
  });

  it('of one agent alone never serve another (security)', async () => {
    const server = await startFakeHttpServer();
    const engine = await start({ servers: [remote(server)] });
    const own = makeSecret('own');
    const { agents: known } = await engine.call('snapshot', {});
    const two = known.find(({ name }) => name === 'two')?.id ?? '';
    const use = { serverId: 'remote', agentId: two, placement: authorization };
    await addBound(engine, { kind: 'bearer', name: 'own', value: own }, use);
    await call(engine, tokens.one, 'remote__echo');
    expect(server.posted('tools/call').at(-1)?.headers.authorization).toBeUndefined();
    await call(engine, tokens.two, 'remote__echo');
    expect(server.posted('tools/call').at(-1)?.headers.authorization).toBe(`Bearer ${own}`);
  });

  it('write a name and password as their servers read them', async () => {
    const server = await startFakeHttpServer();
    const engine = await start({ servers: [remote(server)] });
    const secret = makeSecret('pass word&');
    await addBound(
      engine,
      { kind: 'basic', name: 'basic', username: 'sam', value: secret },
      { serverId: 'remote', placement: { in: 'header', name: 'Authorization', prefix: 'Basic ' } },
    );
    await call(engine, tokens.one, 'remote__echo');
    const sent = String(server.posted('tools/call').at(-1)?.headers.authorization);
    expect(Buffer.from(sent.replace('Basic ', ''), 'base64').toString()).toBe(`sam:${secret}`);
  });

  it('follow no redirect and no changed address; the new one has to be confirmed (security)', async () => {
    const other = await startFakeHttpServer();
    const server = await startFakeHttpServer(({ message }, response) => {
      if (message?.method !== 'tools/call') return false;
      response.writeHead(307, { location: other.url }).end();
      return true;
    });
    const engine = await start({ undeclared: true });
    const { token } = await engine.call('agents.create', { name: 'a', defaultEffect: 'allow' });
    const transport = { kind: 'http' as const, url: server.url, headers: {} };
    await engine.call('servers.add', { id: 'remote', name: 'Remote', transport, trusted: false });
    const secret = makeSecret('key');
    const id = await addBound(
      engine,
      { kind: 'bearer', name: 'key', value: secret },
      { serverId: 'remote', placement: authorization },
    );
    await acceptTools(engine);
    const result = await call(engine, token, 'remote__echo');
    expect(result.isError).toBe(true);
    expect(other.seen).toEqual([]);

    const moved = { id: 'remote', transport: { ...transport, url: other.url } };
    const { hash } = await engine.call('launch.describe', moved);
    await engine.call('servers.update', { ...moved, consent: hash });
    const bound = async () => (await engine.call('snapshot', {})).credentials[0]?.bindings[0];
    expect((await bound())?.inactive).toContain('changed from');
    await vi.waitFor(async () => {
      const [view] = (await engine.call('snapshot', {})).servers;
      expect(view?.lastError?.code).toBe('credential');
    }, patient);
    expect(other.seen.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);

    const { origin } = new URL(other.url);
    await engine.call('credentials.confirm', { id, bindingId: (await bound())?.id ?? '', boundTo: origin });
    await acceptTools(engine);
    expect((await call(engine, token, 'remote__echo')).isError).toBeFalsy();
    expect(other.posted('tools/call').at(-1)?.headers.authorization).toBe(`Bearer ${secret}`);
  });
});

async function names(engine: Harness): Promise<Record<string, string>> {
  const { credentials } = await engine.call('snapshot', {});
  return Object.fromEntries(credentials.map(({ id, name }) => [name, id]));
}

async function acceptTools(engine: Harness): Promise<void> {
  await vi.waitFor(async () => {
    const { tools } = await engine.call('servers.tools', { id: 'remote' });
    expect(tools).not.toEqual([]);
    await engine.call('servers.accept', {
      id: 'remote',
      tools: tools.map(({ name, definitionHash }) => ({ name, definitionHash })),
    });
  }, patient);
}

describe('a locked vault', () => {
  it('refuses the call with one sentence, tells the page, and one unlock mends it (security)', async () => {
    const server = await startFakeHttpServer();
    const engine = await start({ servers: [remote(server)] });
    const secret = makeSecret('key');
    await addBound(
      engine,
      { kind: 'bearer', name: 'key', value: secret },
      { serverId: 'remote', placement: authorization },
    );
    await call(engine, tokens.one, 'remote__echo');
    await engine.call('vault.lock', {});
    const before = server.posted('tools/call').length;
    const refused = await call(engine, tokens.one, 'remote__echo');
    expect(refused.isError).toBe(true);
    expect(server.posted('tools/call')).toHaveLength(before);
    const { calls, vault, credentials } = await engine.call('snapshot', {});
    expect(calls[0]?.outcome).toBe('credential_unavailable');
    expect(vault).toMatchObject({ state: 'locked', wanted: { agentName: 'one', serverName: 'remote' } });
    expect(credentials[0]).toMatchObject({ state: 'locked' });

    expect(await engine.call('vault.unlock', { passphrase: null })).toMatchObject({ ok: true });
    expect((await call(engine, tokens.one, 'remote__echo')).isError).toBeFalsy();
    expect((await engine.call('snapshot', {})).vault).toMatchObject({ state: 'unlocked', wanted: null });
  });
});

describe('credentials of a program', () => {
  it('are in its environment and in no other, and a replaced one starts it anew (security)', async () => {
    const engine = await start({
      servers: [
        { id: 'mine', transport: fakeServer('stdio-server.mjs', 'tells-env'), trusted: false },
        { id: 'other', transport: fakeServer('stdio-server.mjs', 'tells-env'), trusted: false },
      ],
    });
    const secret = makeSecret('key');
    const id = await addBound(
      engine,
      { kind: 'env', name: 'key', value: secret },
      { serverId: 'mine', placement: { in: 'env', name: 'API_KEY' } },
    );
    const envOf = async (server: string) => {
      const text = textOf(await call(engine, tokens.one, `${server}__echo`));
      return (JSON.parse(text) as { env: Record<string, string> }).env;
    };
    expect((await envOf('mine')).API_KEY).toBe('[secret]');
    expect(await envOf('other')).not.toHaveProperty('API_KEY');

    await engine.call('vault.lock', {});
    const stateOf = async (id: string) => (await engine.call('snapshot', {})).servers.find((one) => one.id === id)?.pid;
    expect(await stateOf('mine')).toBeNull();
    expect(await stateOf('other')).not.toBeNull();
    await engine.call('vault.unlock', { passphrase: null });
    expect((await envOf('mine')).API_KEY).toBe('[secret]');

    const plain = 'short';
    await engine.call('credentials.replace', { id, source: { from: 'vault', value: plain } });
    expect((await envOf('mine')).API_KEY).toBe(plain);
    await engine.call('credentials.remove', { id });
    expect(await envOf('mine')).not.toHaveProperty('API_KEY');
  });
});

describe('a server that tells its credential', () => {
  it('is not heard, in whatever form it writes it (security)', async () => {
    const secret = makeSecret('k/e+y"→');
    const bytes = Buffer.from(secret);
    const told = [
      secret,
      encodeURIComponent(secret),
      JSON.stringify({ inner: JSON.stringify(secret) }),
      ...[0, 1, 2].map((shift) =>
        Buffer.concat([Buffer.alloc(shift, 65), bytes, Buffer.from('zz')]).toString('base64'),
      ),
      bytes.toString('base64url'),
      bytes.toString('hex').toUpperCase(),
    ].join('\n');
    const escaped = [...secret].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
    const server = await startFakeHttpServer(({ message }, response) => {
      if (message?.method !== 'tools/call') return false;
      const text = JSON.stringify(told).slice(1, -1);
      response.writeHead(200, { 'content-type': 'application/json' });
      const keyed = `{"${JSON.stringify(secret).slice(1, -1)}":1,"n":12345678901234567890}`;
      response.end(
        `{"jsonrpc":"2.0","id":${message.id},"result":{"content":[{"type":"text","text":"${text}"},{"type":"text","text":"${escaped}"}],"structuredContent":${keyed}}}`,
      );
      return true;
    });
    const engine = await start({ servers: [remote(server)] });
    await vi.waitFor(() => expect(server.posted('tools/list')).not.toHaveLength(0), patient);
    await addBound(
      engine,
      { kind: 'header', name: 'key', value: secret },
      {
        serverId: 'remote',
        placement: { in: 'header', name: 'X-Key', prefix: '' },
      },
    );
    // a value a header cannot carry is said so, and nothing is sent
    expect((await call(engine, tokens.one, 'remote__echo')).isError).toBe(true);
    const fitting = secret.replace('→', 'e');
    expect(fitting).not.toBe(secret);
    await engine.call('credentials.replace', {
      id: (await names(engine)).key ?? '',
      source: { from: 'vault', value: fitting },
    });
    const result = await call(engine, tokens.one, 'remote__echo');
    const text = JSON.stringify(result);
    const core = secret.slice(-20);
    for (const form of [core, bytes.toString('hex').toUpperCase().slice(-40), bytes.toString('base64').slice(8, 30)]) {
      expect(text).not.toContain(form);
    }
    expect(text).toContain('12345678901234567890'.slice(0, 15));
    expect(text).toContain('[secret]');
  });

  it('is not heard in errors, either (security)', async () => {
    const secret = makeSecret('key');
    const server = await startFakeHttpServer(({ message, headers }, response) => {
      if (message?.method !== 'tools/call') return false;
      const error = { code: -32000, message: `bad ${headers['x-key']}`, data: { headers } };
      sendJson(response, { jsonrpc: '2.0', id: message.id, error });
      return true;
    });
    const engine = await start({ servers: [remote(server)] });
    await addBound(
      engine,
      { kind: 'header', name: 'key', value: secret },
      {
        serverId: 'remote',
        placement: { in: 'header', name: 'X-Key', prefix: '' },
      },
    );
    const error = await call(engine, tokens.one, 'remote__echo').catch((reason: Error) => reason);
    expect(JSON.stringify(error) + String(error)).not.toContain(secret);
    expect(String(error)).toContain('bad [secret]');
    await vi.waitFor(() => expect(JSON.stringify(engine.events)).toContain('"settled"'), patient);
    const { calls } = await engine.call('snapshot', {});
    const detail = await engine.call('calls.detail', { id: calls[0]?.id ?? '' });
    expect(JSON.stringify([engine.events, detail])).not.toContain(secret);
  });
});
