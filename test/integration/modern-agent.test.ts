import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { declareAgent, fakeServer, type Harness, npmServer, startEngine, textOf, tokens } from '../helpers/engine.ts';

let harness: Harness;
let client: Client;

beforeAll(async () => {
  harness = await startEngine({
    servers: [
      {
        id: 'every',
        transport: npmServer('everything'),
        trusted: false,
        asks: { elicitation: 'allow', sampling: 'allow', roots: 'allow' },
      },
      { id: 'paged', transport: fakeServer('paged-server.mjs', 'paged'), trusted: false },
    ],
    agents: [declareAgent('one', tokens.one, { defaultEffect: 'allow', tools: { every__echo: 'ask' } })],
  });
  client = new Client(
    { name: 'modern-agent', version: '1.0.0' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } }, capabilities: { elicitation: {}, sampling: {}, roots: {} } },
  );
  client.setRequestHandler('elicitation/create', async () => ({
    action: 'accept',
    content: { name: 'Ada', check: true },
  }));
  client.setRequestHandler('roots/list', async () => ({ roots: [{ uri: 'file:///modern', name: 'modern' }] }));
  client.setRequestHandler('sampling/createMessage', async () => ({
    model: 'modern-model',
    role: 'assistant',
    content: { type: 'text', text: 'thought' },
  }));
  const requestInit = { headers: { Authorization: `Bearer ${tokens.one}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(harness.url), { requestInit }));
}, 60_000);

afterAll(async () => {
  await client.close();
  await harness.stop();
});

const call = (name: string, args: Record<string, unknown> = {}) => client.callTool({ name, arguments: args });

describe('a modern agent of legacy servers', () => {
  it('discovers everything together and uses prompts, resources and completions', async () => {
    expect(client.getServerCapabilities()).toMatchObject({ prompts: {}, resources: {}, completions: {} });
    expect((await client.listPrompts()).prompts.map((prompt) => prompt.name)).toContain('paged__alpha');
    const prompt = await client.getPrompt({ name: 'paged__alpha', arguments: { x: '1' } });
    expect(prompt.messages[0]?.content).toMatchObject({ text: 'paged:alpha:1' });
    expect((await client.listResources()).resources.map((resource) => resource.uri)).toContain('paged://a');
    expect((await client.readResource({ uri: 'paged://a' })).contents[0]).toMatchObject({
      text: 'paged reads paged://a',
    });
    await expect(client.readResource({ uri: 'nowhere://x' })).rejects.toMatchObject({ code: -32602 });
    const completed = await client.complete({
      ref: { type: 'ref/prompt', name: 'paged__alpha' },
      argument: { name: 'x', value: 'v' },
    });
    expect(completed.completion.values).toEqual(['paged/alpha/v']);
  });

  it('is asked by them through rounds, and the answers come from it', async () => {
    expect(textOf(await call('every__trigger-elicitation-request'))).toContain('Ada');
    expect(textOf(await call('every__trigger-sampling-request', { prompt: 'p', maxTokens: 5 }))).toContain(
      'modern-model',
    );
  });

  it('waits for the person on Ask and gets the result of the approved call', async () => {
    const pending = call('every__echo', { message: 'approved' });
    const card = await vi.waitFor(async () => {
      const { approvals } = await harness.call('snapshot', {});
      const found = approvals.find((approval) => approval.status === 'pending');
      if (!found) throw new Error('no card yet');
      return found;
    });
    expect(card).toMatchObject({ tool: 'echo', arguments: { message: 'approved' } });
    const now = Date.now();
    await harness.call('approvals.decide', {
      ...{ id: card.id, digest: card.digest, verdict: 'approve', denyReason: null, denyNote: null },
      ...{ input: 'pointer', shownAt: now - 1000, armedAt: now - 300 },
    });
    expect(textOf(await pending)).toContain('approved');
  });

  it('has one row in Live for each request that reached a server, whatever its method', async () => {
    const { calls } = await harness.call('snapshot', {});
    const tools = calls.map((row) => row.tool);
    expect(tools).toEqual(
      expect.arrayContaining(['echo', 'prompts/get alpha', 'resources/read paged://a', 'completion/complete alpha']),
    );
    expect(calls.every((row) => row.status === 'settled')).toBe(true);
  });
});
