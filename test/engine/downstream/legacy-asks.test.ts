import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import type { AskAnswer, ExchangeHandler } from '../../../electron/engine/exchange.ts';
import type { JsonObject } from '../../../electron/engine/wire/json-rpc.ts';
import {
  manualHandler,
  note,
  one,
  open,
  openEvents,
  rpc,
  send,
  startRig,
  tokenOfOne,
  tokenOfTwo,
  two,
} from './support.ts';

const stream = { Accept: 'text/event-stream' };
const form = { message: 'Name?', requestedSchema: { type: 'object', properties: {} }, vendor: 1 };
const capabilities = { elicitation: {}, sampling: {}, roots: {} };

const asking: ExchangeHandler = async (exchange) => {
  const answer = await exchange.ask('elicitation/create', form);
  return { kind: 'result', result: { answer: answer as unknown as JsonObject } };
};

/** A POST whose sender hangs up before it is answered. */
async function openUnanswered(port: number, body: object): Promise<{ close(): Promise<void> }> {
  const text = JSON.stringify(body);
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const head = [
    'POST /mcp HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    `Authorization: Bearer ${tokenOfOne}`,
    'Content-Type: application/json',
    `Content-Length: ${text.length}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${text}`);
  return {
    async close() {
      socket.destroy();
      await once(socket, 'close');
    },
  };
}

interface Asked {
  id: string;
  method: string;
  params: JsonObject;
}

describe('a question to a legacy agent', () => {
  it('is a request on the stream of the request it belongs to, and its posted response answers it', async () => {
    const { port, exchanges } = await startRig({ handle: asking });
    const session = await open(port, { capabilities });
    const events = await openEvents(port, { session, method: 'POST', body: rpc(1, 'tools/call') });
    await vi.waitFor(() => expect(events.events).toHaveLength(1));
    const asked = events.events[0] as unknown as Asked;
    expect(asked).toEqual({ jsonrpc: '2.0', id: expect.any(String), method: 'elicitation/create', params: form });
    const result = { action: 'accept', content: { name: 'Ada' } };
    expect(await send(port, { session, body: { jsonrpc: '2.0', id: asked.id, result } })).toMatchObject({
      status: 202,
      body: '',
    });
    await events.ended;
    expect(events.events[1]).toEqual({ jsonrpc: '2.0', id: 1, result: { answer: { kind: 'result', result } } });
    expect(exchanges[0]).toMatchObject({ era: 'legacy', scope: null, patienceMs: 50_000 });
  });

  it('comes with a progress token of its own, and the agent’s progress goes back under the server’s', async () => {
    const told: JsonObject[] = [];
    const { port } = await startRig({
      handle: async (exchange) => {
        const onProgress = (params: JsonObject) => void told.push(params);
        const question = { ...form, _meta: { progressToken: 1, v: 'kept' } };
        await exchange.ask('elicitation/create', question, { onProgress });
        return { kind: 'result', result: {} };
      },
    });
    const session = await open(port, { capabilities });
    const ownOther = await open(port, { capabilities });
    const events = await openEvents(port, { session, method: 'POST', body: rpc(1, 'tools/call') });
    await vi.waitFor(() => expect(events.events).toHaveLength(1));
    const { id, params } = events.events[0] as unknown as Asked & { params: { _meta: { progressToken: string } } };
    const { progressToken } = params._meta;
    expect(params).toEqual({ ...form, _meta: { progressToken, v: 'kept' } });
    expect(progressToken).not.toBe(1);
    const progress = (token: string | number, at: number) =>
      note('notifications/progress', { progressToken: token, progress: at, message: 'thinking' });
    await send(port, { session, body: progress(progressToken, 1) });
    // a token nobody gave, the server's own one, and the right one from another session
    await send(port, { session, body: progress('scopegate-99', 2) });
    await send(port, { session, body: progress(1, 3) });
    await send(port, { session: ownOther, body: progress(progressToken, 4) });
    await send(port, { session, body: { jsonrpc: '2.0', id, result: { action: 'decline' } } });
    await events.ended;
    await send(port, { session, body: progress(progressToken, 5) });
    expect(told).toEqual([{ progressToken: 1, progress: 1, message: 'thinking' }]);
  });

  it('is taken back from the agent when its server takes it back, and its request goes on', async () => {
    const withdrawal = new AbortController();
    const { port } = await startRig({
      handle: async (exchange) => {
        const answer = await exchange.ask('elicitation/create', form, { signal: withdrawal.signal });
        const late = await exchange.ask('elicitation/create', form, { signal: withdrawal.signal });
        return { kind: 'result', result: { answers: [answer, late] as unknown as JsonObject[] } };
      },
    });
    const session = await open(port, { capabilities });
    const events = await openEvents(port, { session, method: 'POST', body: rpc(1, 'tools/call') });
    await vi.waitFor(() => expect(events.events).toHaveLength(1));
    const { id } = events.events[0] as unknown as Asked;
    withdrawal.abort();
    await events.ended;
    expect(events.events.slice(1)).toEqual([
      note('notifications/cancelled', { requestId: id, reason: expect.any(String) }),
      { jsonrpc: '2.0', id: 1, result: { answers: [{ kind: 'error', error: expect.anything() }, expect.anything()] } },
    ]);
  });

  it('may be answered with an error', async () => {
    const { port } = await startRig({ handle: asking });
    const session = await open(port, { capabilities });
    const events = await openEvents(port, { session, method: 'POST', body: rpc(1, 'tools/call') });
    await vi.waitFor(() => expect(events.events).toHaveLength(1));
    const { id } = events.events[0] as unknown as Asked;
    const error = { code: -1, message: 'no', data: { x: 1 } };
    await send(port, { session, body: { jsonrpc: '2.0', id, error } });
    await events.ended;
    expect(events.events[1]).toMatchObject({ result: { answer: { kind: 'error', error } } });
  });

  it('is answered by its own session of its own agent only, and once (security)', async () => {
    const { port, logged } = await startRig({ handle: asking });
    const session = await open(port, { capabilities });
    const ownOther = await open(port, { capabilities });
    const foreign = await open(port, { capabilities, token: tokenOfTwo });
    const [mine, theirs] = [
      await openEvents(port, { session, method: 'POST', body: rpc(1, 'tools/call') }),
      await openEvents(port, { session: foreign, token: tokenOfTwo, method: 'POST', body: rpc(1, 'tools/call') }),
    ];
    await vi.waitFor(() => expect([mine.events.length, theirs.events.length]).toEqual([1, 1]));
    // Ids are counted in each session, so the very same id is a different question there.
    const { id } = mine.events[0] as unknown as Asked;
    const response = (name: string) => ({ jsonrpc: '2.0', id, result: { action: 'accept', content: { name } } });
    await send(port, { session: ownOther, body: response('other session') });
    await send(port, { session, body: { ...response('unknown id'), id: 'scopegate-99' } });
    await send(port, { session, body: { ...response('another kind of id'), id: 1 } });
    expect(mine.events).toHaveLength(1);
    await send(port, { session: foreign, token: tokenOfTwo, body: response('theirs') });
    await theirs.ended;
    expect(mine.events).toHaveLength(1);
    await send(port, { session, body: response('mine') });
    await send(port, { session, body: response('too late') });
    await mine.ended;
    expect(mine.events[1]).toMatchObject({ result: { answer: { result: { content: { name: 'mine' } } } } });
    expect(logged).toEqual([]);
  });

  it('is never put to a client that did not declare it or takes no stream (security)', async () => {
    const answers: AskAnswer['kind'][] = [];
    const able: boolean[] = [];
    const { port } = await startRig({
      handle: async (exchange) => {
        able.push(exchange.canAsk('elicitation/create'));
        answers.push((await exchange.ask('elicitation/create', { mode: 'url', url: 'https://x', ...form })).kind);
        return { kind: 'result', result: {} };
      },
    });
    for (const declared of [{}, { elicitation: {} }, { elicitation: { form: {} } }, { sampling: {} }]) {
      await send(port, { session: await open(port, { capabilities: declared }), body: rpc(1, 'tools/call') });
    }
    const session = await open(port, { capabilities: { elicitation: { url: {} } } });
    await send(port, { session, headers: { Accept: 'application/json' }, body: rpc(1, 'tools/call') });
    expect(answers).toEqual(Array.from({ length: 5 }, () => 'unsupported'));
    expect(able).toEqual([false, true, true, false, false]);
  });

  it('is taken back when its request is cancelled or answered without it', async () => {
    const { handle, reply, waiting } = manualHandler();
    const answers: AskAnswer['kind'][] = [];
    const { port } = await startRig({
      handle: (exchange) => {
        exchange.ask('elicitation/create', form).then((answer) => answers.push(answer.kind));
        return handle(exchange);
      },
    });
    const session = await open(port, { capabilities });
    for (const end of [
      () => reply(1),
      () => send(port, { session, body: note('notifications/cancelled', { requestId: 1 }) }),
    ]) {
      const events = await openEvents(port, { session, method: 'POST', body: rpc(1, 'tools/call') });
      await vi.waitFor(() => expect(events.events).toHaveLength(1));
      await vi.waitFor(() => expect(waiting.size).toBe(1));
      end();
      await events.ended;
      const { id } = events.events[0] as unknown as Asked;
      expect(events.events[1]).toMatchObject({ method: 'notifications/cancelled', params: { requestId: id } });
    }
    expect(answers).toEqual(['error', 'error']);
  });

  it('has a bounded number of others beside it, and a bounded time (security)', async () => {
    const answers: AskAnswer[] = [];
    const { port } = await startRig({
      limits: { asksPerSession: 3, askMs: 50 },
      handle: async (exchange) => {
        answers.push(...(await Promise.all([1, 2, 3, 4].map(() => exchange.ask('roots/list', {})))));
        return { kind: 'result', result: {} };
      },
    });
    const session = await open(port, { capabilities });
    const events = await openEvents(port, { session, method: 'POST', body: rpc(1, 'tools/call') });
    await events.ended;
    expect(answers.map(({ kind }) => kind)).toEqual(['error', 'error', 'error', 'error']);
    expect(events.events.filter((event) => (event as JsonObject).method === 'roots/list')).toHaveLength(3);
  });
});

describe('a question outside any request', () => {
  it('goes on the GET stream of the newest session that can be asked, and nowhere else', async () => {
    const { port, listener, clock } = await startRig();
    const older = await open(port, { capabilities });
    const olderEvents = await openEvents(port, { session: older, headers: stream });
    clock.time += 1000;
    const newer = await open(port, { capabilities });
    const newerEvents = await openEvents(port, { session: newer, headers: stream });
    clock.time += 1000;
    await openEvents(port, { session: await open(port), headers: stream });
    const answer = listener.ask(one.id, 'roots/list', {});
    await vi.waitFor(() => expect(newerEvents.events).toHaveLength(1));
    const { id } = newerEvents.events[0] as unknown as Asked;
    await send(port, { session: newer, body: { jsonrpc: '2.0', id, result: { roots: [] } } });
    expect(await answer).toEqual({ kind: 'result', result: { roots: [] } });
    expect(olderEvents.events).toEqual([]);
    expect(await listener.ask(two.id, 'roots/list', {})).toEqual({ kind: 'unsupported' });
  });

  it('finds nobody without a stream, and ends with the session it was put to', async () => {
    const { port, listener } = await startRig();
    const session = await open(port, { capabilities });
    expect(await listener.ask(one.id, 'roots/list', {})).toEqual({ kind: 'unsupported' });
    const events = await openEvents(port, { session, headers: stream });
    const answer = listener.ask(one.id, 'roots/list', {});
    await vi.waitFor(() => expect(events.events).toHaveLength(1));
    await send(port, { session, method: 'DELETE' });
    expect(await answer).toMatchObject({ kind: 'error' });
  });
});

describe('notifications of a legacy agent', () => {
  it('are passed on with their session, but for those of this hop', async () => {
    const { port, heard } = await startRig();
    const session = await open(port);
    for (const body of [
      note('notifications/roots/list_changed'),
      note('vendor/hi', { a: 1 }),
      note('notifications/progress', { progressToken: 1 }),
      note('notifications/cancelled', { requestId: 1 }),
    ]) {
      await send(port, { session, body });
    }
    const from = { agent: one.id, session, scope: null };
    expect(heard).toEqual([
      { ...from, method: 'notifications/roots/list_changed', params: {} },
      { ...from, method: 'vendor/hi', params: { a: 1 } },
    ]);
  });

  it('of the gateway carry their params, to one session where it is named', async () => {
    const { port, listener } = await startRig();
    const [first, second] = [await open(port), await open(port)];
    const events = await openEvents(port, { session: first, headers: stream });
    const others = await openEvents(port, { session: second, headers: stream });
    listener.notify(one.id, 'notifications/resources/updated', { uri: 'a:b' }, first);
    listener.notify(one.id, 'notifications/message', { level: 'info', data: 1 });
    await vi.waitFor(() => expect([events.events.length, others.events.length]).toEqual([2, 1]));
    expect(events.events[0]).toEqual(note('notifications/resources/updated', { uri: 'a:b' }));
  });
});

describe('initialize', () => {
  it('opens no session for a client that went away or was revoked while it waited (security)', async () => {
    const waiting: (() => void)[] = [];
    const hello = () =>
      new Promise<{ capabilities: JsonObject; instructions: null }>((resolve) =>
        waiting.push(() => resolve({ capabilities: {}, instructions: null })),
      );
    const { port, sessions, revoke } = await startRig({ overrides: { hello } });
    const body = rpc(1, 'initialize', { protocolVersion: '2025-11-25' });
    const gone = await openUnanswered(port, body);
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    await gone.close();
    const revoked = send(port, { body });
    await vi.waitFor(() => expect(waiting).toHaveLength(2));
    revoke(tokenOfOne);
    for (const goOn of waiting) goOn();
    expect(await revoked).toMatchObject({ status: 401 });
    expect(sessions).toEqual([]);
  });
});
