import path from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { JsonObject } from '../../../electron/engine/wire/json-rpc.ts';
import type { Transport } from '../../../electron/shared/index.ts';
import { startFixture } from '../../fakes/fixture-http.ts';
import { type Asked, armedRequest, callIo, never, readResponse, rootDir, startPool } from './support.ts';

const eventually = { timeout: 15_000, interval: 20 };
const capabilities = { elicitation: { form: {} }, sampling: {}, roots: {} };

/** The fixture server, built with the official SDK, in one era or (over HTTP) both. */
async function fixture(kind: 'stdio' | 'http', era: 'legacy' | 'modern' | 'dual') {
  if (kind === 'stdio') {
    const args = [path.join(rootDir, 'test/fakes/fixture-stdio.ts'), era];
    const transport: Transport = { kind, command: process.execPath, args, cwd: null, env: {} };
    return { transport, announce: null };
  }
  const server = await startFixture(era);
  onTestFinished(() => server.close());
  const transport: Transport = { kind, url: server.url, headers: {} };
  return { transport, announce: server.announce };
}

const answers: Record<string, JsonObject> = {
  'elicitation/create': { action: 'accept', content: { name: 'Ada' } },
  'sampling/createMessage': { role: 'assistant', model: 'm', content: { type: 'text', text: 'Paris' } },
  'roots/list': { roots: [{ uri: 'file:///r', name: 'r' }] },
};

async function connectTo(kind: 'stdio' | 'http', speaks: 'legacy' | 'modern' | 'dual') {
  const { transport, announce } = await fixture(kind, speaks);
  const started = startPool();
  started.pool.configure({ id: 's', transport, enabled: true });
  const link = await started.pool.link('s', never, { agentId: 'a', capabilities });
  return { ...started, link, announce };
}

describe.each([
  ['stdio', 'modern', 'modern'],
  ['stdio', 'legacy', 'legacy'],
  ['http', 'modern', 'modern'],
  ['http', 'legacy', 'legacy'],
  ['http', 'dual', 'modern'],
] as const)('a server of the official SDK over %s that speaks %s', (kind, speaks, era) => {
  const connect = () => connectTo(kind, speaks);

  test('is found to be of its era and answers every governed method', async () => {
    const { link, pool } = await connect();
    expect(link.era).toBe(era);
    const tools = (await pool.listTools('s', never)).map((tool) => tool.name);
    expect(tools).toContain('test_simple_text');
    const send = async (method: string, params: JsonObject) =>
      readResponse(await link.send(armedRequest(params, { method }), callIo()));
    expect(await send('tools/call', { name: 'test_simple_text', arguments: {} })).toHaveProperty('result.content');
    expect(await send('prompts/get', { name: 'test_simple_prompt' })).toHaveProperty('result.messages');
    const { resources } = (await link.request('resources/list', {}, 5000)) as { resources: { uri: string }[] };
    const { uri = '' } = resources[0] ?? {};
    expect(await send('resources/read', { uri })).toHaveProperty('result.contents');
    expect(await send('resources/read', { uri: 'no:such' })).toHaveProperty('error.code');
  });

  test('asks through the call, whatever form its era has for that', async () => {
    const { link } = await connect();
    const asked: Asked[] = [];
    const io = callIo({
      async ask(method, params) {
        asked.push({ method, params });
        return { kind: 'result', result: answers[method] ?? {} };
      },
    });
    const names =
      era === 'modern'
        ? ['elicitation', 'sampling', 'list_roots'].map((name) => `test_input_required_result_${name}`)
        : ['test_elicitation', 'test_sampling'];
    for (const name of names) {
      const args = era === 'modern' ? {} : { message: 'hi', prompt: 'hi' };
      const message = readResponse(await link.send(armedRequest({ name, arguments: args }), io));
      expect(message, name).toHaveProperty('result.content');
      expect(message, name).not.toHaveProperty('result.isError', true);
    }
    expect(asked.map((ask) => ask.method)).toEqual(
      ['elicitation/create', 'sampling/createMessage', 'roots/list'].slice(0, names.length),
    );
  });
});

test.each([
  ['modern', null],
  ['legacy', 'a'],
] as const)('a %s server of the SDK tells of resources that are subscribed to', async (era, owner) => {
  const { link, announce, notices } = await connectTo('http', era);
  const { resources } = (await link.request('resources/list', {}, 5000)) as { resources: { uri: string }[] };
  const { uri = '' } = resources[0] ?? {};
  await link.request('resources/subscribe', { uri }, 5000);
  await vi.waitFor(() => {
    announce?.({ uri });
    expect(notices).toContainEqual([owner, 'notifications/resources/updated', expect.objectContaining({ uri })]);
  }, eventually);
});
