import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProgressNotificationSchema, ResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../electron/engine/wire/json-rpc.ts';
import { connectRawAgent } from '../fidelity/raw-agent.ts';
import { declareAgent, fakeServer, type Harness, npmServer, startEngine, textOf, tokens } from '../helpers/engine.ts';

const patient = { timeout: 30_000, interval: 50 };
const tasks: JsonObject = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
const elicits: JsonObject = { elicitation: { form: {} }, tasks: { requests: { elicitation: { create: {} } } } };
const dir = mkdtempSync(join(tmpdir(), 'scopegate-musts-'));

let harness: Harness;
beforeAll(async () => {
  writeFileSync(join(dir, 'messages'), '');
  const server = (id: string, transport: ReturnType<typeof fakeServer>) => ({ id, transport, trusted: false });
  harness = await startEngine({
    servers: [
      server('new', fakeServer('asking-tasks-server.mjs', 'n')),
      server('old', fakeServer('recording-server.mjs', join(dir, 'messages'), 'legacy')),
      server('slow', npmServer('everything')),
    ],
    agents: [
      declareAgent('one', tokens.one, {
        defaultEffect: 'allow',
        tools: { 'slow__trigger-long-running-operation': 'ask' },
      }),
    ],
    tuning: { progressMs: 5 },
  });
}, 60_000);
afterAll(async () => {
  await harness.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe('what a server may not say to its client, by the specification,', () => {
  it.each(['legacy', 'modern'] as const)(
    'reaches no %s agent: notifications of other streams, and cancellations of what it never asked (security)',
    async (era) => {
      const agent = await connectRawAgent(harness.url, era, tokens.one, tasks);
      const { notifications } = await agent.send('tools/call', { name: 'new__strays', arguments: { requestId: 1 } });
      expect(notifications.map(({ method }) => method)).toEqual(['notifications/vendor/kept']);
    },
  );

  it.each(['legacy', 'modern'] as const)('is a task for a %s agent that cannot take one', async (era) => {
    const agent = await connectRawAgent(harness.url, era, tokens.one, {});
    const { response } = await agent.send('tools/call', { name: 'new__ask', arguments: {} });
    expect(textOf(response.result)).toContain('it did not keep to the protocol');
  });

  it('is that its question become a task: nobody told it that it could', async () => {
    const agent = await connectRawAgent(harness.url, 'legacy', tokens.one, elicits);
    agent.answers.set('elicitation/create', { action: 'accept', content: {} });
    const { asked } = await agent.send('tools/call', { name: 'old__ask-as-task', arguments: {} });
    expect(asked).toMatchObject([{ method: 'elicitation/create', params: { message: 'm' } }]);
    expect(asked[0]?.params).not.toHaveProperty('task');
  });
});

it.each(['tasks/get', 'tasks/update', 'tasks/cancel'])(
  '%s is answered with what is missing when the client did not declare tasks',
  async (method) => {
    const agent = await connectRawAgent(harness.url, 'modern', tokens.one, {});
    const { status, response } = await agent.send(method, { taskId: 'n-1' });
    expect(status).toBe(400);
    expect(response.error).toMatchObject({ code: -32021, data: { requiredCapabilities: tasks } });
  },
);

it('progress only ever increases, while a person is asked and when the server goes on from 0', async () => {
  const client = await harness.connect(tokens.one);
  const seen: number[] = [];
  const call = client.callTool(
    { name: 'slow__trigger-long-running-operation', arguments: { duration: 0.2, steps: 2 } },
    undefined,
    { onprogress: ({ progress }) => void seen.push(progress) },
  );
  const card = await vi.waitFor(async () => {
    const found = (await harness.call('snapshot', {})).approvals.find(({ status }) => status === 'pending');
    if (!found || seen.length < 2) throw new Error('not waiting yet');
    return found;
  }, patient);
  const now = Date.now();
  await harness.call('approvals.decide', {
    ...{ id: card.id, digest: card.digest, verdict: 'approve', denyReason: null, denyNote: null },
    ...{ input: 'pointer', shownAt: now - 1000, armedAt: now - 300 },
  });
  await call;
  expect(seen).toContain(2);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(new Set(seen).size).toBe(seen.length);
});

it('progress of a task goes on under the token of its call, and ends with the task', async () => {
  const seen: unknown[] = [];
  let ends = 0;
  const client = await harness.connect(tokens.one, {
    server: 'old',
    prepare(one) {
      one.setNotificationHandler(ProgressNotificationSchema, ({ params }) => void seen.push(params));
      one.fallbackNotificationHandler = async ({ method }) => {
        if (method === 'notifications/tasks/status') ends += 1;
      };
    },
  });
  const params = { name: 'job', arguments: {}, task: { ttl: 60_000 }, _meta: { progressToken: 'mine' } };
  const { task } = await client.request({ method: 'tools/call', params }, ResultSchema);
  expect(task).toMatchObject({ taskId: 'job-1' });
  await vi.waitFor(async () => {
    await client.callTool({ name: 'job-goes-on', arguments: {} });
    expect(seen.at(-1)).toMatchObject({ progressToken: 'mine' });
  }, patient);
  const before = seen.length;
  // each tells the end and then, as no server should, of progress; what is told last comes last
  await client.callTool({ name: 'job-done', arguments: {} });
  await client.callTool({ name: 'job-done', arguments: {} });
  await vi.waitFor(() => expect(ends).toBe(2), patient);
  expect(seen).toHaveLength(before);
});
