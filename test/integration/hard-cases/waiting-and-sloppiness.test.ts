import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { overHttp } from '../../conformance/start-gateway.ts';
import { type FixtureHttpServer, startFixture } from '../../fakes/fixture-http.ts';
import { connectRawAgent } from '../../fidelity/raw-agent.ts';
import { declareAgent, fakeServer, type Harness, startEngine, textOf, tokens } from '../../helpers/engine.ts';
import { sloppyServer } from './sloppy-server.ts';

let fixture: FixtureHttpServer;
let harness: Harness;
let folder: string;

beforeAll(async () => {
  fixture = await startFixture('legacy');
  folder = mkdtempSync(join(tmpdir(), 'scopegate-hard-'));
  const file = join(folder, 'sloppy.cjs');
  writeFileSync(file, sloppyServer);
  const transport = { kind: 'stdio' as const, command: process.execPath, args: [file], cwd: null, env: {} };
  harness = await startEngine({
    servers: [
      { id: 'asking', transport: fakeServer('asking-server.mjs'), trusted: false },
      { id: 'every', transport: fakeServer('every-message-server.mjs', 'legacy', '/nowhere'), trusted: false },
      { id: 'fixture', transport: overHttp(fixture.url), trusted: false },
      { id: 'sloppy', transport, trusted: false },
    ],
    agents: [
      declareAgent('one', tokens.one, {
        defaultEffect: 'allow',
        tools: { asking__whoami: 'ask', asking__crash: 'deny', every__more: 'deny' },
      }),
    ],
    tuning: { progressMs: 20, giveUpMs: 400 },
  });
}, 60_000);
afterAll(async () => {
  await harness.stop();
  await fixture.close();
  rmSync(folder, { recursive: true, force: true });
});

const refusalOf = (pending: Promise<unknown>) =>
  pending.then(
    () => null,
    ({ code, message }: { code: number; message: string }) => ({ code, message }),
  );

describe('hard case', () => {
  it('11: a person takes longer than a client waits: progress keeps the call alive, then the agent is told to call again', async () => {
    const client = await harness.connect(tokens.one);
    const progress = vi.fn();
    const call = { name: 'asking__whoami', arguments: {} };
    const first = await client.callTool(call, undefined, { onprogress: progress });
    expect(progress.mock.calls.length).toBeGreaterThan(1);
    expect(textOf(first)).toMatch(/again/);
    const card = (await harness.call('snapshot', {})).approvals.find(({ status }) => status === 'pending');
    if (card === undefined) throw new Error('no card');
    const now = Date.now();
    const answer = { verdict: 'approve' as const, denyReason: null, denyNote: null, input: 'pointer' as const };
    const shown = { shownAt: now - 2000, armedAt: now - 1000 };
    await harness.call('approvals.decide', { id: card.id, digest: card.digest, ...answer, ...shown });
    expect(textOf(await client.callTool(call))).toContain('pid');
  });

  it('12: a tool that is hidden is unknown like one that never was; one that is refused is a result the model reads (security)', async () => {
    const client = await harness.connect(tokens.one);
    const hidden = await refusalOf(client.callTool({ name: 'asking__crash', arguments: {} }));
    const missing = await refusalOf(client.callTool({ name: 'asking__smash', arguments: {} }));
    expect(hidden).toMatchObject({ code: -32602, message: expect.stringContaining('Unknown tool: asking__crash') });
    expect(missing?.message.replace('smash', 'crash')).toBe(hidden?.message);
    await harness.call('engine.setPaused', { paused: true });
    const refused = await client.callTool({ name: 'asking__heard', arguments: {} });
    await harness.call('engine.setPaused', { paused: false });
    expect(refused).toMatchObject({ isError: true, content: [{ type: 'text' }] });
  });

  it('13: legacy tasks pass within their era, and a modern agent is neither promised nor given them', async () => {
    const url = `${harness.url}/every`;
    const legacy = await connectRawAgent(url, 'legacy', tokens.one);
    expect(legacy.hello.capabilities).toHaveProperty('tasks');
    const started = await legacy.send('tools/call', { name: 'do', arguments: {}, task: { ttl: 1000 } });
    expect(started.response).toMatchObject({ result: { task: { taskId: 'task-1' } } });
    expect((await legacy.send('tasks/get', { taskId: 'task-1' })).response).toMatchObject({
      result: { status: 'working' },
    });
    const modern = await connectRawAgent(url, 'modern', tokens.one);
    expect(modern.hello.capabilities).not.toHaveProperty('tasks');
    const listed = await modern.send('tasks/list', {});
    expect(listed.status).toBe(404);
    expect(listed.response).toMatchObject({ error: { code: -32601 } });
  });

  it.each(['legacy', 'modern'] as const)(
    '14: a sloppy server is understood where it has one meaning, and a %s agent gets it tidy',
    async (era) => {
      const agent = await connectRawAgent(harness.url, era, tokens.one);
      const { response } = await agent.send('tools/call', { name: 'sloppy__any' });
      expect(response).toMatchObject({ result: { content: [{ type: 'text', text: '{}' }] } });
      expect(response).not.toHaveProperty('error');
    },
  );

  it('15: a server that closes its stream in the middle is asked for the rest, and the call ends as if it had not', async () => {
    const client = await harness.connect(tokens.one);
    const result = await client.callTool({ name: 'fixture__test_reconnection', arguments: {} });
    expect(result.isError ?? false).toBe(false);
    expect(textOf(result)).not.toBe('');
  });

  it('16: a ping is answered by the hop it was sent to, in both directions', async () => {
    const agent = await connectRawAgent(harness.url, 'legacy', tokens.one);
    const { response, asked } = await agent.send('tools/call', {
      name: 'asking__ask',
      arguments: { requests: [{ method: 'ping', params: {} }] },
    });
    expect(asked).toEqual([]);
    expect(response).toMatchObject({ result: { content: [{ text: '[{"result":{}}]' }] } });
    expect((await agent.send('ping', {})).response).toMatchObject({ result: {} });
    const heard = await agent.send('tools/call', { name: 'asking__heard', arguments: {} });
    expect(JSON.stringify(heard.response)).not.toContain('ping');
  });
});
