import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DeclaredServer } from '../../electron/engine/contract.ts';
import { connectRawAgent } from '../fidelity/raw-agent.ts';
import { declareAgent, fakeServer, type Harness, startEngine, textOf, tokens } from '../helpers/engine.ts';

const patient = { timeout: 30_000, interval: 50 };
const capabilities = { elicitation: { form: {} } };
const form = { message: 'Who?', requestedSchema: { type: 'object', properties: {} } };
const request = { method: 'elicitation/create', params: { ...form, _meta: { progressToken: 'its own' } } };

let harness: Harness;

beforeAll(async () => {
  const transport = fakeServer('asking-server.mjs');
  const serverOf = (id: string, elicitation: 'allow' | 'ask'): DeclaredServer => ({
    ...{ id, transport, trusted: false },
    asks: { elicitation, sampling: 'deny', roots: 'deny' },
  });
  harness = await startEngine({
    servers: [serverOf('free', 'allow'), serverOf('asks', 'ask')],
    agents: [declareAgent('one', tokens.one, { defaultEffect: 'allow' })],
  });
}, 60_000);

afterAll(() => harness.stop());

async function connect(
  onAsk: (params: { signal: AbortSignal }) => Promise<object>,
  prepare?: (client: Client) => void,
) {
  return harness.connect(tokens.one, {
    capabilities,
    prepare(client) {
      client.setRequestHandler(ElicitRequestSchema, (_request, { signal }) => onAsk({ signal }) as never);
      prepare?.(client);
    },
  });
}

const pendingCards = async () =>
  (await harness.call('snapshot', {})).approvals.filter((one) => one.status === 'pending');

describe('a question that its legacy server takes back', () => {
  it('leaves the person’s screen, and the agent is never asked', async () => {
    const onAsk = vi.fn(async () => ({ action: 'decline' }));
    const client = await connect(onAsk);
    const held = client.callTool({ name: 'asks__ask-and-hold', arguments: { request } });
    await vi.waitFor(async () => expect(await pendingCards()).toHaveLength(1), patient);
    await client.callTool({ name: 'asks__withdraw', arguments: {} });
    expect(textOf(await held)).toBe('"withdrawn"');
    await vi.waitFor(async () => expect(await pendingCards()).toEqual([]), patient);
    expect(onAsk).not.toHaveBeenCalled();
  });

  it('is cancelled at a legacy agent, and its call goes on', async () => {
    const signals: AbortSignal[] = [];
    const client = await connect(({ signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    const held = client.callTool({ name: 'free__ask-and-hold', arguments: { request } });
    await vi.waitFor(() => expect(signals).toHaveLength(1), patient);
    await client.callTool({ name: 'free__withdraw', arguments: {} });
    await vi.waitFor(() => expect(signals[0]?.aborted).toBe(true), patient);
    expect(textOf(await held)).toBe('"withdrawn"');
  });

  it('is over for a modern agent too: whatever it brings back for it, its call ends as the server says', async () => {
    const agent = await connectRawAgent(`${harness.url}/free`, 'modern', tokens.one, capabilities);
    agent.answers.set('elicitation/create', { action: 'accept', content: {} });
    const exchange = await agent.send('tools/call', { name: 'ask-and-withdraw', arguments: { request } });
    expect(JSON.stringify(exchange.response.result)).toContain('content');
    const heard = await agent.send('tools/call', { name: 'heard', arguments: {} });
    expect(JSON.stringify(heard.response.result)).not.toContain('stray');
  });

  it('waits no longer than the call it was asked in', async () => {
    const client = await connect(async () => ({ action: 'decline' }));
    const giveUp = new AbortController();
    const held = client.callTool({ name: 'asks__ask-and-hold', arguments: { request } }, undefined, {
      signal: giveUp.signal,
    });
    const ended = expect(held).rejects.toThrow();
    await vi.waitFor(async () => expect(await pendingCards()).toHaveLength(1), patient);
    giveUp.abort();
    await ended;
    await vi.waitFor(async () => expect(await pendingCards()).toEqual([]), patient);
  });
});

describe('an agent’s progress on a question', () => {
  it('reaches the server that asked, under the token it gave', async () => {
    const client = await harness.connect(tokens.one, {
      capabilities,
      prepare(agent) {
        agent.setRequestHandler(ElicitRequestSchema, async (_request, { sendNotification, _meta }) => {
          const progressToken = _meta?.progressToken ?? '';
          await sendNotification({ method: 'notifications/progress', params: { progressToken, progress: 0.5 } });
          return { action: 'decline' };
        });
      },
    });
    await client.callTool({ name: 'free__ask', arguments: { requests: [request] } });
    await vi.waitFor(async () => {
      const heard = JSON.parse(textOf(await client.callTool({ name: 'free__heard', arguments: {} })));
      const params = { progressToken: 'its own', progress: 0.5 };
      expect(heard).toContainEqual({ method: 'notifications/progress', params });
    }, patient);
  });
});

describe('a server’s word that a page was done with', () => {
  it('goes to a legacy agent; a modern one has no such notice', async () => {
    const method = 'notifications/elicitation/complete';
    const notifications = [
      { method, params: { elicitationId: 'e-1' } },
      { method: 'notifications/com.example/after', params: {} },
    ];
    const heard = async (era: 'legacy' | 'modern') => {
      const agent = await connectRawAgent(`${harness.url}/free`, era, tokens.one, capabilities);
      return (await agent.send('tools/call', { name: 'notify', arguments: { notifications } })).notifications;
    };
    expect(await heard('legacy')).toMatchObject(notifications);
    expect((await heard('modern')).map((one) => one.method)).toEqual(['notifications/com.example/after']);
  });
});
