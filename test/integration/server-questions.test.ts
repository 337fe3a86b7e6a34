import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openReader } from '../../electron/engine/store/reader.ts';
import type { ApprovalView } from '../../electron/shared/index.ts';
import { declareAgent, type Harness, npmServer, startEngine, textOf, tokens } from '../helpers/engine.ts';

const patient = { timeout: 30_000, interval: 50 };

let harness: Harness;
let one: Client;
let two: Client;
const askedOne: string[] = [];
const askedTwo: string[] = [];

const capabilities = { elicitation: { form: {}, url: {} }, sampling: {}, roots: { listChanged: true } };

/** Answers every question of a server under a name, and keeps what was asked. */
function answerAs(name: string, asked: string[]) {
  return (client: Client): void => {
    client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => {
      asked.push('sampling');
      const last = params.messages.at(-1)?.content;
      return {
        model: `model-of-${name}`,
        role: 'assistant',
        content: { type: 'text', text: `${name} thinks ${JSON.stringify(last)}` },
      };
    });
    client.setRequestHandler(ElicitRequestSchema, () => {
      asked.push('elicitation');
      return { action: 'accept', content: { name, check: true } };
    });
    client.setRequestHandler(ListRootsRequestSchema, () => {
      asked.push('roots');
      return { roots: [{ uri: `file:///folder-of-${name}`, name }] };
    });
  };
}

beforeAll(async () => {
  const transport = npmServer('everything');
  harness = await startEngine({
    servers: [
      { id: 'open', transport, trusted: false, asks: { elicitation: 'allow', sampling: 'allow', roots: 'allow' } },
      { id: 'asks', transport, trusted: false, asks: { elicitation: 'allow', sampling: 'ask', roots: 'deny' } },
      { id: 'off', transport, trusted: false, asks: { elicitation: 'deny', sampling: 'deny', roots: 'deny' } },
    ],
    agents: [
      declareAgent('one', tokens.one, { defaultEffect: 'allow' }),
      declareAgent('two', tokens.two, { defaultEffect: 'allow' }),
    ],
  });
  one = await harness.connect(tokens.one, { capabilities, prepare: answerAs('one', askedOne) });
  two = await harness.connect(tokens.two, { capabilities, prepare: answerAs('two', askedTwo) });
}, 60_000);

afterAll(async () => {
  await harness.stop();
});

function askRows() {
  const reader = openReader({ file: join(harness.dir, 'scopegate.db') });
  try {
    const [newest] = reader.settledCalls(null, 1);
    return reader.callRows(newest?.callId ?? '');
  } finally {
    reader.close();
  }
}

async function waitingCard(): Promise<ApprovalView> {
  return vi.waitFor(async () => {
    const { approvals } = await harness.call('snapshot', {});
    const card = approvals.find((approval) => approval.status === 'pending');
    if (!card) throw new Error('no card yet');
    return card;
  }, patient);
}

function decide(card: ApprovalView, verdict: 'approve' | 'deny') {
  const now = Date.now();
  return harness.call('approvals.decide', {
    ...{ id: card.id, digest: card.digest, verdict, denyReason: null, denyNote: null },
    ...{ input: 'pointer', shownAt: now - 1000, armedAt: now - 300 },
  });
}

describe('a server that asks in the middle of a call', () => {
  it('is listed with the tools it has only for clients that can be asked', async () => {
    const names = (await one.listTools()).tools.map((tool) => tool.name);
    expect(names).toContain('open__trigger-sampling-request');
    expect(names).toContain('open__get-roots-list');
  });

  it('gets the answer of the agent that made the call, and rows of its own are written', async () => {
    const sampled = await one.callTool({
      name: 'open__trigger-sampling-request',
      arguments: { prompt: 'p', maxTokens: 9 },
    });
    expect(textOf(sampled)).toContain('model-of-one');
    expect(askRows().map((row) => [row.event, row.tool])).toEqual([
      ['call.decided', 'trigger-sampling-request'],
      ['ask.decided', 'sampling/createMessage'],
      ['ask.settled', 'sampling/createMessage'],
      ['call.settled', 'trigger-sampling-request'],
    ]);
    const elicited = await one.callTool({ name: 'open__trigger-elicitation-request', arguments: {} });
    expect(textOf(elicited)).toContain('"name": "one"');
    const roots = await one.callTool({ name: 'open__get-roots-list', arguments: {} });
    expect(textOf(roots)).toContain('folder-of-one');
  });

  it('never reaches another agent that calls the same server at the same time (security)', async () => {
    askedOne.length = 0;
    askedTwo.length = 0;
    const call = (client: Client) =>
      client.callTool({ name: 'open__trigger-sampling-request', arguments: { prompt: 'p', maxTokens: 9 } });
    const results = await Promise.all([call(one), call(two), call(one), call(two)]);
    expect(results.map((result) => /model-of-(one|two)/.exec(textOf(result))?.[1])).toEqual([
      'one',
      'two',
      'one',
      'two',
    ]);
    expect(askedOne.filter((kind) => kind === 'sampling')).toHaveLength(2);
    expect(askedTwo.filter((kind) => kind === 'sampling')).toHaveLength(2);
  });

  it('waits for the person where its switch says Ask, with exactly what it wants on the card', async () => {
    askedOne.length = 0;
    const pending = one.callTool({
      name: 'asks__trigger-sampling-request',
      arguments: { prompt: 'the prompt', maxTokens: 9 },
    });
    const card = await waitingCard();
    expect(card).toMatchObject({ serverId: 'asks', tool: 'sampling/createMessage', agentName: 'one' });
    expect(JSON.stringify(card.arguments)).toContain('the prompt');
    expect(askedOne).toEqual([]);
    await decide(card, 'approve');
    expect(textOf(await pending)).toContain('model-of-one');

    const refused = one.callTool({
      name: 'asks__trigger-sampling-request',
      arguments: { prompt: 'again', maxTokens: 9 },
    });
    await decide(await waitingCard(), 'deny');
    const result = await refused;
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('denied');
    expect(askedOne).toEqual(['sampling']);
  });

  it('asks nobody where its switches are off (security)', async () => {
    askedOne.length = 0;
    const result = await one.callTool({ name: 'off__echo', arguments: { message: 'x' } });
    expect(textOf(result)).toContain('x');
    const sampled = await one.callTool({ name: 'off__trigger-sampling-request', arguments: { prompt: 'p' } });
    expect(sampled.isError).toBe(true);
    expect(askedOne).toEqual([]);
  });
});

describe('log messages', () => {
  it('reach the session that asked for them, from the level it asked for', async () => {
    const levels: string[] = [];
    one.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void levels.push(params.level));
    const others: string[] = [];
    two.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void others.push(params.level));
    await one.setLoggingLevel('debug');
    await one.callTool({ name: 'open__toggle-simulated-logging', arguments: {} });
    await vi.waitFor(() => expect(levels.length).toBeGreaterThan(0), { timeout: 15_000 });
    await one.callTool({ name: 'open__toggle-simulated-logging', arguments: {} });
    expect(others).toEqual([]);
    await expect(one.setLoggingLevel('loud' as 'debug')).rejects.toThrow();
  }, 30_000);
});

describe('the switches of a server', () => {
  it('are kept, shown and written to the audit', async () => {
    const own = await startEngine({ undeclared: true });
    await own.call('servers.add', { id: 'x', name: 'X', transport: npmServer('everything'), trusted: false });
    const view = async () => (await own.call('snapshot', {})).servers[0];
    expect((await view())?.asks).toEqual({ elicitation: 'allow', sampling: 'ask', roots: 'ask' });
    await own.call('servers.update', { id: 'x', asks: { elicitation: 'deny', sampling: 'deny', roots: 'allow' } });
    expect((await view())?.asks).toEqual({ elicitation: 'deny', sampling: 'deny', roots: 'allow' });
    await own.stop();
  });
});
