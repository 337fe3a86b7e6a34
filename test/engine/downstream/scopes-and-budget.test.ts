import { describe, expect, it, vi } from 'vitest';
import { openModern } from './modern-support.ts';
import { manualHandler, note, one, open, openEvents, rpc, startRig } from './support.ts';

const stream = { Accept: 'text/event-stream' };
const changed = 'notifications/tools/list_changed';
const overrides = {
  hello: async () => ({ capabilities: { tools: { listChanged: true } }, instructions: null }),
};

describe('a stream on the path of one server', () => {
  it('hears of that server alone (security)', async () => {
    const { port, listener } = await startRig({ overrides });
    const scoped = await open(port, { path: '/mcp/demo' });
    const all = await open(port);
    const narrow = await openEvents(port, { session: scoped, path: '/mcp/demo', headers: stream });
    const wide = await openEvents(port, { session: all, headers: stream });
    const listening = await openModern(
      port,
      'subscriptions/listen',
      { notifications: { toolsListChanged: true } },
      { path: '/mcp/demo' },
    );
    await vi.waitFor(() => expect(listening.events).toHaveLength(1));
    const tell = (mark: number, serverIds?: string[]) =>
      listener.notify(one.id, changed, { mark }, undefined, serverIds);
    await vi.waitFor(() => expect([narrow.ids.length, wide.ids.length]).toEqual([1, 1]));
    tell(1, ['other']);
    tell(2, ['other', 'demo']);
    tell(3);
    const heard = [1, 2, 3].map((mark) => note(changed, { mark }));
    await vi.waitFor(() => expect(wide.events).toEqual(heard));
    await vi.waitFor(() => expect(narrow.events).toEqual(heard.slice(1)));
    await vi.waitFor(() => expect(listening.events).toHaveLength(3));
    expect(listening.events[1]).toMatchObject({ params: { mark: 2 } });
  });
});

describe('answers nobody fetched', () => {
  it('are kept for an agent up to a bound, over all its sessions, the oldest forgotten first (security)', async () => {
    const { handle, reply, waiting } = manualHandler();
    const rig = await startRig({ handle, limits: { replayBytesPerAgent: 250_000 } });
    const sessions = [await open(rig.port), await open(rig.port)];
    for (const [at, session] of [0, 1, 0].map((which, index) => [index + 1, sessions[which] ?? ''] as const)) {
      rig.clock.time += 1;
      const pending = openEvents(rig.port, { session, method: 'POST', body: rpc(at, 'tools/call') });
      await vi.waitFor(() => expect(waiting.has(at)).toBe(true));
      rig.exchanges[at - 1]?.notify('notifications/progress', { progressToken: 1, progress: 1 });
      const events = await pending;
      await vi.waitFor(() => expect(events.events).toHaveLength(1));
      events.close();
      await events.ended;
    }
    for (const at of [1, 2, 3]) {
      rig.clock.time += 1;
      reply(at, { big: 'y'.repeat(100_000) });
      await new Promise(setImmediate);
    }
    const fetched = async (session: string | undefined, id: string) => {
      const again = await openEvents(rig.port, { session: session ?? '', headers: { ...stream, 'Last-Event-ID': id } });
      await vi.waitFor(() => expect(again.ids.length).toBeGreaterThan(0));
      const isKept = again.ids[0]?.startsWith(id.split('-')[0] ?? '') === true;
      again.close();
      return isKept;
    };
    expect(await fetched(sessions[0], '2-1')).toBe(true);
    expect(await fetched(sessions[1], '1-1')).toBe(true);
    expect(await fetched(sessions[0], '1-1')).toBe(false);
  });
});
