import { describe, expect, it, vi } from 'vitest';
import type { Exchange, ExchangeHandler } from '../../../electron/engine/exchange.ts';
import { manualHandler, note, one, open, openEvents, rpc, send, startRig, tokenOfTwo } from './support.ts';

const stream = { Accept: 'text/event-stream' };
const progress = (step: number) => note('notifications/progress', { progressToken: 1, progress: step });
const step = (exchange: Exchange | undefined, at: number) =>
  exchange?.notify('notifications/progress', { progressToken: 1, progress: at });

/** A request that has streamed one notification and waits. */
async function startStreaming(version = '2025-11-25', limits = {}) {
  const { handle, reply, waiting } = manualHandler();
  const rig = await startRig({ handle, limits });
  const session = await open(rig.port, { version });
  const pending = openEvents(rig.port, { session, method: 'POST', body: rpc(1, 'tools/call') });
  await vi.waitFor(() => expect(waiting.size).toBe(1));
  step(rig.exchanges[0], 1);
  const events = await pending;
  await vi.waitFor(() => expect(events.events).toHaveLength(1));
  const resume = (lastEventId: string, more = {}) =>
    openEvents(rig.port, { session, headers: { ...stream, 'Last-Event-ID': lastEventId }, ...more });
  return { ...rig, session, events, reply, resume };
}

describe('a stream of events', () => {
  it('begins with an event that only gives an id and the time to wait (server-sse-polling, sse-retry)', async () => {
    const { events, session, port } = await startStreaming();
    expect(events.ids).toEqual(['1-0', '1-1']);
    expect(events.retry()).toBe(1000);
    const get = await openEvents(port, { session, headers: stream });
    await vi.waitFor(() => expect(get.ids).toEqual(['2-0']));
  });

  it.each(['2025-03-26', '2025-06-18'])('has ids and no such event for a client of %s', async (version) => {
    const { events } = await startStreaming(version);
    expect(events.ids).toEqual(['1-1']);
    expect(events.retry()).toBeNull();
  });

  it('goes on behind the last event a client saw, with the response, and ends', async () => {
    const { events, resume, exchanges, reply } = await startStreaming();
    events.close();
    await events.ended;
    step(exchanges[0], 2);
    const again = await resume(events.ids.at(-1) ?? '');
    await vi.waitFor(() => expect(again.events).toEqual([progress(2)]));
    step(exchanges[0], 3);
    reply(1);
    expect(await again.ended).toBe(true);
    expect(again.events).toEqual([progress(2), progress(3), { jsonrpc: '2.0', id: 1, result: { done: 1 } }]);
    expect(again.ids).toEqual(['1-2', '1-3', '1-4']);
    expect(exchanges[0]?.signal.aborted).toBe(false);
  });

  it('is kept with its response when it came while nobody listened, and can be read again', async () => {
    const { events, resume, reply } = await startStreaming();
    events.close();
    await events.ended;
    reply(1);
    for (const from of ['1-1', '1-0', '1-1']) {
      const again = await resume(from);
      expect(await again.ended).toBe(true);
      expect(again.events.at(-1)).toEqual({ jsonrpc: '2.0', id: 1, result: { done: 1 } });
      expect(again.events).toHaveLength(from === '1-0' ? 2 : 1);
    }
  });

  it('rests with its server’s: the client is let go, comes back, and misses nothing', async () => {
    const { events, resume, exchanges, reply } = await startStreaming();
    exchanges[0]?.rest();
    expect(await events.ended).toBe(true);
    expect(events.events).toEqual([progress(1)]);
    step(exchanges[0], 2);
    const again = await resume('1-1');
    exchanges[0]?.rest();
    expect(await again.ended).toBe(true);
    const last = await resume('1-2');
    reply(1);
    expect(await last.ended).toBe(true);
    expect(last.events).toEqual([{ jsonrpc: '2.0', id: 1, result: { done: 1 } }]);
  });

  it('is held for a client of an earlier revision, which would take a rest for a lost answer', async () => {
    const { events, exchanges, reply } = await startStreaming('2025-06-18');
    exchanges[0]?.rest();
    reply(1);
    expect(await events.ended).toBe(true);
    expect(events.events).toHaveLength(2);
  });

  it('moves to the newest connection', async () => {
    const { events, resume, reply } = await startStreaming();
    const again = await resume('1-1');
    expect(await events.ended).toBe(true);
    reply(1);
    await again.ended;
    expect(again.events).toHaveLength(1);
  });

  it('is for its own session and agent: anybody else gets a new stream that holds nothing of it (security)', async () => {
    const { events, resume, exchanges, reply, port, listener } = await startStreaming();
    events.close();
    await events.ended;
    step(exchanges[0], 2);
    const ownOther = await open(port);
    const foreign = await open(port, { token: tokenOfTwo });
    const strangers = [
      await resume('1-0', { session: ownOther }),
      await resume('1-0', { session: foreign, token: tokenOfTwo }),
      await resume('99-0'),
      await resume('1'),
      await resume('__proto__-1'),
      await resume(`1-${'9'.repeat(400)}`),
    ];
    listener.notify(one.id, 'notifications/tools/list_changed');
    await vi.waitFor(() => expect(strangers[0]?.events).toEqual([note('notifications/tools/list_changed')]));
    expect(strangers.flatMap(({ events: seen }) => seen)).not.toContainEqual(progress(2));
    expect(await send(port, { session: 'f'.repeat(32), method: 'GET', headers: stream })).toMatchObject({
      status: 404,
    });
    reply(1);
  });

  it('replays nothing of another stream (security)', async () => {
    const { events, resume, port, session, listener, reply } = await startStreaming();
    const get = await openEvents(port, { session, headers: stream });
    listener.notify(one.id, 'notifications/tools/list_changed');
    await vi.waitFor(() => expect(get.events).toHaveLength(1));
    events.close();
    await events.ended;
    reply(1);
    const again = await resume('1-1');
    await again.ended;
    expect(again.events).toEqual([{ jsonrpc: '2.0', id: 1, result: { done: 1 } }]);
  });

  it('keeps a bounded number of notifications, and always the response (security)', async () => {
    const { events, resume, exchanges, reply } = await startStreaming('2025-11-25', { replayEvents: 5 });
    events.close();
    await events.ended;
    for (let at = 2; at <= 100; at++) step(exchanges[0], at);
    reply(1);
    const again = await resume('1-1');
    await again.ended;
    expect(again.events).toHaveLength(5);
    expect(again.events.at(-1)).toMatchObject({ id: 1 });
    expect(again.events[0]).toEqual(progress(97));
  });

  it('keeps a bounded number of bytes, and always the response (security)', async () => {
    const { events, resume, exchanges, reply } = await startStreaming('2025-11-25', { replayBytes: 10_000 });
    events.close();
    await events.ended;
    for (let at = 0; at < 100; at++) exchanges[0]?.notify('notifications/message', { data: 'x'.repeat(1000) });
    reply(1, { big: 'y'.repeat(50_000) });
    const again = await resume('1-1');
    await again.ended;
    expect(again.events).toHaveLength(1);
    expect(again.events[0]).toMatchObject({ result: { big: expect.any(String) } });
  });

  it('is forgotten after a while (security)', async () => {
    const { events, resume, reply, clock } = await startStreaming();
    events.close();
    await events.ended;
    reply(1);
    const inTime = await resume('1-1');
    expect(await inTime.ended).toBe(true);
    expect(inTime.events).toHaveLength(1);
    clock.time += 5 * 60_000;
    const again = await resume('1-1');
    expect(again.status).toBe(200);
    await vi.waitFor(() => expect(again.ids).toEqual(['2-0']));
    expect(again.events).toEqual([]);
  });

  it('is not kept forever where many are left behind (security)', async () => {
    const handle: ExchangeHandler = async (exchange) => {
      step(exchange, 1);
      return { kind: 'result', result: {} };
    };
    const { port, clock } = await startRig({ handle, limits: { replayStreams: 2 } });
    const session = await open(port);
    for (let id = 1; id <= 5; id++) {
      clock.time += 1;
      await (await openEvents(port, { session, method: 'POST', body: rpc(id, 'a') })).ended;
    }
    const kept: number[] = [];
    // The newest first: each miss opens a stream of its own, which would push out the oldest.
    for (let number = 5; number >= 3; number--) {
      const headers = { ...stream, 'Last-Event-ID': `${number}-0` };
      const again = await openEvents(port, { session, headers });
      await vi.waitFor(() => expect(again.ids.length).toBeGreaterThan(0));
      if (again.ids[0]?.startsWith(`${number}-`)) kept.push(number);
      again.close();
    }
    expect(kept).toEqual([5, 4]);
  });
});

describe('a lost GET stream', () => {
  it('is resumed with the notifications of the meantime, once each', async () => {
    const { port, listener } = await startRig();
    const session = await open(port);
    const lost = await openEvents(port, { session, headers: stream });
    await vi.waitFor(() => expect(lost.ids).toEqual(['1-0']));
    lost.close();
    await vi.waitFor(async () => {
      listener.notify(one.id, 'notifications/tools/list_changed');
      const again = await openEvents(port, { session, headers: { ...stream, 'Last-Event-ID': '1-0' } });
      await vi.waitFor(() => expect(again.events).toContainEqual(note('notifications/tools/list_changed')));
    });
  });
});
