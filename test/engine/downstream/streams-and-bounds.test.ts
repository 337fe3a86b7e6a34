import { describe, expect, it, vi } from 'vitest';
import { manualHandler, note, one, open, openEvents, rpc, send, startRig, tokenOfTwo } from './support.ts';

const stream = { Accept: 'text/event-stream' };

describe('the GET stream', () => {
  it('brings list changes to each session of the agent, once each', async () => {
    const { port, listener } = await startRig();
    const [first, second, foreign] = [await open(port), await open(port), await open(port, { token: tokenOfTwo })];
    const older = await openEvents(port, { session: first, headers: stream });
    const newer = await openEvents(port, { session: first, headers: stream });
    const other = await openEvents(port, { session: second, headers: stream });
    const stranger = await openEvents(port, { session: foreign, token: tokenOfTwo, headers: stream });
    expect(older).toMatchObject({ status: 200, contentType: 'text/event-stream' });
    listener.notify(one.id, 'notifications/tools/list_changed');
    await vi.waitFor(() => expect([newer.events.length, other.events.length]).toEqual([1, 1]));
    expect(newer.events).toEqual([note('notifications/tools/list_changed')]);
    newer.close();
    await vi.waitFor(() => {
      listener.notify(one.id, 'notifications/prompts/list_changed');
      expect(older.events).toContainEqual(note('notifications/prompts/list_changed'));
    });
    expect(stranger.events).toEqual([]);
    listener.notify('nobody', 'notifications/tools/list_changed');
  });

  it('is kept alive with comments, long after the time a request may take', async () => {
    const { port, listener } = await startRig({
      limits: { heartbeatMs: 25, requestTimeoutMs: 100, headersTimeoutMs: 100, checkIntervalMs: 20, keepAliveMs: 50 },
    });
    const session = await open(port);
    const events = await openEvents(port, { session, headers: stream });
    await vi.waitFor(() => expect(events.comments.length).toBeGreaterThan(15), { timeout: 5000 });
    listener.notify(one.id, 'notifications/tools/list_changed');
    await vi.waitFor(() => expect(events.events).toHaveLength(1));
  });

  it('is opened a bounded number of times by one agent (security)', async () => {
    const { port } = await startRig({ limits: { streamsPerAgent: 3 } });
    const [first, second] = [await open(port), await open(port)];
    const streams = [
      await openEvents(port, { session: first, headers: stream }),
      await openEvents(port, { session: first, headers: stream }),
      await openEvents(port, { session: second, headers: stream }),
    ];
    expect(await send(port, { session: second, method: 'GET', headers: stream })).toMatchObject({ status: 429 });
    streams[0]?.close();
    const again = await vi.waitFor(async () => {
      const opened = await openEvents(port, { session: second, headers: stream });
      expect(opened.status).toBe(200);
      return opened;
    });
    expect(again.contentType).toBe('text/event-stream');
  });
});

describe('the bounds of an agent', () => {
  it('make room for a new session by ending the one idle for longest', async () => {
    const { port, clock, sessions } = await startRig({ limits: { sessionsPerAgent: 2 } });
    const first = await open(port);
    clock.time += 1000;
    const second = await open(port);
    clock.time += 1000;
    await send(port, { session: first, body: rpc(1, 'ping') });
    const third = await open(port);
    expect(await send(port, { session: second, body: rpc(1, 'ping') })).toMatchObject({ status: 404 });
    for (const session of [first, third])
      expect(await send(port, { session, body: rpc(1, 'ping') })).toMatchObject({ status: 200 });
    expect(sessions).toEqual(['opened One', 'opened One', 'ended One', 'opened One']);
  });

  it('refuse a session more when all are in use (security)', async () => {
    const { port } = await startRig({ limits: { sessionsPerAgent: 1 } });
    const session = await open(port);
    await openEvents(port, { session, headers: stream });
    expect(await send(port, { body: rpc(1, 'initialize', { protocolVersion: '2025-11-25' }) })).toMatchObject({
      status: 429,
    });
    expect(await open(port, { token: tokenOfTwo })).toMatch(/^[0-9a-f]+$/);
  });

  it('hold for running requests too (security)', async () => {
    const { handle, reply, waiting } = manualHandler();
    const { port } = await startRig({ handle, limits: { runningPerSession: 2 } });
    const session = await open(port);
    const running = [1, 2].map((id) => send(port, { session, body: rpc(id, 'a') }));
    await vi.waitFor(() => expect(waiting.size).toBe(2));
    expect(await send(port, { session, body: rpc(3, 'a') })).toMatchObject({ status: 429 });
    reply(1);
    reply(2);
    await Promise.all(running);
    expect(await send(port, { session, body: rpc(4, 'ping') })).toMatchObject({ status: 200 });
  });

  it('end at once when the agent is removed: sessions, streams and running requests (security)', async () => {
    const { handle, waiting } = manualHandler();
    const { port, listener, exchanges, sessions } = await startRig({ handle });
    const session = await open(port);
    const foreign = await open(port, { token: tokenOfTwo });
    const events = await openEvents(port, { session, headers: stream });
    const running = send(port, { session, body: rpc(1, 'a') });
    await vi.waitFor(() => expect(waiting.size).toBe(1));
    listener.endAgent(one.id);
    expect(await running).toMatchObject({ status: 404 });
    expect(await events.ended).toBe(true);
    expect(exchanges[0]?.signal.aborted).toBe(true);
    expect(listener.sessionCount(one.id)).toBe(0);
    expect(sessions.at(-1)).toBe('ended One');
    expect(await send(port, { token: tokenOfTwo, session: foreign, body: rpc(1, 'ping') })).toMatchObject({
      status: 200,
    });
  });

  it('refuse a body whose token was revoked while it came (security)', async () => {
    let looks = 0;
    const { port } = await startRig({ overrides: { authenticate: () => (looks++ === 0 ? one : null) } });
    const answer = await send(port, { body: rpc(1, 'initialize', { protocolVersion: '2025-11-25' }) });
    expect(answer.status).toBe(401);
    expect(answer.headers['mcp-session-id']).toBeUndefined();
  });
});
