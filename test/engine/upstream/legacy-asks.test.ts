import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { LinkUser } from '../../../electron/engine/upstream/contract.ts';
import type { JsonObject, JsonValue } from '../../../electron/engine/wire/json-rpc.ts';
import type { Transport } from '../../../electron/shared/index.ts';
import { everything } from '../../fakes/everything.ts';
import { type Asked, armedCall, callIo, faultOf, isAlive, never, readText, rootDir, startPool } from './support.ts';

const eventually = { timeout: 15_000, interval: 20 };
const capabilities = { sampling: {}, elicitation: { form: {}, url: {} }, roots: { listChanged: true } };
const userOf = (agentId: string, more: JsonObject = {}): LinkUser => ({
  agentId,
  capabilities: { ...capabilities, ...more },
});
const elicit = (message: string) => ({ method: 'elicitation/create', params: { message } });

function askingServer(): Transport {
  const file = path.join(rootDir, 'test/fakes/asking-server.mjs');
  return { kind: 'stdio', command: process.execPath, args: [file], cwd: null, env: {} };
}

function startAsking(change: Parameters<typeof startPool>[0] = {}) {
  const started = startPool(change);
  started.pool.configure({ id: 's', transport: askingServer(), enabled: true });
  const say = async (
    link: Awaited<ReturnType<typeof started.pool.link>>,
    tool: string,
    args: JsonObject = {},
    io = callIo(),
  ) => JSON.parse(readText(await link.send(armedCall(tool, args), io))) as JsonValue;
  return { ...started, say };
}

const text = (value: string) => ({ kind: 'result' as const, result: { text: value } });

describe.each(['stdio', 'streamableHttp', 'sse'] as const)('the official server-everything over %s', (kind) => {
  test('asks for sampling, input and roots in the middle of a call, and gets the answers', async () => {
    const { pool } = startPool();
    pool.configure({ id: 's', transport: await everything(kind), enabled: true });
    const link = await pool.link('s', never, userOf('agent-1'));
    expect(link.era).toBe('legacy');
    const asked: Asked[] = [];
    const io = callIo({
      async ask(method, params) {
        asked.push({ method, params });
        if (method === 'roots/list')
          return { kind: 'result', result: { roots: [{ uri: 'file:///my/root', name: 'r' }] } };
        if (method === 'elicitation/create') return { kind: 'result', result: { action: 'decline' } };
        return {
          kind: 'result',
          result: { role: 'assistant', model: 'm', content: { type: 'text', text: 'sampled!' } },
        };
      },
    });
    const call = async (tool: string, args: JsonObject) => readText(await link.send(armedCall(tool, args), io));
    expect(await call('trigger-sampling-request', { prompt: 'hi', maxTokens: 5 })).toContain('sampled!');
    expect(await call('trigger-elicitation-request', {})).toContain('declined');
    expect(await call('get-roots-list', {})).toContain('file:///my/root');
    expect(asked.map((ask) => ask.method)).toEqual(
      expect.arrayContaining(['sampling/createMessage', 'elicitation/create', 'roots/list']),
    );
    expect(asked[0]?.params).toMatchObject({ systemPrompt: 'You are a helpful test server.', maxTokens: 5 });
    const list = (await link.request('resources/list', {}, 5000)) as { resources: { uri: string }[] };
    const uri = list.resources[0]?.uri ?? '';
    expect(await link.request('resources/subscribe', { uri }, 5000)).toEqual({});
    expect(await link.request('logging/setLevel', { level: 'error' }, 5000)).toEqual({});
    await link.request('resources/unsubscribe', { uri }, 5000);
  }, 60_000);

  test('sends what belongs to no call to the owner of the link', async () => {
    const { pool, notices } = startPool();
    pool.configure({ id: 's', transport: await everything(kind), enabled: true });
    const link = await pool.link('s', never, userOf('agent-1'));
    const list = (await link.request('resources/list', {}, 5000)) as { resources: { uri: string }[] };
    const uri = list.resources[0]?.uri ?? '';
    await link.request('resources/subscribe', { uri }, 5000);
    await link.send(armedCall('toggle-subscriber-updates', {}), callIo());
    await vi.waitFor(
      () =>
        expect(notices).toContainEqual([
          'agent-1',
          'notifications/resources/updated',
          expect.objectContaining({ uri }),
        ]),
      eventually,
    );
  }, 60_000);
});

test('two agents that are asked at the same time by one server never see each other (security)', async () => {
  const { pool, say, asked } = startAsking();
  const [one, two] = await Promise.all(['one', 'two'].map((id) => pool.link('s', never, userOf(id))));
  if (!one || !two) throw new Error('no links');
  expect(one.pid).not.toBe(two.pid);
  const seen: string[] = [];
  let release: () => void = () => {};
  const both = new Promise<void>((resolve) => {
    release = resolve;
  });
  const ioOf = (name: string) =>
    callIo({
      async ask(_method, params) {
        seen.push(`${name} ${params.message}`);
        if (seen.length === 4) release();
        await both;
        return text(name);
      },
      onNotification: (_method, params) => void seen.push(`${name} hears ${params.data}`),
    });
  const answers = await Promise.all([
    say(one, 'ask', { requests: [elicit('from 1'), elicit('also 1')] }, ioOf('one')),
    say(two, 'ask', { requests: [elicit('from 2'), elicit('also 2')] }, ioOf('two')),
  ]);
  expect(answers).toEqual([
    [{ result: { text: 'one' } }, { result: { text: 'one' } }],
    [{ result: { text: 'two' } }, { result: { text: 'two' } }],
  ]);
  expect(seen.sort()).toEqual(['one also 1', 'one from 1', 'two also 2', 'two from 2']);
  await say(one, 'ask-later', { request: elicit('late 1') });
  await say(two, 'ask-later', { request: elicit('late 2') });
  await vi.waitFor(() => expect(asked).toHaveLength(2), eventually);
  expect(asked.map((ask) => [ask.owner, ask.params.message]).sort()).toEqual([
    ['one', 'late 1'],
    ['two', 'late 2'],
  ]);
});

test('nobody is asked over the shared link, whatever the server tries (security)', async () => {
  const { pool, say, asked, notices } = startAsking();
  const link = await pool.link('s', never);
  expect(await say(link, 'whoami')).toMatchObject({ capabilities: {} });
  const seen: string[] = [];
  const io = callIo({
    async ask(method) {
      seen.push(method);
      return text('leak');
    },
    onNotification: (method) => void seen.push(method),
  });
  const requests = [elicit('x'), { method: 'roots/list' }, { method: 'sampling/createMessage', params: {} }];
  const refused = { error: { code: -32601, message: 'This client did not declare that capability.' } };
  expect(await say(link, 'ask', { requests }, io)).toEqual([refused, refused, refused]);
  await say(link, 'notify', { notifications: [{ method: 'notifications/message', params: { data: 'of whom?' } }] }, io);
  expect(seen).toEqual([]);
  expect(asked).toEqual([]);
  expect(notices).toEqual([[null, 'notifications/message', { data: 'of whom?' }]]);
});

test("states the user's capabilities and keeps one process for each of them", async () => {
  const { pool, say } = startAsking();
  const first = await pool.link('s', never, { agentId: 'a', capabilities: { roots: {}, sampling: {} } });
  const same = await pool.link('s', never, { agentId: 'a', capabilities: { sampling: {}, roots: {} } });
  const other = await pool.link('s', never, { agentId: 'a', capabilities: { roots: {} } });
  expect(same.pid).toBe(first.pid);
  expect(other.pid).not.toBe(first.pid);
  expect(await say(first, 'whoami')).toMatchObject({ capabilities: { roots: {}, sampling: {} } });
  expect(pool.linksOf('a')).toHaveLength(2);
  expect(pool.linksOf('b')).toEqual([]);
  first.notify('notifications/roots/list_changed', { 'vendor/x': 1 });
  expect(await say(first, 'heard')).toContainEqual({
    method: 'notifications/roots/list_changed',
    params: { 'vendor/x': 1 },
  });
  await pool.endAgent('a');
  expect(pool.linksOf('a')).toEqual([]);
  expect([first.pid, other.pid].some((pid) => isAlive(pid as number))).toBe(false);
});

test('passes errors of the agent on, and says unsupported where it cannot be asked', async () => {
  const { pool, say } = startAsking();
  const link = await pool.link('s', never, userOf('a'));
  const error = { code: -1, message: 'no', data: { why: 1 } };
  const requests = [elicit('x'), { method: 'roots/list' }, { method: 'ping' }, { method: 'vendor/x' }];
  const io = callIo({
    ask: async (method) => (method === 'roots/list' ? { kind: 'unsupported' } : { kind: 'error', error }),
  });
  expect(await say(link, 'ask', { requests }, io)).toEqual([
    { error },
    { error: { code: -32601, message: 'This client did not declare that capability.' } },
    { result: {} },
    { error: { code: -32601, message: 'Method not found' } },
  ]);
});

test('the clock of a call stands still while somebody is asked', async () => {
  const { pool, say } = startAsking();
  const link = await pool.link('s', never, userOf('a'));
  const timeoutMs = 150;
  const ask = () =>
    new Promise<ReturnType<typeof text>>((resolve) => setTimeout(() => resolve(text('late')), 2 * timeoutMs));
  expect(await say(link, 'ask', { requests: [elicit('x'), elicit('y')] }, callIo({ timeoutMs, ask }))).toHaveLength(2);
});

test('a bug on the way to the agent answers the server and ends nothing else', async () => {
  const { pool, say } = startAsking();
  const link = await pool.link('s', never, userOf('a'));
  const ask = () => Promise.reject(new Error('a bug'));
  expect(await say(link, 'ask', { requests: [elicit('x')] }, callIo({ ask }))).toMatchObject([
    { error: { code: -32603 } },
  ]);
  expect(await say(link, 'whoami')).toMatchObject({ pid: link.pid });
});

test('a question the server takes back gets no answer', async () => {
  const { pool, say } = startAsking();
  const link = await pool.link('s', never, userOf('a'));
  let answer: () => void = () => {};
  const io = callIo({ ask: () => new Promise((resolve) => (answer = () => resolve(text('too late')))) });
  await say(link, 'ask-and-withdraw', { request: elicit('x') }, io);
  answer();
  expect(await say(link, 'heard')).not.toContainEqual({ stray: 'ask-1' });
});

test('hands log messages and vendor notices to the newest call, session matters to the owner', async () => {
  const { pool, say, notices, changed } = startAsking();
  const link = await pool.link('s', never, userOf('a'));
  const seen: unknown[] = [];
  const io = callIo({ onNotification: (method, params) => void seen.push([method, params]) });
  const notifications = [
    { method: 'notifications/message', params: { level: 'debug', data: 'd', 'vendor/y': null } },
    { method: 'vendor/notice', params: { deep: [1, { x: 'ü' }] } },
    { method: 'notifications/resources/updated', params: { uri: 'a:1' } },
    { method: 'notifications/tasks/status', params: { taskId: 't' } },
    { method: 'notifications/prompts/list_changed' },
  ];
  await say(link, 'notify', { notifications }, io);
  expect(seen).toEqual(notifications.slice(0, 2).map(({ method, params }) => [method, params]));
  expect(notices).toEqual(notifications.slice(2, 4).map(({ method, params }) => ['a', method, params]));
  expect(changed).toContain('s prompts a');
});

test('a modern agent gets the log messages it asked for in the request, the server is told the level once', async () => {
  const { pool, say } = startAsking();
  const link = await pool.link('s', never, userOf('a'));
  const seen: unknown[] = [];
  const io = callIo({ onNotification: (_method, params) => void seen.push(params.level) });
  const notifications = ['debug', 'error'].map((level) => ({ method: 'notifications/message', params: { level } }));
  const level = { _meta: { 'io.modelcontextprotocol/logLevel': 'info', 'io.modelcontextprotocol/clientInfo': {} } };
  const modern = { era: 'modern' as const };
  for (const other of [level, level, {}]) await link.send(armedCall('notify', { notifications }, other, modern), io);
  expect(seen).toEqual(['error', 'error']);
  const heard = (await say(link, 'heard')) as { method?: string }[];
  expect(heard.filter(({ method }) => method === 'logging/setLevel')).toEqual([
    { method: 'logging/setLevel', params: { level: 'info' } },
  ]);
});

test('brings a crashed server back for a user that is subscribed, and tells it what the user had asked for', async () => {
  const { pool, say } = startAsking();
  const link = await pool.link('s', never, userOf('a'));
  await link.request('resources/subscribe', { uri: 'a:1' }, 5000);
  await link.request('logging/setLevel', { level: 'info' }, 5000);
  await faultOf(link.send(armedCall('crash', {}), callIo()));
  await vi.waitFor(() => expect(pool.linksOf('a')[0]?.link.pid).not.toBe(link.pid), eventually);
  const again = await pool.link('s', never, userOf('a'));
  await vi.waitFor(async () => {
    expect(await say(again, 'heard')).toEqual(
      expect.arrayContaining([
        { method: 'logging/setLevel', params: { level: 'info' } },
        { method: 'resources/subscribe', params: { uri: 'a:1' } },
      ]),
    );
  }, eventually);
  expect(pool.state('s')).toMatchObject({ status: 'running', lastError: null });
});

test('stops an idle link of a user, never one that is subscribed to something', async () => {
  const { pool } = startAsking({ timings: { idleMs: 100 } });
  const [idle, subscribed] = await Promise.all([
    pool.link('s', never, userOf('idle')),
    pool.link('s', never, userOf('subscribed')),
  ]);
  await subscribed.request('resources/subscribe', { uri: 'a:1' }, 5000);
  await vi.waitFor(() => expect(pool.linksOf('idle')).toEqual([]), eventually);
  await vi.waitFor(() => expect(isAlive(idle.pid as number)).toBe(false), eventually);
  expect(pool.linksOf('subscribed')).toHaveLength(1);
}, 20_000);

test('switching the server off ends every link of it', async () => {
  const { pool } = startAsking();
  const links = await Promise.all(['a', 'b'].map((id) => pool.link('s', never, userOf(id))));
  pool.configure({ id: 's', transport: askingServer(), enabled: false });
  expect(pool.state('s')).toMatchObject({ status: 'off', pid: null });
  await vi.waitFor(() => expect(links.some((link) => isAlive(link.pid as number))).toBe(false), eventually);
}, 20_000);

test('says so when too many agents are busy on one server, and makes room where one is not', async () => {
  const { pool, say } = startAsking();
  const never16 = Array.from({ length: 16 }, (_, i) => pool.link('s', never, userOf(`agent-${i}`)));
  const links = await Promise.all(never16);
  const busy = links
    .slice(1)
    .map((link) =>
      say(link, 'ask', { requests: [elicit('x')] }, callIo({ ask: () => new Promise(() => {}) })).catch(() => {}),
    );
  const next = await pool.link('s', never, userOf('next'));
  expect(pool.linksOf('agent-0')).toEqual([]);
  const held = say(next, 'ask', { requests: [elicit('x')] }, callIo({ ask: () => new Promise(() => {}) })).catch(
    () => {},
  );
  const fault = await faultOf(pool.link('s', never, userOf('one too many')));
  expect(fault.fault.message).toContain('16 agents use this server at the same time');
  await pool.close();
  await Promise.all([...busy, held]);
}, 60_000);
