import { describe, expect, it, vi } from 'vitest';
import type { ExchangeHandler } from '../../../electron/engine/exchange.ts';
import type { JsonObject, RawResponse } from '../../../electron/engine/wire/json-rpc.ts';
import { gateway, modernRequest, openModern, resultOf, sendModern, serverInfoKey } from './modern-support.ts';
import { manualHandler, note, one, open, parseJson, rpc, send, startRig, tokenOfTwo, two } from './support.ts';

describe('server/discover', () => {
  it('tells what the gateway is, for this agent alone and for now', async () => {
    const hello = vi.fn(async () => ({ capabilities: { tools: { listChanged: true } }, instructions: 'Be kind.' }));
    const { port, exchanges } = await startRig({ overrides: { hello } });
    const answer = await sendModern(port, 'server/discover', {}, { id: 'd' });
    expect(answer.status).toBe(200);
    expect(parseJson(answer.body)).toEqual({
      jsonrpc: '2.0',
      id: 'd',
      result: {
        resultType: 'complete',
        supportedVersions: ['2026-07-28'],
        capabilities: { tools: { listChanged: true } },
        instructions: 'Be kind.',
        ttlMs: 0,
        cacheScope: 'private',
        _meta: { [serverInfoKey]: gateway },
      },
    });
    expect(hello).toHaveBeenCalledWith(one, null, 'modern');
    expect(exchanges).toEqual([]);
  });
});

describe('a modern request', () => {
  it('becomes an exchange that keeps all of it, belongs to no session and starts none', async () => {
    const { port, exchanges, sessions, listener } = await startRig();
    const session = await open(port);
    const clientInfo = { name: 'c', version: '1', extra: true };
    const meta = { 'io.modelcontextprotocol/clientInfo': clientInfo, traceparent: '00-a-b-01', 'vendor/x': [1] };
    const request = modernRequest('tools/call', { name: 'demo__x', arguments: { a: 1 }, vendor: true }, { meta });
    const answer = await send(port, { ...request, session });
    expect(answer.headers['mcp-session-id']).toBeUndefined();
    expect(exchanges[0]).toMatchObject({
      era: 'modern',
      agent: one,
      scope: null,
      id: 1,
      method: 'tools/call',
      params: { name: 'demo__x', arguments: { a: 1 }, vendor: true, _meta: meta },
      session: {
        id: null,
        protocolVersion: '2026-07-28',
        clientInfo: { name: 'c', version: '1' },
        clientCapabilities: {},
      },
    });
    expect(exchanges[0]?.patienceMs).toBeGreaterThan(60_000);
    expect(sessions).toEqual(['opened One']);
    expect(listener.sessionCount(one.id)).toBe(1);
  });

  it('may use an id another one uses: each stands alone', async () => {
    const { handle, reply, waiting } = manualHandler();
    const { port } = await startRig({ handle });
    const first = sendModern(port, 'tools/call', { name: 'a' }, { id: 1 });
    await vi.waitFor(() => expect(waiting.size).toBe(1));
    const settle = waiting.get(1);
    const second = sendModern(port, 'tools/call', { name: 'b' }, { id: 1 });
    await vi.waitFor(() => expect(waiting.get(1)).not.toBe(settle));
    settle?.({ kind: 'result', result: { content: [] } });
    reply(1);
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
  });

  it('is cancelled when its answer is closed, and by nothing else', async () => {
    const { handle, waiting } = manualHandler();
    const { port, exchanges } = await startRig({ handle });
    const pending = openModern(port, 'tools/call', { name: 'a' }, { meta: { progressToken: 7 } });
    await vi.waitFor(() => expect(waiting.size).toBe(1));
    const headers = { 'MCP-Protocol-Version': '2026-07-28' };
    const body = note('notifications/cancelled', { requestId: 1 });
    expect(await send(port, { headers, body })).toMatchObject({ status: 202, body: '' });
    expect(exchanges[0]?.signal.aborted).toBe(false);
    exchanges[0]?.notify('notifications/progress', { progressToken: 'old', progress: 1 });
    const events = await pending;
    await vi.waitFor(() =>
      expect(events.events).toEqual([note('notifications/progress', { progressToken: 7, progress: 1 })]),
    );
    events.close();
    await vi.waitFor(() => expect(exchanges[0]?.signal.aborted).toBe(true));
  });

  it('brings progress only with a token, and log messages only from the level it asked for', async () => {
    const handle: ExchangeHandler = async (exchange) => {
      exchange.notify('notifications/progress', { progressToken: 1, progress: 1 });
      exchange.notify('notifications/message', { level: 'info', data: 'low' });
      exchange.notify('notifications/message', { level: 'error', data: 'high' });
      return { kind: 'result', result: { content: [] } };
    };
    const { port } = await startRig({ handle });
    expect((await sendModern(port, 'tools/call', { name: 'a' })).headers['content-type']).toBe('application/json');
    const meta = { 'io.modelcontextprotocol/logLevel': 'warning' };
    const events = await openModern(port, 'tools/call', { name: 'a' }, { meta });
    await events.ended;
    expect(events.events).toMatchObject([{ params: { data: 'high' } }, { id: 1, result: { resultType: 'complete' } }]);
    expect(events.ids).toEqual([]);
  });

  it('hears nothing of GET and DELETE but that POST is the method', async () => {
    const { port } = await startRig();
    for (const method of ['GET', 'DELETE']) {
      const answer = await send(port, { method, headers: { 'MCP-Protocol-Version': '2026-07-28' } });
      expect(answer).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    }
  });

  it('passes vendor notifications on, with the server of its path', async () => {
    const { port, heard } = await startRig();
    const headers = { 'MCP-Protocol-Version': '2026-07-28' };
    for (const body of [note('notifications/roots/list_changed'), note('vendor/hi', { a: 1 })])
      expect(await send(port, { headers, body, path: '/mcp/demo' })).toMatchObject({ status: 202 });
    expect(heard).toEqual([{ agent: one.id, session: null, scope: 'demo', method: 'vendor/hi', params: { a: 1 } }]);
  });
});

describe('results', () => {
  const raw = (text: string, has: RawResponse['has'] = 'result'): ExchangeHandler => {
    const bytes = Buffer.from(text);
    const idStart = text.lastIndexOf('4711');
    return async () => ({ kind: 'raw', response: { bytes, idStart, idEnd: idStart + 4, has } });
  };

  it('of a server get what the modern era wants, and keep every byte of the rest', async () => {
    const { port } = await startRig({
      handle: raw('{"jsonrpc":"2.0","result":{ "content":[],"n":1.50e1,"_meta":{"v":1} },"id":4711}'),
    });
    expect((await sendModern(port, 'tools/call', { name: 'a' }, { id: 'mine' })).body).toBe(
      `{"jsonrpc":"2.0","result":{ "content":[],"n":1.50e1,"_meta":{"v":1,"${serverInfoKey}":${JSON.stringify(gateway)}},"resultType":"complete" },"id":"mine"}`,
    );
  });

  it.each([
    [-32601, 404, -32601],
    [-32021, 400, -32021],
    [-32002, 200, -32602],
    [-32020, 200, -32603],
    [-32022, 200, -32603],
    [-32042, 200, -32603],
    [-32602, 200, -32602],
    [-1, 200, -1],
  ])('that are the error %i have status %i and code %i', async (code, status, told) => {
    const error = { code, message: 'm', data: { requiredCapabilities: { sampling: {} } } };
    const text = JSON.stringify({ jsonrpc: '2.0', id: 4711, error });
    for (const handle of [raw(text, 'error'), async () => ({ kind: 'error', error }) as const]) {
      const { port } = await startRig({ handle });
      const answer = await sendModern(port, 'tools/call', { name: 'a' }, { id: 9 });
      expect(answer.status).toBe(status);
      expect(parseJson(answer.body)).toEqual({ jsonrpc: '2.0', id: 9, error: { ...error, code: told } });
    }
  });

  it('never say input_required in a server’s own words (security)', async () => {
    const forms = [
      '"resultType":"input_required","requestState":"x"',
      '"resultType":"complete","resultType":"input_required"',
      '"\\u0072esultType":"input_required"',
      `"${[...'resultType'].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join('')}":"input_required"`,
      '"resultType":"input\\u005frequired"',
      '"resultType":["input_required"]',
    ];
    for (const form of forms) {
      const { port } = await startRig({ handle: raw(`{"jsonrpc":"2.0","id":4711,"result":{"content":[],${form}}}`) });
      const answer = await sendModern(port, 'tools/call', { name: 'a' });
      expect(parseJson(answer.body).error?.code).toBe(-32603);
      expect(answer.body).not.toContain('requestState');
    }
  });
});

describe('the header ladder', () => {
  const schema: JsonObject = {
    type: 'object',
    properties: {
      region: { type: 'string', 'x-mcp-header': 'Region' },
      deep: { type: 'object', properties: { count: { type: 'integer', 'x-mcp-header': 'Count' } } },
      list: { type: 'array', items: { type: 'object', properties: { x: { 'x-mcp-header': 'Hidden' } } } },
    },
  };
  const call = async (args: JsonObject | undefined, headers: Record<string, string>): Promise<number> => {
    const { port } = await startRig({ overrides: { toolSchema: () => schema } });
    const params: JsonObject = { name: 'a', ...(args === undefined ? {} : { arguments: args }) };
    const answer = await sendModern(port, 'tools/call', params, { headers });
    if (answer.status !== 200) expect(parseJson(answer.body).error?.code).toBe(-32020);
    return answer.status;
  };
  const base64 = (text: string): string => `=?base64?${Buffer.from(text).toString('base64')}?=`;

  it.each<[string, JsonObject | undefined, Record<string, string>, number]>([
    ['a mirrored string', { region: 'eu' }, { 'Mcp-Param-Region': 'eu' }, 200],
    ['a mirrored string in base64', { region: 'Köln' }, { 'mcp-param-region': base64('Köln') }, 200],
    ['a string that looks like base64', { region: base64('x') }, { 'Mcp-Param-Region': base64(base64('x')) }, 200],
    ['half a sentinel', { region: '=?base64?eA==' }, { 'Mcp-Param-Region': '=?base64?eA==' }, 200],
    ['an integer written otherwise', { deep: { count: 42 } }, { 'Mcp-Param-Count': '42.0' }, 200],
    ['no value and no header', {}, {}, 200],
    ['no arguments', undefined, {}, 200],
    ['null and no header', { region: null }, {}, 200],
    ['an unknown header', {}, { 'Mcp-Param-Other': 'x' }, 200],
    ['an annotation inside an array', { list: [{ x: 'y' }] }, {}, 200],
    ['another string', { region: 'eu' }, { 'Mcp-Param-Region': 'us' }, 400],
    ['a missing header', { region: 'eu' }, {}, 400],
    ['a header without value', {}, { 'Mcp-Param-Region': 'eu' }, 400],
    ['bad base64 padding', { region: 'Hello' }, { 'Mcp-Param-Region': '=?base64?SGVsbG8?=' }, 400],
    ['bad base64 letters', { region: 'Hello' }, { 'Mcp-Param-Region': '=?base64?SGVs!!!bG8=?=' }, 400],
    ['another integer', { deep: { count: 42 } }, { 'Mcp-Param-Count': '43' }, 400],
    ['no integer', { deep: { count: 0 } }, { 'Mcp-Param-Count': '' }, 400],
  ])('judges %s', async (_name, args, headers, status) => {
    expect(await call(args, headers)).toBe(status);
  });

  it('reads Mcp-Name out of base64', async () => {
    const { port } = await startRig();
    const options = { headers: { 'Mcp-Name': base64('päth') } };
    expect(await sendModern(port, 'prompts/get', { name: 'päth' }, options)).toMatchObject({ status: 200 });
  });
});

describe('the bounds of a modern agent', () => {
  it('hold for running requests, and for each agent by itself (security)', async () => {
    const { handle, reply, waiting } = manualHandler();
    const { port } = await startRig({ handle, limits: { modernPerAgent: 1 } });
    const running = sendModern(port, 'tools/call', { name: 'a' });
    await vi.waitFor(() => expect(waiting.size).toBe(1));
    const refused = await sendModern(port, 'tools/call', { name: 'a' }, { id: 2 });
    expect(refused.status).toBe(429);
    expect(parseJson(refused.body).id).toBe(2);
    const other = sendModern(port, 'tools/call', { name: 'a' }, { id: 3, token: tokenOfTwo });
    await vi.waitFor(() => expect(waiting.size).toBe(2));
    reply(1);
    reply(3);
    expect(await running).toMatchObject({ status: 200 });
    expect(await other).toMatchObject({ status: 200 });
  });

  it('end its running requests at once when it is removed (security)', async () => {
    const { handle, waiting } = manualHandler();
    const { port, exchanges, listener } = await startRig({ handle });
    const running = sendModern(port, 'tools/call', { name: 'a' });
    await vi.waitFor(() => expect(waiting.size).toBe(1));
    listener.endAgent(two.id);
    expect(exchanges[0]?.signal.aborted).toBe(false);
    listener.endAgent(one.id);
    expect(await running).toMatchObject({ status: 401 });
    expect(exchanges[0]?.signal.aborted).toBe(true);
  });
});

describe('the path of one server', () => {
  it('limits an exchange of either era to it', async () => {
    const { port, exchanges } = await startRig();
    await sendModern(port, 'tools/list', {}, { path: '/mcp/demo' });
    const session = await open(port, { path: '/mcp/demo' });
    await send(port, { session, path: '/mcp/demo', body: rpc(1, 'tools/list') });
    expect(exchanges.map(({ scope, era }) => [scope, era])).toEqual([
      ['demo', 'modern'],
      ['demo', 'legacy'],
    ]);
  });

  it('is the only one its session is good for (security)', async () => {
    const { port, exchanges } = await startRig();
    const scoped = await open(port, { path: '/mcp/demo' });
    const whole = await open(port);
    expect(await send(port, { session: scoped, body: rpc(1, 'tools/list') })).toMatchObject({ status: 404 });
    expect(await send(port, { session: whole, path: '/mcp/demo', body: rpc(1, 'a') })).toMatchObject({ status: 404 });
    expect(exchanges).toEqual([]);
  });

  it('looks like any unknown path where there is no such server, and asks for the token first (security)', async () => {
    const { port } = await startRig();
    const unknown = await sendModern(port, 'tools/list', {}, { path: '/mcp/other' });
    const nowhere = await sendModern(port, 'tools/list', {}, { path: '/elsewhere' });
    expect(unknown).toMatchObject({ status: 404, body: nowhere.body });
    for (const path of ['/mcp/demo', '/mcp/other'])
      expect(await sendModern(port, 'tools/list', {}, { path, token: null })).toMatchObject({ status: 401 });
  });
});

describe('a list', () => {
  it('is private and stale at once, whatever the server said', async () => {
    const text = '{"jsonrpc":"2.0","id":4711,"result":{"contents":[],"ttlMs":9e9,"cacheScope":"public"}}';
    const at = text.indexOf('4711');
    const response = { bytes: Buffer.from(text), idStart: at, idEnd: at + 4, has: 'result' as const };
    const { port } = await startRig({
      handle: async ({ method }) =>
        method === 'resources/read'
          ? { kind: 'raw', response }
          : { kind: 'result-bytes', bytes: Buffer.from('{"tools":[]}') },
    });
    expect(resultOf(await sendModern(port, 'tools/list'))).toEqual({
      tools: [],
      resultType: 'complete',
      ttlMs: 0,
      cacheScope: 'private',
      _meta: { [serverInfoKey]: gateway },
    });
    expect(resultOf(await sendModern(port, 'resources/read', { uri: 'a:b' }))).toMatchObject({
      contents: [],
      ttlMs: 0,
      cacheScope: 'private',
    });
  });
});
