import { describe, expect, it, vi } from 'vitest';
import { manualHandler, note, one, open, openEvents, parseJson, rpc, send, startRig, tokenOfTwo } from './support.ts';

const stream = { Accept: 'text/event-stream' };
const json = { Accept: 'application/json' };

describe('initialize', () => {
  it.each([
    ['2025-03-26', '2025-03-26'],
    ['2025-06-18', '2025-06-18'],
    ['2025-11-25', '2025-11-25'],
    ['2024-11-05', '2025-11-25'],
    ['2026-07-28', '2025-11-25'],
    ['whatever', '2025-11-25'],
  ])('asked for %s agrees on %s', async (asked, agreed) => {
    const { port } = await startRig();
    const answer = await send(port, {
      body: rpc('i', 'initialize', { protocolVersion: asked, capabilities: {}, clientInfo: {} }),
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['mcp-session-id']).toMatch(/^[0-9a-f]{32}$/);
    expect(parseJson(answer.body)).toEqual({
      jsonrpc: '2.0',
      id: 'i',
      result: {
        protocolVersion: agreed,
        capabilities: { tools: { listChanged: true } },
        serverInfo: { name: 'scopegate', title: 'ScopeGate', version: '0.0.1' },
        instructions: 'Be kind.',
      },
    });
  });

  it('opens a session that carries what the client said of itself', async () => {
    const { port, exchanges, sessions, listener } = await startRig();
    const params = {
      protocolVersion: '2025-06-18',
      capabilities: { sampling: {}, experimental: { x: 1 } },
      clientInfo: { name: 'n'.repeat(300), version: '2', title: 'T' },
    };
    const session = (await send(port, { body: rpc(0, 'initialize', params) })).headers['mcp-session-id'];
    await send(port, { session, body: rpc(1, 'tools/list', { cursor: 'c' }) });
    expect(sessions).toEqual(['opened One']);
    expect(listener.sessionCount(one.id)).toBe(1);
    expect(exchanges).toHaveLength(1);
    expect(exchanges[0]).toMatchObject({
      agent: one,
      id: 1,
      method: 'tools/list',
      params: { cursor: 'c' },
      session: {
        id: session,
        protocolVersion: '2025-06-18',
        clientInfo: { name: 'n'.repeat(200), version: '2' },
        clientCapabilities: params.capabilities,
      },
    });
  });

  it('gives every session an id of its own', async () => {
    const { port, listener } = await startRig();
    const ids = await Promise.all(Array.from({ length: 20 }, () => open(port)));
    expect(new Set(ids).size).toBe(20);
    expect(listener.sessionCount(one.id)).toBe(20);
  });
});

describe('a session', () => {
  it('answers a request with JSON and a notification or a response with 202 and nothing', async () => {
    const { port, exchanges } = await startRig();
    const session = await open(port);
    const answer = await send(port, { session, body: rpc('a', 'tools/call', { name: 'x', vendor: [1] }) });
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(parseJson(answer.body)).toEqual({
      jsonrpc: '2.0',
      id: 'a',
      result: { method: 'tools/call', params: { name: 'x', vendor: [1] } },
    });
    for (const body of [
      note('notifications/roots/list_changed'),
      note('notifications/unheard/of', { a: 1 }),
      { jsonrpc: '2.0', id: 5, result: {} },
      { jsonrpc: '2.0', id: 5, error: { code: 1, message: 'm' } },
    ]) {
      expect(await send(port, { session, body })).toMatchObject({ status: 202, body: '' });
    }
    expect(exchanges).toHaveLength(1);
  });

  it('answers ping itself', async () => {
    const { port, exchanges } = await startRig();
    const session = await open(port);
    expect(parseJson((await send(port, { session, body: rpc(1, 'ping') })).body)).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: {},
    });
    expect(exchanges).toEqual([]);
  });

  it('takes each served protocol version in the header, and none', async () => {
    const { port } = await startRig();
    const session = await open(port);
    for (const version of ['2025-03-26', '2025-06-18', '2025-11-25']) {
      const headers = { 'MCP-Protocol-Version': version };
      expect(await send(port, { session, headers, body: rpc(1, 'ping') })).toMatchObject({ status: 200 });
    }
    expect(
      await send(port, { session, headers: { 'MCP-Protocol-Version': '2024-11-05' }, body: rpc(1, 'ping') }),
    ).toMatchObject({ status: 400 });
  });

  it('ends with DELETE, after which its id is unknown', async () => {
    const { port, sessions, listener } = await startRig();
    const session = await open(port);
    expect(await send(port, { session, method: 'DELETE' })).toMatchObject({ status: 200, body: '' });
    expect(await send(port, { session, method: 'DELETE' })).toMatchObject({ status: 404 });
    expect(await send(port, { session, body: rpc(1, 'ping') })).toMatchObject({ status: 404 });
    expect(sessions).toEqual(['opened One', 'ended One']);
    expect(listener.sessionCount(one.id)).toBe(0);
  });

  it('is of no use to another agent, and goes on (security)', async () => {
    const { port, exchanges } = await startRig();
    const session = await open(port);
    for (const method of ['POST', 'GET', 'DELETE']) {
      const body = method === 'POST' ? { body: rpc(1, 'tools/call') } : {};
      expect(await send(port, { token: tokenOfTwo, session, method, ...body })).toMatchObject({ status: 404 });
    }
    expect(exchanges).toEqual([]);
    expect(await send(port, { session, body: rpc(1, 'ping') })).toMatchObject({ status: 200 });
  });

  it('ends running requests and streams when it is deleted', async () => {
    const { handle, waiting } = manualHandler();
    const { port, exchanges } = await startRig({ handle });
    const session = await open(port);
    const events = await openEvents(port, { session, headers: stream });
    const running = send(port, { session, body: rpc(1, 'tools/call') });
    await vi.waitFor(() => expect(waiting.size).toBe(1));
    await send(port, { session, method: 'DELETE' });
    expect(await running).toMatchObject({ status: 404 });
    expect(await events.ended).toBe(true);
    expect(exchanges[0]?.signal.aborted).toBe(true);
  });
});

describe('replies', () => {
  it('pass an upstream’s bytes through with the agent’s own id', async () => {
    const bytes = Buffer.from(`{"jsonrpc":"2.0","result":{"content":"${'é'.repeat(40_000)}"},"id":4711}`);
    const idStart = bytes.lastIndexOf('4711');
    const response = { bytes, idStart, idEnd: idStart + 4, has: 'result' as const };
    const { port } = await startRig({ handle: async () => ({ kind: 'raw', response }) });
    const session = await open(port);
    const answer = await send(port, { session, body: rpc('mine', 'tools/call') });
    expect(answer.body).toBe(bytes.toString().replace('4711', '"mine"'));
    expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(answer.body)));
  });

  it('use serialised results as they are, and carry errors', async () => {
    const { port } = await startRig({
      handle: async ({ method }) =>
        method === 'tools/list'
          ? { kind: 'result-bytes', bytes: Buffer.from('{"tools":[]}') }
          : { kind: 'error', error: { code: -32602, message: 'Unknown tool: x' } },
    });
    const session = await open(port);
    expect((await send(port, { session, body: rpc(1, 'tools/list') })).body).toBe(
      '{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}',
    );
    const error = await send(port, { session, body: rpc(1, 'tools/call') });
    expect(error.status).toBe(200);
    expect(parseJson(error.body)).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { code: -32602, message: 'Unknown tool: x' },
    });
  });

  it('become an event stream at the first notification', async () => {
    const { handle, reply, waiting } = manualHandler();
    const { port, exchanges } = await startRig({ handle });
    const session = await open(port);
    const pending = openEvents(port, { session, method: 'POST', body: rpc(1, 'tools/call') });
    await vi.waitFor(() => expect(waiting.size).toBe(1));
    exchanges[0]?.notify('notifications/progress', { progressToken: 1, progress: 1 });
    const events = await pending;
    expect(events).toMatchObject({ status: 200, contentType: 'text/event-stream' });
    await vi.waitFor(() =>
      expect(events.events).toEqual([note('notifications/progress', { progressToken: 1, progress: 1 })]),
    );
    reply(1);
    expect(await events.ended).toBe(true);
    expect(events.events[1]).toEqual({ jsonrpc: '2.0', id: 1, result: { done: 1 } });
    exchanges[0]?.notify('notifications/progress', {});
  });

  it('stay within one event when an upstream pretty-prints', async () => {
    const bytes = Buffer.from('{\n  "jsonrpc": "2.0",\n  "id": 9,\n  "result": {}\n}');
    const idStart = bytes.indexOf('9');
    const { port } = await startRig({
      handle: async (exchange) => {
        exchange.notify('notifications/message', {});
        return { kind: 'raw', response: { bytes, idStart, idEnd: idStart + 1, has: 'result' } };
      },
    });
    const session = await open(port);
    const events = await openEvents(port, { session, method: 'POST', body: rpc('a', 'tools/call') });
    await events.ended;
    expect(events.events[1]).toEqual({ jsonrpc: '2.0', id: 'a', result: {} });
  });

  it('stay JSON, without notifications, for a client that takes nothing else', async () => {
    const { port } = await startRig({
      handle: async (exchange) => {
        exchange.notify('notifications/message', {});
        return { kind: 'result', result: {} };
      },
    });
    const session = await open(port);
    const answer = await send(port, { session, headers: json, body: rpc(1, 'tools/call') });
    expect(answer).toMatchObject({ status: 200, body: '{"jsonrpc":"2.0","id":1,"result":{}}' });
  });

  it('are a stream for a client that takes nothing else', async () => {
    const { port } = await startRig();
    const session = await open(port);
    const events = await openEvents(port, { session, method: 'POST', headers: stream, body: rpc(1, 'x') });
    expect(events.contentType).toBe('text/event-stream');
    await events.ended;
    expect(events.events).toMatchObject([{ id: 1, result: {} }]);
  });

  it('leave notifications out for a reader that does not keep up, and never the response', async () => {
    const { port } = await startRig({
      limits: { streamBufferBytes: 1000 },
      handle: async (exchange) => {
        for (let i = 0; i < 10_000; i++)
          exchange.notify('notifications/progress', { progress: i, text: 'x'.repeat(500) });
        return { kind: 'result', result: { last: true } };
      },
    });
    const session = await open(port);
    const events = await openEvents(port, { session, method: 'POST', body: rpc(1, 'x') });
    await events.ended;
    expect(events.events.length).toBeLessThan(10_000);
    expect(events.events.at(-1)).toEqual({ jsonrpc: '2.0', id: 1, result: { last: true } });
  });

  it('tell nothing of a fault inside the engine (security)', async () => {
    const { port, logged } = await startRig({
      handle: async () => {
        throw new TypeError('argument was hunter2');
      },
    });
    const session = await open(port);
    const answer = await send(port, { session, body: rpc(1, 'tools/call') });
    expect(parseJson(answer.body).error).toEqual({ code: -32603, message: 'Internal error in the gateway.' });
    expect(logged.join()).toContain('TypeError');
    expect(logged.join()).not.toContain('hunter2');
    expect(await send(port, { session, body: rpc(1, 'ping') })).toMatchObject({ status: 200 });
  });
});
