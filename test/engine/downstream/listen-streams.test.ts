import { describe, expect, it, vi } from 'vitest';
import type { ExchangeHandler } from '../../../electron/engine/exchange.ts';
import { gateway, openModern, sendModern, serverInfoKey, subscriptionKey } from './modern-support.ts';
import { note, one, parseJson, startRig, tokenOfTwo } from './support.ts';

const hello = async () => ({
  capabilities: {
    tools: { listChanged: true },
    prompts: {},
    resources: { listChanged: true, subscribe: true },
  },
  instructions: null,
});
const overrides = { hello };
const acknowledged = (notifications: object, id: string | number = 1) =>
  note('notifications/subscriptions/acknowledged', { notifications, _meta: { [subscriptionKey]: id } });
const all = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };

describe('subscriptions/listen', () => {
  it('acknowledges first what it will send, sends that and nothing else, and says when it ends', async () => {
    const { port, listener } = await startRig({ overrides });
    const events = await openModern(port, 'subscriptions/listen', { notifications: all }, { id: 'l' });
    expect(events).toMatchObject({ status: 200, contentType: 'text/event-stream' });
    await vi.waitFor(() =>
      expect(events.events).toEqual([acknowledged({ toolsListChanged: true, resourcesListChanged: true }, 'l')]),
    );
    listener.notify(one.id, 'notifications/prompts/list_changed');
    listener.notify(one.id, 'notifications/message', { level: 'error', data: 1 });
    listener.notify(one.id, 'notifications/resources/updated', { uri: 'a:b' });
    listener.notify(one.id, 'notifications/tools/list_changed', {}, 'some-session');
    listener.notify('nobody', 'notifications/tools/list_changed');
    listener.notify(one.id, 'notifications/tools/list_changed', { _meta: { v: 1 } });
    await vi.waitFor(() => expect(events.events).toHaveLength(2));
    expect(events.events[1]).toEqual(
      note('notifications/tools/list_changed', { _meta: { v: 1, [subscriptionKey]: 'l' } }),
    );
    expect(listener.sessionCount(one.id)).toBe(1);
    listener.endAgent(one.id);
    expect(await events.ended).toBe(true);
    expect(events.events[2]).toEqual({
      jsonrpc: '2.0',
      id: 'l',
      result: { resultType: 'complete', _meta: { [serverInfoKey]: gateway, [subscriptionKey]: 'l' } },
    });
    expect(listener.sessionCount(one.id)).toBe(0);
  });

  it('counts as a session while it is open', async () => {
    const { port, sessions } = await startRig({ overrides });
    const events = await openModern(port, 'subscriptions/listen', { notifications: {} });
    await vi.waitFor(() => expect(events.events).toEqual([acknowledged({})]));
    expect(sessions).toEqual(['opened One']);
    events.close();
    await vi.waitFor(() => expect(sessions).toEqual(['opened One', 'ended One']));
  });

  it('subscribes to each resource, promises those that were accepted, and unsubscribes at the end', async () => {
    const asked: string[] = [];
    const handle: ExchangeHandler = async ({ method, params, era, session }) => {
      asked.push(`${era} ${session?.id} ${method} ${params.uri}`);
      if (params.uri === 'x:no') return { kind: 'error', error: { code: -32602, message: 'no' } };
      if (params.uri === 'x:slow' && method === 'resources/subscribe') return new Promise(() => undefined);
      return { kind: 'result', result: {} };
    };
    const { port, listener } = await startRig({ overrides, handle, limits: { subscribeMs: 50 } });
    const resourceSubscriptions = ['x:a', 'x:no', 'x:slow', 'x:a', 'x:b'];
    const events = await openModern(port, 'subscriptions/listen', { notifications: { resourceSubscriptions } });
    await vi.waitFor(() => expect(events.events).toEqual([acknowledged({ resourceSubscriptions: ['x:a', 'x:b'] })]));
    listener.notify(one.id, 'notifications/resources/updated', { uri: 'x:no' });
    listener.notify(one.id, 'notifications/resources/updated', { uri: 'x:b', title: 'kept' });
    await vi.waitFor(() => expect(events.events).toHaveLength(2));
    expect(events.events[1]).toMatchObject({ params: { uri: 'x:b', title: 'kept' } });
    const other = await openModern(port, 'subscriptions/listen', {
      notifications: { resourceSubscriptions: ['x:b'] },
    });
    await vi.waitFor(() => expect(other.events).toHaveLength(1));
    expect(asked.filter((line) => line.includes('unsubscribe'))).toEqual(['modern null resources/unsubscribe x:slow']);
    events.close();
    await vi.waitFor(() => expect(asked).toContain('modern null resources/unsubscribe x:a'));
    const ends = () => asked.filter((line) => line === 'modern null resources/unsubscribe x:b').length;
    // each stream ends its own; what others still want is kept behind this
    expect(ends()).toBe(1);
    other.close();
    await vi.waitFor(() => expect(ends()).toBe(2));
  });

  it('tells the news of the agent’s own tasks to those that asked for them, and ends the wish with the stream', async () => {
    const followed: string[] = [];
    const followTask = async (agent: { id: string }, _scope: string | null, taskId: string) => {
      followed.push(`${agent.id} ${taskId}`);
      return taskId.startsWith('own') ? () => void followed.push(`end ${taskId}`) : null;
    };
    const { port, listener } = await startRig({ overrides: { ...overrides, followTask } });
    const capabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
    const notifications = { taskIds: ['own-1', 'theirs', 'own-1'] };
    const events = await openModern(port, 'subscriptions/listen', { notifications }, { capabilities });
    await vi.waitFor(() => expect(events.events).toEqual([acknowledged({ taskIds: ['own-1'] })]));
    listener.notify(one.id, 'notifications/tasks', { taskId: 'own-2', status: 'working' });
    listener.notify(one.id, 'notifications/tasks', { taskId: 'own-1', status: 'completed' });
    await vi.waitFor(() => expect(events.events).toHaveLength(2));
    expect(events.events[1]).toMatchObject({ method: 'notifications/tasks', params: { taskId: 'own-1' } });
    events.close();
    await vi.waitFor(() => expect(followed).toEqual([`${one.id} own-1`, `${one.id} theirs`, 'end own-1']));
  });

  it('names the capability that a client without tasks has to declare', async () => {
    const { port } = await startRig({ overrides });
    const refused = await sendModern(port, 'subscriptions/listen', { notifications: { taskIds: ['t'] } });
    expect(refused.status).toBe(400);
    expect(parseJson(refused.body).error).toMatchObject({
      code: -32021,
      data: { requiredCapabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } },
    });
  });

  it('is refused to an agent that has too many of them (security)', async () => {
    const { port } = await startRig({ overrides, limits: { streamsPerAgent: 2 } });
    const open = () => openModern(port, 'subscriptions/listen', { notifications: {} });
    const streams = [await open(), await open()];
    const refused = await sendModern(port, 'subscriptions/listen', { notifications: {} }, { id: 9 });
    expect(refused.status).toBe(429);
    expect(parseJson(refused.body).id).toBe(9);
    const other = await openModern(port, 'subscriptions/listen', { notifications: {} }, { token: tokenOfTwo });
    expect(other.status).toBe(200);
    streams[0]?.close();
    await vi.waitFor(async () => expect((await open()).status).toBe(200));
  });

  it.each([
    ['no filter', undefined],
    ['a filter that is a list', []],
    ['URIs that are no list', { resourceSubscriptions: 'a:b' }],
    ['a URI that is no string', { resourceSubscriptions: [1] }],
    ['a URI of 10 KiB', { resourceSubscriptions: [`a:${'b'.repeat(10_240)}`] }],
    ['300 URIs', { resourceSubscriptions: Array.from({ length: 300 }, (_, i) => `a:${i}`) }],
  ])('is refused with %s (security)', async (_name, notifications) => {
    const { port, exchanges, listener } = await startRig({ overrides });
    const params = notifications === undefined ? {} : { notifications };
    const answer = await sendModern(port, 'subscriptions/listen', params);
    expect(answer.status).toBe(400);
    expect(parseJson(answer.body).error?.code).toBe(-32602);
    expect(exchanges).toEqual([]);
    expect(listener.sessionCount(one.id)).toBe(0);
  });

  it('cuts off a client that does not read (security)', async () => {
    const { port, listener } = await startRig({ overrides, limits: { streamBufferBytes: 0 } });
    const events = await openModern(port, 'subscriptions/listen', { notifications: { toolsListChanged: true } });
    await vi.waitFor(() => expect(listener.sessionCount(one.id)).toBe(1));
    await vi.waitFor(() => expect(events.events).toHaveLength(1));
    const big = { text: 'x'.repeat(1024 * 1024) };
    for (let i = 0; i < 50; i++) listener.notify(one.id, 'notifications/tools/list_changed', big);
    expect(await events.ended).toBe(false);
    await vi.waitFor(() => expect(listener.sessionCount(one.id)).toBe(0));
  });
});
