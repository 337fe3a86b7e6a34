import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { JsonObject } from '../../electron/engine/wire/json-rpc.ts';
import type { ApprovalView, AskSwitches } from '../../electron/shared/index.ts';
import { openModern } from '../engine/downstream/modern-support.ts';
import { connectRawAgent, type RawAgent } from '../fidelity/raw-agent.ts';
import { declareAgent, fakeServer, type Harness, startEngine, tokens } from '../helpers/engine.ts';

const patient = { timeout: 30_000, interval: 50 };
const capabilities = {
  extensions: { 'io.modelcontextprotocol/tasks': {} },
  ...{ elicitation: { form: {}, url: {} }, sampling: {}, roots: {} },
};
const server = (id: string, asks: AskSwitches) => ({
  ...{ id, transport: fakeServer('asking-tasks-server.mjs', id), trusted: false, asks },
});

let harness: Harness;
let one: RawAgent;
let two: RawAgent;

beforeAll(async () => {
  harness = await startEngine({
    servers: [
      server('open', { elicitation: 'allow', sampling: 'allow', roots: 'allow' }),
      server('asks', { elicitation: 'ask', sampling: 'ask', roots: 'ask' }),
      server('off', { elicitation: 'deny', sampling: 'deny', roots: 'deny' }),
    ],
    agents: [
      declareAgent('one', tokens.one, { defaultEffect: 'allow' }),
      declareAgent('two', tokens.two, { defaultEffect: 'allow' }),
    ],
  });
  one = await connectRawAgent(harness.url, 'modern', tokens.one, capabilities);
  two = await connectRawAgent(harness.url, 'modern', tokens.two, capabilities);
}, 60_000);

afterAll(() => harness.stop());

const form = (message: string): JsonObject => ({
  method: 'elicitation/create',
  params: { message, requestedSchema: { type: 'object', properties: {} } },
});
const sampling: JsonObject = {
  method: 'sampling/createMessage',
  params: { messages: [{ role: 'user', content: { type: 'text', text: 'think' } }], maxTokens: 5 },
};
const accept = { action: 'accept', content: { name: 'Luca' } };

async function start(agent: RawAgent, at: string, args: JsonObject): Promise<string> {
  const { response } = await agent.send('tools/call', { name: `${at}__ask`, arguments: args });
  const { taskId } = response.result as { taskId: string };
  return taskId;
}

const get = async (agent: RawAgent, taskId: string) => (await agent.send('tasks/get', { taskId })).response;
const answer = async (agent: RawAgent, taskId: string, inputResponses: JsonObject) =>
  (await agent.send('tasks/update', { taskId, inputResponses })).response;

/** What the server was answered to this task. */
async function received(at: string, taskId: string, agent = one): Promise<JsonObject[]> {
  const { response } = await agent.send('tools/call', { name: `${at}__received`, arguments: {} });
  const { content } = response.result as { content: { text: string }[] };
  return (JSON.parse(content[0]?.text ?? '{}') as Record<string, JsonObject[]>)[taskId] ?? [];
}

async function cards(): Promise<ApprovalView[]> {
  const { approvals } = await harness.call('snapshot', {});
  return approvals.filter(({ status }) => status === 'pending');
}

const cardAbout = (message: string) =>
  vi.waitFor(async () => {
    const card = (await cards()).find(({ arguments: args }) => JSON.stringify(args).includes(message));
    if (!card) throw new Error('no card yet');
    return card;
  }, patient);

function decide(card: ApprovalView, verdict: 'approve' | 'deny') {
  const now = Date.now();
  return harness.call('approvals.decide', {
    ...{ id: card.id, digest: card.digest, verdict, denyReason: null, denyNote: null },
    ...{ input: 'pointer', shownAt: now - 1000, armedAt: now - 300 },
  });
}

interface Row {
  event: string;
  agentName: string | null;
  serverId: string | null;
  tool: string | null;
  effect: string | null;
  outcome: string | null;
  reasonCode: string | null;
  resultDigest: string | null;
  approvalId: string | null;
}

/** The audit rows that speak of this task, oldest first. */
function rowsOf(taskId: string): Row[] {
  const db = new Database(join(harness.dir, 'scopegate.db'), { readonly: true });
  try {
    const rows = db.prepare<[string], Row>(
      `SELECT event, agent_name AS agentName, server_id AS serverId, tool, effect, outcome, reason_code AS reasonCode,
        result_digest AS resultDigest, approval_id AS approvalId
      FROM audit WHERE details ->> 'taskId' = ? ORDER BY seq`,
    );
    return rows.all(taskId);
  } finally {
    db.close();
  }
}

describe('what a task asks', () => {
  it('reaches its own agent where the switch allows it, byte for byte, and its answer the server; each leaves a row', async () => {
    const taskId = await start(one, 'open', { requests: { name: form('who?'), think: sampling } });
    const { responseText } = await one.send('tasks/get', { taskId });
    expect(responseText).toContain(
      `"inputRequests" : ${JSON.stringify({ name: form('who?'), think: sampling })},"x-size":1.0e2`,
    );
    expect((await get(two, taskId)).error).toMatchObject({ code: -32602 });
    expect((await answer(two, taskId, { name: accept })).error).toMatchObject({ code: -32602 });
    expect((await answer(one, taskId, { name: accept })).result).toBeDefined();
    expect(await received('open', taskId)).toEqual([{ name: accept }]);
    const model = { role: 'assistant', model: 'm', content: { type: 'text', text: 'thought' } };
    await answer(one, taskId, { think: model });
    expect((await get(one, taskId)).result).toMatchObject({ status: 'completed' });
    await get(one, taskId);
    expect(rowsOf(taskId).map(({ event, tool, outcome }) => [event, tool, outcome])).toEqual([
      ['ask.decided', 'elicitation/create', null],
      ['ask.decided', 'sampling/createMessage', null],
      ['ask.settled', 'elicitation/create', 'ok'],
      ['ask.settled', 'sampling/createMessage', 'ok'],
      ['task.settled', 'ask', 'ok'],
    ]);
  });

  it('is not seen where the switch is off, and its server is refused in its own form (security)', async () => {
    const roots = { method: 'roots/list' };
    const taskId = await start(one, 'off', { requests: { name: form('secret?'), roots } });
    const first = await get(one, taskId);
    expect(first.result).toMatchObject({ status: 'input_required', inputRequests: {} });
    expect(JSON.stringify(first)).not.toContain('secret?');
    await vi.waitFor(async () => {
      const all = Object.assign({}, ...(await received('off', taskId))) as JsonObject;
      expect(all).toEqual({ name: { action: 'decline' }, roots: { roots: [] } });
    }, patient);
    expect((await get(one, taskId)).result).toMatchObject({ status: 'completed' });
    expect(rowsOf(taskId).map(({ event, effect, reasonCode }) => [event, effect, reasonCode])).toEqual([
      ['ask.decided', 'deny', 'elicitation_off'],
      ['ask.decided', 'deny', 'roots_off'],
      ['task.settled', 'allow', 'completed'],
    ]);
  });

  it('ends in a clear error where a refusal has no form: nobody’s model is used (security)', async () => {
    const taskId = await start(one, 'off', { requests: { think: sampling } });
    const { error } = await get(one, taskId);
    expect(error).toMatchObject({ message: expect.stringContaining('use your model') });
    expect((await answer(one, taskId, { think: accept })).error).toBeDefined();
    expect(await received('off', taskId)).toEqual([]);
    await get(one, taskId);
    expect(rowsOf(taskId)).toHaveLength(1);
    expect((await one.send('tasks/cancel', { taskId })).response.result).toBeDefined();
  });

  it('waits for the person at Ask, who is asked once however often the agent polls (security)', async () => {
    const taskId = await start(one, 'asks', { requests: { name: form('once only?') } });
    expect((await get(one, taskId)).result).toMatchObject({ status: 'input_required', inputRequests: {} });
    const card = await cardAbout('once only?');
    await get(one, taskId);
    expect(await cards()).toHaveLength(1);
    expect((await answer(one, taskId, { name: accept })).error).toMatchObject({
      message: expect.stringContaining('not open for you'),
    });
    await decide(card, 'approve');
    await vi.waitFor(async () => {
      expect((await get(one, taskId)).result).toMatchObject({ inputRequests: { name: form('once only?') } });
    }, patient);
    await get(one, taskId);
    expect(await cards()).toEqual([]);
    expect((await answer(one, taskId, { name: accept })).result).toBeDefined();
    expect(await received('asks', taskId)).toEqual([{ name: accept }]);
    expect(rowsOf(taskId)).toMatchObject([
      { event: 'ask.decided', effect: 'allow', approvalId: card.id },
      { event: 'ask.settled', outcome: 'ok', approvalId: card.id },
    ]);
  });

  it('is declined when the person says no, and not put to them again (security)', async () => {
    const taskId = await start(one, 'asks', { requests: { name: form('no?'), other: form('later?') } });
    await get(one, taskId);
    const later = await cardAbout('later?');
    await decide(await cardAbout('no?'), 'deny');
    await vi.waitFor(async () => {
      expect(await received('asks', taskId)).toEqual([{ name: { action: 'decline' } }]);
    }, patient);
    expect((await get(one, taskId)).result).toMatchObject({ inputRequests: {} });
    expect(await cards()).toMatchObject([{ id: later.id }]);
    await decide(later, 'deny');
    await vi.waitFor(async () => expect(await cards()).toEqual([]), patient);
  });

  it('takes its card along when the server takes the question back', async () => {
    const taskId = await start(one, 'asks', { requests: { a: form('taken back?'), b: form('stays?') } });
    await get(one, taskId);
    await cardAbout('taken back?');
    await one.send('tools/call', { name: 'asks__take-back', arguments: { taskId, key: 'a' } });
    await get(one, taskId);
    await vi.waitFor(async () => {
      const asked = (await cards()).map((card) => JSON.stringify(card.arguments));
      expect(asked).toEqual([expect.stringContaining('stays?')]);
    }, patient);
    await decide(await cardAbout('stays?'), 'deny');
  });

  it('cannot be answered any more once the switch was turned off, and its server hears a refusal (security)', async () => {
    const asks = { elicitation: 'allow', sampling: 'allow', roots: 'allow' } as const;
    const own = await startEngine({ undeclared: true });
    onTestFinished(() => own.stop());
    const { transport } = server('mine', asks);
    await own.call('servers.add', { id: 'mine', name: 'Mine', transport, trusted: false });
    await own.call('servers.update', { id: 'mine', asks });
    const tools = await vi.waitFor(async () => {
      const found = (await own.call('servers.tools', { id: 'mine' })).tools;
      if (found.length === 0) throw new Error('no tools yet');
      return found;
    }, patient);
    const accepted = tools.map(({ name, definitionHash }) => ({ name, definitionHash }));
    await own.call('servers.accept', { id: 'mine', tools: accepted });
    const { token } = await own.call('agents.create', { name: 'Agent', defaultEffect: 'allow' });
    const mine = await connectRawAgent(own.url, 'modern', token, capabilities);
    const taskId = await start(mine, 'mine', { requests: { name: form('for how long?') } });
    expect((await get(mine, taskId)).result).toMatchObject({ inputRequests: { name: form('for how long?') } });
    await own.call('servers.update', { id: 'mine', asks: { ...asks, elicitation: 'deny' } });
    expect((await answer(mine, taskId, { name: accept })).error).toMatchObject({
      message: expect.stringContaining('policy changed'),
    });
    await vi.waitFor(async () => {
      expect(await received('mine', taskId, mine)).toEqual([{ name: { action: 'decline' } }]);
    }, patient);
    expect((await answer(mine, taskId, { name: accept })).error).toBeDefined();
  });

  it.each([
    ['twice', '"inputRequests":{},"inputRequests":{"a":{"method":"roots/list"}}'],
    ['in other letter case', '"InputRequests":{"a":{"method":"roots/list"}}'],
    [
      'with a name given twice',
      '"inputRequests":{"a":{"method":"roots/list"},"a":{"method":"roots/list","params":{}}}',
    ],
    ['by a method that does not exist', '"inputRequests":{"a":{"method":"tools/call","params":{}}}'],
    [
      'all too much',
      `"inputRequests":{${Array.from({ length: 40 }, (_, i) => `"k${i}":{"method":"roots/list"}`).join(',')}}`,
    ],
  ])('is withheld, and the agent told so, when it is asked %s (security)', async (_how, raw) => {
    const taskId = await start(one, 'open', { raw });
    const { error } = await get(one, taskId);
    expect(error).toMatchObject({ message: expect.stringContaining('The task cannot go on') });
  });

  it('is governed in any spelling of its name (security)', async () => {
    const name = [...'inputRequests'].map((letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join('');
    const taskId = await start(one, 'off', { raw: `"${name}":{"a":${JSON.stringify(form('spelled?'))}}` });
    expect(JSON.stringify(await get(one, taskId))).not.toContain('spelled?');
  });

  it('does not come with the task itself, nor with the result of a call (security)', async () => {
    const { response } = await one.send('tools/call', {
      name: 'off__ask',
      arguments: { inSeed: true, requests: { name: form('in the seed?') } },
    });
    expect(response.result).toMatchObject({ resultType: 'task', inputRequests: {} });
    expect(JSON.stringify(response)).not.toContain('in the seed?');
  });
});

describe('the news of a task', () => {
  const listen = (token: string, taskIds: string[]) =>
    openModern(
      Number(new URL(harness.url).port),
      'subscriptions/listen',
      { notifications: { taskIds } },
      { token, capabilities },
    );
  const tell = (at: string) => one.send('tools/call', { name: `${at}__tell`, arguments: {} });

  it('holds no question its agent may not see, on no stream, and waits for the person at Ask (security)', async () => {
    const off = await start(one, 'off', { requests: { name: form('told anyway?') } });
    const asks = await start(one, 'asks', { requests: { name: form('told when allowed?') } });
    const stream = await listen(tokens.one, [off, asks]);
    const other = await listen(tokens.two, [off, asks]);
    await vi.waitFor(() => expect([stream.events.length, other.events.length]).toEqual([1, 1]), patient);
    const told = [await tell('off'), await tell('asks')];
    expect(told.flatMap(({ notifications }) => notifications)).toEqual([]);
    const news = () => stream.events.slice(1).map((event) => (event as { params: JsonObject }).params);
    await vi.waitFor(() => expect(news()).toMatchObject([{ taskId: off, inputRequests: {} }]), patient);
    await decide(await cardAbout('told when allowed?'), 'approve');
    await vi.waitFor(() => expect(news()).toHaveLength(2), patient);
    expect(news()[1]).toMatchObject({ taskId: asks, inputRequests: { name: form('told when allowed?') } });
    expect(JSON.stringify(stream.events)).not.toContain('told anyway?');
    expect((await answer(one, asks, { name: accept })).result).toBeDefined();
    await tell('asks');
    await vi.waitFor(() => expect(news()[2]).toMatchObject({ taskId: asks, status: 'completed' }), patient);
    await get(one, asks);
    const ends = rowsOf(asks).filter(({ event }) => event === 'task.settled');
    expect(ends).toMatchObject([{ outcome: 'ok', agentName: 'one', serverId: 'asks', tool: 'ask' }]);
    expect(ends[0]?.resultDigest).toMatch(/^[0-9a-f]{64}$/);
    expect(other.events).toHaveLength(1);
    for (const one of [stream, other]) one.close();
  });
});
