import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { LinkUser } from '../../../electron/engine/upstream/contract.ts';
import type { JsonObject } from '../../../electron/engine/wire/json-rpc.ts';
import type { Transport } from '../../../electron/shared/index.ts';
import { startModernHttp } from '../../fakes/modern-http.ts';
import { oddState, tools } from '../../fakes/modern-server.ts';
import {
  type Asked,
  armedCall,
  armedRequest,
  type CallShape,
  callIo,
  faultOf,
  never,
  readResponse,
  readText,
  rootDir,
  startPool,
} from './support.ts';

const eventually = { timeout: 15_000, interval: 20 };
const key = (name: string) => `io.modelcontextprotocol/${name}`;
const modern: CallShape = { era: 'modern' };
const user: LinkUser = { agentId: 'agent-1', capabilities: { elicitation: { form: {} }, roots: {} } };

function stdioFake(): Transport {
  const file = path.join(rootDir, 'test/fakes/modern-server.ts');
  return { kind: 'stdio', command: process.execPath, args: [file], cwd: null, env: {} };
}

async function connect(kind: 'stdio' | 'http', as: LinkUser | undefined = user) {
  const http = kind === 'http' ? await startModernHttp() : null;
  const started = startPool();
  const transport: Transport = http === null ? stdioFake() : { kind: 'http', url: http.url, headers: {} };
  started.pool.configure({ id: 's', transport, enabled: true });
  return { ...started, http, link: await started.pool.link('s', never, as) };
}

function sayings(text: string): JsonObject {
  return JSON.parse(text) as JsonObject;
}

describe.each(['stdio', 'http'] as const)('a modern server over %s', (kind) => {
  test('is found by discovery, and its answer is the hello', async () => {
    const { link, pool, eras } = await connect(kind);
    expect(link.era).toBe('modern');
    expect(link.hello).toMatchObject({
      protocolVersion: '2026-07-28',
      serverInfo: { name: 'modern-fake', version: '2' },
      instructions: 'be modern',
    });
    expect(pool.state('s')).toMatchObject({ era: 'modern', status: 'running' });
    expect(eras.get('s')).toBe('modern');
  });

  test('is told the caller with every request, never the agent it came from (security)', async () => {
    const { link } = await connect(kind);
    const params = {
      _meta: {
        traceparent: '00-1',
        'vendor/x': [1],
        [key('protocolVersion')]: '1999-01-01',
        [key('clientInfo')]: { name: 'agent' },
        [key('clientCapabilities')]: { sampling: {} },
        [key('logLevel')]: 'error',
      },
      vendor: true,
    };
    const response = await link.send(armedCall('echo', { a: 1 }, params, modern), callIo());
    const { params: sent } = sayings(readText(response)) as { params: JsonObject };
    expect(sent).toEqual({
      name: 'echo',
      arguments: { a: 1 },
      vendor: true,
      _meta: {
        traceparent: '00-1',
        'vendor/x': [1],
        [key('protocolVersion')]: '2026-07-28',
        [key('clientInfo')]: { name: 'scopegate', title: 'ScopeGate', version: '0.0.0-test' },
        [key('clientCapabilities')]: user.capabilities,
        [key('logLevel')]: 'error',
      },
    });
    expect(readResponse(response)).toMatchObject({ result: { resultType: 'complete' } });
  });

  test('gets the answers to its questions with its state byte for byte, under a new id', async () => {
    const { link } = await connect(kind);
    const asked: Asked[] = [];
    const response = await link.send(
      armedCall('ask', {}),
      callIo({
        async ask(method, params) {
          asked.push({ method, params });
          if (method === 'roots/list') return { kind: 'result', result: { roots: [] } };
          return { kind: 'result', result: { action: 'accept', content: { name: 'ü' } } };
        },
      }),
    );
    expect(asked).toEqual([
      { method: 'elicitation/create', params: { mode: 'form', message: 'who?', 'vendor/x': 1 } },
      { method: 'roots/list', params: {} },
    ]);
    const said = sayings(readText(response));
    expect(said.requestState).toBe(oddState);
    expect(said.inputResponses).toEqual({
      who: { action: 'accept', content: { name: 'ü' } },
      where: { roots: [] },
    });
  });

  test('asks all questions of a round at once', async () => {
    const { link } = await connect(kind);
    const waiting: (() => void)[] = [];
    const answer = link.send(
      armedCall('ask', {}),
      callIo({
        ask: () =>
          new Promise((resolve) => {
            waiting.push(() => resolve({ kind: 'result', result: {} }));
            if (waiting.length === 2) for (const go of waiting) go();
          }),
      }),
    );
    expect(sayings(readText(await answer)).inputResponses).toEqual({ who: {}, where: {} });
  });

  test('hears of a form that failed as of one that was closed; an error to another question ends the call', async () => {
    const { link } = await connect(kind);
    const error = { code: -1, message: 'no roots for you' };
    const response = await link.send(armedCall('ask', {}), callIo({ ask: async () => ({ kind: 'error', error }) }));
    expect(readResponse(response)).toMatchObject({ error });
    const closed = await link.send(
      armedCall('ask', {}),
      callIo({
        ask: async (method) => (method === 'roots/list' ? { kind: 'result', result: {} } : { kind: 'error', error }),
      }),
    );
    expect(sayings(readText(closed)).inputResponses).toEqual({ who: { action: 'cancel' }, where: {} });
  });

  test('is called again when it wants only that, and is given up when it never has enough', async () => {
    const { link } = await connect(kind);
    expect(sayings(readText(await link.send(armedCall('wait-once', {}), callIo())))).toBe('done');
    let questions = 0;
    const io = callIo({
      async ask() {
        questions++;
        return { kind: 'result', result: {} };
      },
    });
    const fault = await faultOf(link.send(armedCall('ask-for-ever', {}), io));
    expect(fault.kind).toBe('protocol');
    expect(questions).toBe(16);
  });

  test.each(['odd-type', 'says-nothing-wanted'])('an answer that does not exist ("%s") is refused', async (tool) => {
    const { link } = await connect(kind);
    expect((await faultOf(link.send(armedCall(tool, {}), callIo()))).kind).toBe('protocol');
  });

  test('cannot ask what was not declared, and nobody at all over the shared link (security)', async () => {
    const { link, pool } = await connect(kind);
    expect((await faultOf(link.send(armedCall('ask', {}), callIo()))).kind).toBe('protocol');
    const shared = await pool.link('s', never);
    let isAsked = false;
    const io = callIo({
      async ask() {
        isAsked = true;
        return { kind: 'result', result: {} };
      },
    });
    expect((await faultOf(shared.send(armedCall('ask', {}), io))).kind).toBe('protocol');
    expect(isAsked).toBe(false);
    const echo = sayings(readText(await shared.send(armedCall('echo', {}), io))) as { params: { _meta: JsonObject } };
    expect(echo.params._meta[key('clientCapabilities')]).toEqual({});
  });

  test('sends log messages and progress to the call that asked for them, with the level it asked for', async () => {
    const { link, pool } = await connect(kind);
    const seen: unknown[] = [];
    const io = callIo({
      onNotification: (method, params) => void seen.push([method, params.level]),
      onProgress: (params) => void seen.push(params.progressToken),
    });
    const _meta = { progressToken: 'p', [key('logLevel')]: 'info' };
    await link.send(armedCall('log', { data: 1 }, { _meta }, modern), io);
    expect(seen).toEqual([['notifications/message', 'warning'], 'p']);
    seen.length = 0;
    await link.send(armedCall('log', {}, {}, modern), io);
    expect(seen).toEqual([]);
    await link.request('logging/setLevel', { level: 'debug' }, 1000);
    await link.send(armedCall('log', {}), io);
    expect(seen).toEqual([
      ['notifications/message', 'debug'],
      ['notifications/message', 'warning'],
    ]);
    seen.length = 0;
    const other = await pool.link('s', never, { agentId: 'agent-2', capabilities: {} });
    await other.send(armedCall('log', {}, {}, { agentId: 'agent-2' }), io);
    expect(seen).toEqual([]);
  });

  test('listens once for all subscriptions, and again when the stream ended', async () => {
    const { link, pool, notices, changed } = await connect(kind);
    await Promise.all(['a:1', 'a:2'].map((uri) => link.request('resources/subscribe', { uri }, 5000)));
    await link.send(armedCall('touch', { uri: 'a:2' }), callIo());
    await vi.waitFor(
      () => expect(notices).toEqual([[null, 'notifications/resources/updated', { uri: 'a:2' }]]),
      eventually,
    );
    await link.send(armedCall('change-tools', {}), callIo());
    await vi.waitFor(() => expect(changed).toEqual(['s', 's']), eventually);
    expect(sayings(readText(await link.send(armedCall('end-listens', {}), callIo())))).toBe(1);
    await link.request('resources/subscribe', { uri: 'a:2' }, 5000);
    await link.send(armedCall('touch', { uri: 'a:1' }), callIo());
    await vi.waitFor(() => expect(notices).toHaveLength(2), eventually);
    await link.request('resources/unsubscribe', { uri: 'a:1' }, 5000);
    await pool.restart('s');
    const again = await pool.link('s', never, user);
    await again.request('resources/subscribe', { uri: 'a:2' }, 5000);
    for (const uri of ['a:1', 'a:2']) await again.send(armedCall('touch', { uri }), callIo());
    await vi.waitFor(() => expect(notices).toHaveLength(3), eventually);
    expect(notices.at(-1)?.[2]).toEqual({ uri: 'a:2' });
  });

  test('says so when the server does not agree to a subscription', async () => {
    const { link } = await connect(kind);
    const [refused] = await Promise.all([
      faultOf(link.request('resources/subscribe', { uri: 'no:1' }, 5000)),
      link.request('resources/subscribe', { uri: 'a:1' }, 5000),
    ]);
    expect(refused.kind).toBe('protocol');
  });

  test('answers vendor methods with results of its own kind', async () => {
    const { link } = await connect(kind);
    const response = await link.send(armedRequest({ x: 1 }, { method: 'vendor/do' }), callIo());
    expect(readResponse(response)).toMatchObject({ result: { resultType: 'vendor', did: { x: 1 } } });
  });

  test('answers of our own hop become faults; all others are handed on', async () => {
    const { link, changed } = await connect(kind);
    const call = (code: number) => link.send(armedCall('fails', { code }), callIo());
    for (const code of [-32021, -32602, 7]) expect(readResponse(await call(code))).toMatchObject({ error: { code } });
    expect((await faultOf(call(-32020))).fault.message).toContain('definition has changed');
    expect(changed).toHaveLength(2);
    expect((await faultOf(call(-32022))).kind).toBe('protocol');
  });
});

test('a cancelled call is cancelled by name on stdio and by closing its stream over HTTP', async () => {
  for (const kind of ['stdio', 'http'] as const) {
    const { link, http, pool } = await connect(kind);
    const abort = new AbortController();
    const fault = faultOf(link.send(armedCall('hang', {}), callIo({ signal: abort.signal })));
    if (http !== null) await vi.waitFor(() => expect(http.fake.seen.at(-1)?.params?.name).toBe('hang'), eventually);
    abort.abort();
    expect((await fault).kind).toBe('cancelled');
    if (http !== null) {
      const { id } = http.fake.seen.find((message) => message.params?.name === 'hang') ?? {};
      await vi.waitFor(() => expect(http.closed).toContain(id), eventually);
      expect(http.fake.seen.some((message) => message.method === 'notifications/cancelled')).toBe(false);
    } else {
      const lines = () => pool.logs('s').map((line) => line.text);
      await vi.waitFor(
        () => expect(lines().some((line) => /^got notifications\/cancelled \d/.test(line))).toBe(true),
        eventually,
      );
    }
  }
});

test('mirrors method, name and annotated arguments into headers, and leaves out tools that annotate wrongly', async () => {
  const { link, pool, http } = await connect('http');
  const shape = { definition: tools[0] as JsonObject };
  await link.send(armedCall('echo', { region: 'Zürich', other: 1 }, {}, shape), callIo());
  expect(http?.heads.at(-1)?.headers).toMatchObject({
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'echo',
    'mcp-param-region': '=?base64?WsO8cmljaA==?=',
    accept: 'application/json, text/event-stream',
  });
  expect(http?.heads.at(-1)?.headers['mcp-session-id']).toBeUndefined();
  expect((await pool.listTools('s', never)).map((tool) => tool.name)).toEqual(['echo']);
  expect(pool.logs('s').some((line) => line.text.startsWith('Left out the tool "broken"'))).toBe(true);
  const overStdio = await connect('stdio');
  expect((await overStdio.pool.listTools('s', never)).map((tool) => tool.name)).toEqual(['echo', 'broken']);
});

test('without a user only what needs no question is declared (security)', async () => {
  const { pool } = await connect('stdio', undefined);
  const link = await pool.link('s', never);
  const call = armedCall('echo', {});
  const clientCapabilities = { sampling: {}, elicitation: {}, roots: {}, extensions: { 'io.x/ui': {} } };
  const session = { id: null, protocolVersion: '2026-07-28', clientInfo: null, clientCapabilities };
  const response = await link.send({ ...call, exchange: { ...call.exchange, session } }, callIo());
  const { params } = sayings(readText(response)) as { params: { _meta: JsonObject } };
  expect(params._meta[key('clientCapabilities')]).toEqual({ extensions: { 'io.x/ui': {} } });
});

test('calls of two agents on one modern process never see each other (security)', async () => {
  const { pool } = await connect('stdio');
  const answers = await Promise.all(
    ['one', 'two'].map(async (agentId) => {
      const link = await pool.link('s', never, { agentId, capabilities: { elicitation: {}, roots: {} } });
      const ask = async () => ({ kind: 'result' as const, result: { of: agentId } });
      return sayings(readText(await link.send(armedCall('ask', {}, {}, { agentId }), callIo({ ask }))));
    }),
  );
  expect(answers.map((answer) => answer.inputResponses)).toEqual([
    { who: { of: 'one' }, where: { of: 'one' } },
    { who: { of: 'two' }, where: { of: 'two' } },
  ]);
  expect(pool.linksOf('one')).toHaveLength(1);
});
