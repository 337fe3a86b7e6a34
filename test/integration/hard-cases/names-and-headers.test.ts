import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../../electron/engine/wire/json-rpc.ts';
import { overHttp } from '../../conformance/start-gateway.ts';
import { type RawServer, startRawServer } from '../../fakes/fixture-raw-server.ts';
import { connectRawAgent } from '../../fidelity/raw-agent.ts';
import { declareAgent, fakeServer, type Harness, startEngine, tokens } from '../../helpers/engine.ts';
import { makeTempDir, patient } from '../../helpers/gateway.ts';
import { sloppyServer } from './sloppy-server.ts';

let raw: RawServer;
let harness: Harness;

const schema = { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } };
const invalid = { type: 'object', properties: { x: { type: 'number', 'x-mcp-header': 'X' } } };
const tools = [
  { name: 'mirrored', inputSchema: schema },
  { name: 'invalid', inputSchema: invalid },
  { name: 'blocked', inputSchema: { type: 'object' } },
];

beforeAll(async () => {
  raw = await startRawServer('modern');
  // As public and as long-lived as a server can say.
  raw.answers.set('tools/list', { result: { resultType: 'complete', ttlMs: 3_600_000, cacheScope: 'public', tools } });
  const every = (id: string) => ({
    id,
    transport: fakeServer('every-message-server.mjs', 'legacy', '/nowhere'),
    trusted: false,
  });
  harness = await startEngine({
    servers: [every('first'), every('second'), { id: 'raw', transport: overHttp(raw.url), trusted: false }],
    agents: [declareAgent('one', tokens.one, { defaultEffect: 'allow', tools: { raw__blocked: 'deny' } })],
  });
}, 60_000);
afterAll(async () => {
  await harness.stop();
  await raw.close();
});

async function postModern(method: string, params: JsonObject, headers: Record<string, string>): Promise<Response> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return fetch(harness.url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tokens.one}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }),
  });
}

describe('hard case', () => {
  it('6: two servers with the same names and addresses stay apart, and each is reached under what was listed', async () => {
    const client = await harness.connect(tokens.one);
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['first__do', 'second__do']));
    const { resources } = await client.listResources();
    const uris = resources.filter(({ uri }) => uri.endsWith('all://one')).map(({ uri }) => uri);
    expect(new Set(uris).size).toBe(2);
    expect(uris).toContain('all://one');
    for (const uri of uris) expect((await client.readResource({ uri })).contents[0]?.uri).toBe(uri);
    const prompts = (await client.listPrompts()).prompts.map(({ name }) => name);
    expect(prompts).toEqual(expect.arrayContaining(['first__one', 'second__one']));
  });

  it('7: Mcp-Param headers are derived anew from what is sent, and a tool with invalid annotations is left out', async () => {
    const agent = await connectRawAgent(harness.url, 'legacy', tokens.one);
    const before = raw.seen.length;
    raw.answers.set('tools/call', { result: { resultType: 'complete', content: [] } });
    await agent.send('tools/call', { name: 'raw__mirrored', arguments: { region: 'Köln' } });
    const call = raw.seen.slice(before).find(({ message }) => message.method === 'tools/call');
    expect(call?.headers).toMatchObject({ 'mcp-name': 'mirrored', 'mcp-param-region': '=?base64?S8O2bG4=?=' });
    const { response } = await agent.send('tools/list', {});
    expect(JSON.stringify(response)).toContain('raw__mirrored');
    expect(JSON.stringify(response)).not.toContain('raw__invalid');
  });

  it('8: policy reads the body, and a header that says something else ends the request before it (security)', async () => {
    const before = { seen: raw.seen.length, calls: (await harness.call('snapshot', {})).calls.length };
    const params = { name: 'raw__blocked', arguments: {} };
    const lie = await postModern('tools/call', params, { 'mcp-method': 'tools/call', 'mcp-name': 'raw__mirrored' });
    expect(lie.status).toBe(400);
    expect(await lie.json()).toMatchObject({ id: 1, error: { code: -32020 } });
    const method = await postModern('tools/call', params, { 'mcp-method': 'tools/list' });
    expect(await method.json()).toMatchObject({ error: { code: -32020 } });
    expect(raw.seen).toHaveLength(before.seen);
    expect((await harness.call('snapshot', {})).calls).toHaveLength(before.calls);
  });

  it('9: a list that was filtered for one agent is private and stale at once, whatever its server says (security)', async () => {
    const agent = await connectRawAgent(harness.url, 'modern', tokens.one);
    const { response } = await agent.send('tools/list', {});
    expect(response.result).toMatchObject({ cacheScope: 'private', ttlMs: 0 });
    expect(JSON.stringify(response)).not.toContain('raw__blocked');
  });

  it('10: an agent is promised list changes of a server that is down, and told when its tools appear', async () => {
    const dir = makeTempDir();
    const program = join(dir, 'late.cjs');
    const transport = { kind: 'stdio' as const, command: process.execPath, args: [program], cwd: null, env: {} };
    const other = await startEngine({
      servers: [{ id: 'late', transport, trusted: false }],
      agents: [declareAgent('one', tokens.one, { defaultEffect: 'allow' })],
    });
    try {
      const changed = vi.fn();
      const client = await other.connect(tokens.one, {
        prepare: (agent) => agent.setNotificationHandler(ToolListChangedNotificationSchema, changed),
      });
      expect(client.getServerCapabilities()?.tools).toEqual({ listChanged: true });
      expect((await client.listTools()).tools).toEqual([]);
      writeFileSync(program, sloppyServer);
      await other.call('servers.restart', { id: 'late' });
      await vi.waitFor(() => expect(changed).toHaveBeenCalled(), patient);
      expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['late__any']);
    } finally {
      await other.stop();
    }
  });
});
