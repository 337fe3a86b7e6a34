import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Harness, startEngine, textOf } from '../helpers/engine.ts';

const fake = join(import.meta.dirname, '..', 'fakes', 'named-tools-server.mjs');
const names = ['read_file', 'fetch_page', 'send_message', 'get_sum'];

let harness: Harness;
let token: string;

beforeAll(async () => {
  harness = await startEngine({ undeclared: true });
  const transport = { kind: 'stdio' as const, command: process.execPath, args: [fake, ...names], cwd: null, env: {} };
  await harness.call('servers.add', { id: 'office', name: 'Office', transport, trusted: false });
  const tools = await vi.waitFor(async () => {
    const found = (await harness.call('servers.tools', { id: 'office' })).tools;
    if (found.length === 0) throw new Error('no tools yet');
    return found;
  }, 15_000);
  const accepted = tools.map(({ name, definitionHash }) => ({ name, definitionHash }));
  await harness.call('servers.accept', { id: 'office', tools: accepted });
  token = (await harness.call('agents.create', { name: 'Agent', defaultEffect: 'allow' })).token;
}, 60_000);

afterAll(() => harness.stop());

const call = (client: Client, name: string, args: Record<string, unknown> = {}) =>
  client.callTool({ name: `office__${name}`, arguments: args }).then(textOf);

async function pendingCard() {
  return vi.waitFor(async () => {
    const found = (await harness.call('snapshot', {})).approvals.find(({ status }) => status === 'pending');
    if (!found) throw new Error('no card yet');
    return found;
  });
}

it('asks before a session that read private data and foreign text sends something out (security)', async () => {
  const agent = await harness.connect(token);
  expect(await call(agent, 'send_message', { text: '1' })).toContain('send_message');
  await call(agent, 'read_file', { path: '/diary' });
  expect(await call(agent, 'send_message', { text: '2' })).toContain('send_message');
  await call(agent, 'fetch_page', { url: 'https://example.com' });
  expect(await call(agent, 'get_sum')).toContain('get_sum');

  const waiting = call(agent, 'send_message', { text: '3' });
  const card = await pendingCard();
  expect(card.decision).toMatchObject({ effect: 'ask', reasonCode: 'flow' });
  expect(card.decision.reason).toMatch(/private data \(office: read_file\).*others may have written/);
  await harness.call('approvals.decide', {
    id: card.id,
    digest: card.digest,
    verdict: 'approve',
    denyReason: null,
    denyNote: null,
    input: 'pointer',
    shownAt: Date.now() - 2000,
    armedAt: Date.now() - 1000,
  });
  expect(await waiting).toContain('"3"');
  // let through once, the same tool does not ask for every message; another session starts clean
  expect(await call(agent, 'send_message', { text: '4' })).toContain('"4"');
  const other = await harness.connect(token);
  expect(await call(other, 'send_message', { text: '5' })).toContain('"5"');
});

it('lets a call whose arguments name secrets fall under the tier of those, not of its tool (security)', async () => {
  const { agents } = await harness.call('snapshot', {});
  const agentId = agents[0]?.id ?? '';
  const observe = { preset: 'observe' as const, loop: null, flowGuard: false };
  await harness.call('grants.set', { changes: [{ agentId, serverId: '*', toolName: '*', effect: null }] });
  await harness.call('policy.change', { changes: [{ kind: 'agent', agentId, value: observe }], version: null });
  const agent = await harness.connect(token);
  expect(await call(agent, 'read_file', { path: '/notes.txt' })).toContain('/notes.txt');
  expect(await call(agent, 'read_file', { path: '/home/me/.ssh/id_rsa' })).toMatch(/Blocked/);
});
