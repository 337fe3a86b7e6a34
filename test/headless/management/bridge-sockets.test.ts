import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { maxSocketMessageBytes, socketCloseCodes } from '../../../electron/shared/bridge-socket.ts';
import { closed, type ManagementFixture, nextMessage, openManagement } from './management-fixture.ts';

let at: ManagementFixture;
beforeEach(async () => {
  at = await openManagement();
});
afterEach(() => at.close());

describe('the bridge socket', () => {
  it('answers 401 without a live cookie, and 404 elsewhere (security)', async () => {
    expect(await at.upgrade({})).toBe(401);
    expect(await at.upgrade({ cookie: `scopegate-${at.listener.port}=${'a'.repeat(43)}` })).toBe(401);
    expect(await at.upgrade({ cookie: (await at.logIn()).cookie }, '/other')).toBe(404);
    expect(at.engine.requests).toEqual([]);
  });

  it('closes when the secret is wrong, missing or of another session (security)', async () => {
    const keys = await at.logIn();
    const other = await at.logIn();
    for (const first of [
      { type: 'hello', secret: 'x'.repeat(43) },
      { type: 'hello', secret: other.secret },
      { type: 'request', request: { id: 1, method: 'snapshot', params: {} } },
    ]) {
      const socket = await at.openSocket({ cookie: keys.cookie });
      const messages: unknown[] = [];
      socket.on('message', (data) => messages.push(data));
      const end = closed(socket);
      socket.send(JSON.stringify(first));
      at.engine.emit();
      expect(await end).toBe(socketCloseCodes.unauthorized);
      expect(messages).toEqual([]);
    }
    expect(at.engine.requests).toEqual([]);
  });

  it('does not wait long for a page that says nothing (security)', async () => {
    const { cookie } = await at.logIn();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const end = closed(await at.openSocket({ cookie }));
      await vi.advanceTimersByTimeAsync(5_000);
      expect(await end).toBe(socketCloseCodes.helloTimeout);
    } finally {
      vi.useRealTimers();
    }
  });

  it('carries requests, responses and events once it is ready', async () => {
    const socket = await at.openBridge(await at.logIn());
    const response = nextMessage(socket);
    socket.send(JSON.stringify({ type: 'request', request: { id: 7, method: 'snapshot', params: {} } }));
    expect(await response).toEqual({ type: 'response', response: { id: 7, ok: true, value: { method: 'snapshot' } } });
    const event = nextMessage(socket);
    const sent = at.engine.emit();
    expect(await event).toEqual({ type: 'event', event: sent });
    socket.terminate();
  });

  it.each([
    ['no JSON', 'hello', socketCloseCodes.badMessage],
    ['another type', '{"type":"run"}', socketCloseCodes.badMessage],
    ['a second hello', `{"type":"hello","secret":"${'x'.repeat(43)}"}`, socketCloseCodes.badMessage],
    ['a binary frame', Buffer.from('{"type":"request","request":1}'), socketCloseCodes.badMessage],
    ['an oversized frame', 'x'.repeat(maxSocketMessageBytes + 1), 1009],
  ])('is closed by %s, and the engine never sees it (security)', async (_what, frame, code) => {
    const socket = await at.openBridge(await at.logIn());
    const end = closed(socket);
    socket.send(frame);
    expect(await end).toBe(code);
    expect(at.engine.requests).toEqual([]);
    expect((await at.ask('GET', '/')).status).toBe(200);
  });

  it('drops a page that does not read, without holding the others up (security)', async () => {
    const slow = await at.openBridge(await at.logIn());
    const quick = await at.openBridge(await at.logIn());
    slow.pause();
    let received = 0;
    quick.on('message', () => {
      received += 1;
    });
    const isDropped = vi.fn();
    slow.on('close', isDropped);
    const large = 'x'.repeat(1024 * 1024);
    at.engine.dispatch = async () => ({ id: 1, ok: true, value: large });
    for (let count = 0; count < 60; count += 1) slow.send('{"type":"request","request":{}}');
    for (let count = 0; count < 10; count += 1) at.engine.emit();
    await vi.waitFor(() => expect(received).toBe(10));
    await vi.waitFor(() => expect(at.log.lines.join()).toContain('reads too slowly'), 5_000);
    slow.resume();
    await vi.waitFor(() => expect(isDropped).toHaveBeenCalled(), 5_000);
    quick.terminate();
  });

  it('tells every page when the engine ends', async () => {
    const socket = await at.openBridge(await at.logIn());
    const end = closed(socket);
    await at.listener.close();
    expect(await end).toBe(1001);
  });
});
