import { describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../../electron/engine/wire/json-rpc.ts';
import { manualHandler, note, open, openEvents, parseJson, rpc, send, startRig, tokenOfTwo } from './support.ts';

const stream = { Accept: 'text/event-stream' };
const json = { Accept: 'application/json' };

describe('cancellation', () => {
  it('aborts the request it names, which then gets no response', async () => {
    const { handle, reply, waiting } = manualHandler();
    const { port, exchanges } = await startRig({ handle });
    const session = await open(port);
    const first = openEvents(port, { session, method: 'POST', body: rpc(1, 'tools/call') });
    const other = send(port, { session, body: rpc('1', 'tools/call') });
    await vi.waitFor(() => expect(waiting.size).toBe(2));
    expect(
      await send(port, { session, body: note('notifications/cancelled', { requestId: 1, reason: 'no' }) }),
    ).toMatchObject({ status: 202 });
    const events = await first;
    expect(await events.ended).toBe(true);
    expect(events.events).toEqual([]);
    const aborted = Object.fromEntries(exchanges.map((exchange) => [typeof exchange.id, exchange.signal.aborted]));
    expect(aborted).toEqual({ number: true, string: false });
    reply(1);
    reply('1');
    expect(await other).toMatchObject({ status: 200 });
  });

  it('reaches the own session only (security)', async () => {
    const { handle, reply, waiting } = manualHandler();
    const { port, exchanges } = await startRig({ handle });
    const session = await open(port);
    const ownOther = await open(port);
    const foreign = await open(port, { token: tokenOfTwo });
    const running = send(port, { session, body: rpc(1, 'tools/call') });
    await vi.waitFor(() => expect(waiting.size).toBe(1));
    await send(port, { session: ownOther, body: note('notifications/cancelled', { requestId: 1 }) });
    await send(port, { session: foreign, token: tokenOfTwo, body: note('notifications/cancelled', { requestId: 1 }) });
    for (const requestId of ['1', null, { a: 1 }, 2])
      await send(port, { session, body: note('notifications/cancelled', { requestId }) });
    expect(exchanges[0]?.signal.aborted).toBe(false);
    reply(1);
    expect(await running).toMatchObject({ status: 200 });
  });

  it('is not what a lost connection means: the request runs on and its result is dropped', async () => {
    const { handle, reply, waiting } = manualHandler();
    const { port, exchanges, logged } = await startRig({ handle });
    const session = await open(port);
    const lost = await openEvents(port, { session, headers: stream });
    const pending = openEvents(port, { session, method: 'POST', body: rpc(1, 'tools/call') });
    await vi.waitFor(() => expect(waiting.size).toBe(1));
    exchanges[0]?.notify('notifications/progress', {});
    const events = await pending;
    events.close();
    lost.close();
    await send(port, { session, body: rpc(2, 'ping') });
    exchanges[0]?.notify('notifications/progress', {});
    expect(exchanges[0]?.signal.aborted).toBe(false);
    reply(1);
    await vi.waitFor(async () =>
      expect(await send(port, { session, headers: json, body: rpc(1, 'ping') })).toMatchObject({ status: 200 }),
    );
    expect(logged).toEqual([]);
  });

  it('is the only way to use an id again before its request was answered (security)', async () => {
    const { handle, waiting } = manualHandler();
    const { port } = await startRig({ handle });
    const session = await open(port);
    const running = openEvents(port, { session, method: 'POST', body: rpc(1, 'a') });
    await vi.waitFor(() => expect(waiting.size).toBe(1));
    const twin = await send(port, { session, body: rpc(1, 'b') });
    expect(twin.status).toBe(400);
    expect(parseJson(twin.body)).toMatchObject({ id: 1, error: { code: -32600 } });
    await send(port, { session, body: note('notifications/cancelled', { requestId: 1 }) });
    await (await running).ended;
    expect(await send(port, { session, body: rpc(1, 'ping') })).toMatchObject({ status: 200 });
  });
});

describe('batches of 2025-03-26', () => {
  it('run each request by itself and answer in one array', async () => {
    const { port, exchanges } = await startRig();
    const session = await open(port, { version: '2025-03-26' });
    const body = [rpc(1, 'a'), note('notifications/x'), rpc('b', 'ping'), rpc(3, 'c', { p: 1 })];
    const answer = await send(port, { session, body });
    expect(answer.headers['content-type']).toBe('application/json');
    const replies = JSON.parse(answer.body) as JsonObject[];
    expect(replies.map((reply) => reply.id).sort()).toEqual([1, 3, 'b']);
    expect(exchanges.map((exchange) => exchange.method)).toEqual(['a', 'c']);
  });

  it('become one stream when one of them notifies', async () => {
    const { handle, reply, waiting } = manualHandler();
    const { port, exchanges } = await startRig({ handle });
    const session = await open(port, { version: '2025-03-26' });
    const pending = openEvents(port, { session, method: 'POST', body: [rpc(1, 'a'), rpc(2, 'b')] });
    await vi.waitFor(() => expect(waiting.size).toBe(2));
    reply(2);
    await send(port, { session, body: rpc(3, 'ping') });
    exchanges[0]?.notify('notifications/progress', {});
    const events = await pending;
    await vi.waitFor(() => expect(events.events).toHaveLength(2));
    reply(1);
    await events.ended;
    expect(events.events).toMatchObject([{ id: 2 }, { method: 'notifications/progress' }, { id: 1 }]);
  });

  it('are answered with 202 when they hold notifications only', async () => {
    const { port } = await startRig();
    const session = await open(port, { version: '2025-03-26' });
    expect(await send(port, { session, body: [note('notifications/x'), note('notifications/y')] })).toMatchObject({
      status: 202,
    });
  });

  it('leave a cancelled request out of the answer', async () => {
    const { handle, reply, waiting } = manualHandler();
    const { port } = await startRig({ handle });
    const session = await open(port, { version: '2025-03-26' });
    const pending = send(port, { session, body: [rpc(1, 'a'), rpc(2, 'b')] });
    await vi.waitFor(() => expect(waiting.size).toBe(2));
    await send(port, { session, body: [note('notifications/cancelled', { requestId: 1 })] });
    reply(2);
    expect(JSON.parse((await pending).body)).toEqual([{ jsonrpc: '2.0', id: 2, result: { done: 2 } }]);
  });

  it.each([
    ['none at all', []],
    ['51 requests', Array.from({ length: 51 }, (_, i) => rpc(i, 'a'))],
    ['one bad message', [rpc(1, 'a'), { jsonrpc: '2.0', id: 2 }]],
    ['an initialize', [rpc(1, 'a'), rpc(2, 'initialize', { protocolVersion: '2025-03-26' })]],
    ['one id twice', [rpc(1, 'a'), rpc(1, 'b')]],
    ['an array in the array', [[rpc(1, 'a')]]],
  ])('are refused as a whole with %s (security)', async (_name, body) => {
    const { port, exchanges } = await startRig();
    const session = await open(port, { version: '2025-03-26' });
    const answer = await send(port, { session, body });
    expect(answer.status).toBe(400);
    expect(parseJson(answer.body)).toMatchObject({ id: null, error: { code: -32600 } });
    expect(exchanges).toEqual([]);
  });

  it.each(['2025-06-18', '2025-11-25'])(
    'are refused on a session of %s, whatever its header says (security)',
    async (version) => {
      const { port, exchanges } = await startRig();
      const session = await open(port, { version });
      const headers = { 'MCP-Protocol-Version': '2025-03-26' };
      expect(await send(port, { session, headers, body: [rpc(1, 'a')] })).toMatchObject({ status: 400 });
      expect(exchanges).toEqual([]);
    },
  );
});
