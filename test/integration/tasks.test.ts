import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Era } from '../../electron/engine/exchange.ts';
import type { JsonObject } from '../../electron/engine/wire/json-rpc.ts';
import { openModern } from '../engine/downstream/modern-support.ts';
import { connectRawAgent } from '../fidelity/raw-agent.ts';
import { declareAgent, fakeServer, type Harness, startEngine, tokens } from '../helpers/engine.ts';

const patient = { timeout: 30_000, interval: 50 };
const capabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
const dir = mkdtempSync(join(tmpdir(), 'scopegate-tasks-'));

let harness: Harness;
const start = () =>
  startEngine({
    dir,
    servers: [
      { id: 'jobs', transport: fakeServer('tasks-server.mjs', 'a'), trusted: false },
      { id: 'more', transport: fakeServer('tasks-server.mjs', 'b'), trusted: false },
      { id: 'old', transport: fakeServer('every-message-server.mjs', 'legacy', join(dir, 'x')), trusted: false },
    ],
    agents: [
      declareAgent('one', tokens.one, { defaultEffect: 'allow' }),
      declareAgent('two', tokens.two, { defaultEffect: 'allow' }),
    ],
  });

beforeAll(async () => {
  harness = await start();
}, 60_000);

afterAll(async () => {
  await harness.stop();
  rmSync(dir, { recursive: true, force: true });
});

const agent = (token: string, era: Era = 'modern') => connectRawAgent(harness.url, era, token, capabilities);
const ask = async (token: string, method: string, params: JsonObject, era: Era = 'modern') =>
  (await (await agent(token, era)).send(method, params)).response;
const listen = (token: string, taskIds: string[]) =>
  openModern(
    Number(new URL(harness.url).port),
    'subscriptions/listen',
    { notifications: { taskIds } },
    { token, capabilities },
  );

describe('a task, among several servers', () => {
  it('is found by its id alone, by the agent that started it and by no other (security)', async () => {
    const { hello } = await agent(tokens.one);
    expect(hello.capabilities).toMatchObject(capabilities);
    const started = await ask(tokens.one, 'tools/call', { name: 'jobs__slow', arguments: {} });
    expect(started.result).toMatchObject({ resultType: 'task', taskId: 'a-1' });
    await ask(tokens.one, 'tools/call', { name: 'more__slow', arguments: {} });
    expect((await ask(tokens.one, 'tasks/get', { taskId: 'a-1' })).result).toMatchObject({ status: 'working' });
    expect((await ask(tokens.one, 'tasks/get', { taskId: 'b-1' })).result).toMatchObject({ taskId: 'b-1' });
    const missing = { code: -32602, message: 'Task not found: a-1' };
    expect((await ask(tokens.two, 'tasks/get', { taskId: 'a-1' })).error).toEqual(missing);
    expect((await ask(tokens.two, 'tasks/cancel', { taskId: 'a-1' })).error).toEqual(missing);
    expect((await ask(tokens.one, 'tasks/get', { taskId: 'a-1' }, 'legacy')).error).toMatchObject({ code: -32602 });
  });

  it('is found in the legacy form too', async () => {
    const legacy = await agent(tokens.two, 'legacy');
    expect(hasList(legacy.hello)).toBe(false);
    const started = await legacy.send('tools/call', { name: 'old__do', arguments: {}, task: { ttl: 1000 } });
    expect(started.response.result).toMatchObject({ task: { taskId: 'task-1' } });
    expect((await legacy.send('tasks/result', { taskId: 'task-1' })).response.result).toMatchObject({ content: [{}] });
    expect((await ask(tokens.one, 'tasks/result', { taskId: 'task-1' }, 'legacy')).error).toMatchObject({
      code: -32602,
    });
  });

  it('is known after a restart of the engine', async () => {
    await harness.stop();
    harness = await start();
    expect((await ask(tokens.one, 'tasks/get', { taskId: 'a-1' })).result).toMatchObject({ taskId: 'a-1' });
    expect((await ask(tokens.two, 'tasks/get', { taskId: 'a-1' })).error).toMatchObject({ code: -32602 });
  }, 60_000);

  it('tells its news to the listening streams of its own agent, once each, and its server no longer than they listen', async () => {
    const own = [await listen(tokens.one, ['a-1', 'b-1', 'nobody’s']), await listen(tokens.one, ['a-1'])];
    const other = await listen(tokens.two, ['a-1']);
    await vi.waitFor(() => {
      expect(own.map(({ events }) => events)).toMatchObject([
        [{ params: { notifications: { taskIds: ['a-1', 'b-1'] } } }],
        [{ params: { notifications: { taskIds: ['a-1'] } } }],
      ]);
      expect(other.events).toMatchObject([{ params: { notifications: { taskIds: [] } } }]);
    }, patient);
    await ask(tokens.one, 'tools/call', { name: 'jobs__finish', arguments: {} });
    await vi.waitFor(() => expect(own.map(({ events }) => events.length)).toEqual([2, 2]), patient);
    for (const { events } of own)
      expect(events[1]).toMatchObject({
        method: 'notifications/tasks',
        params: { taskId: 'a-1', status: 'completed' },
      });
    expect(other.events).toHaveLength(1);
    for (const stream of [...own, other]) stream.close();
    await vi.waitFor(async () => {
      const { result } = await ask(tokens.one, 'tools/call', { name: 'jobs__listens', arguments: {} });
      expect(result).toMatchObject({ content: [{ text: '[]' }] });
    }, patient);
  });
});

function hasList(hello: JsonObject): boolean {
  const { tasks } = hello.capabilities as { tasks?: JsonObject };
  return tasks?.list !== undefined;
}
