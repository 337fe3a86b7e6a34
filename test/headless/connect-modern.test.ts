import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../electron/engine/wire/json-rpc.ts';
import { startRawServer } from '../fakes/fixture-raw-server.ts';
import { tokens } from '../helpers/engine.ts';
import { makeTempDir, openGateway } from '../helpers/gateway.ts';
import { startConnect } from './connect-support.ts';

const _meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
const request = (id: string, method: string, params: JsonObject) => ({
  jsonrpc: '2.0',
  id,
  method,
  params: { ...params, _meta },
});
const isReply = (id: unknown) => (message: Record<string, unknown>) => message.id === id && !('method' in message);

async function startRegional() {
  const server = await startRawServer('modern');
  onTestFinished(() => server.close());
  const inputSchema = { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } };
  const tools = [{ name: 'regional', inputSchema }];
  server.answers.set('tools/list', { result: { resultType: 'complete', ttlMs: 0, cacheScope: 'private', tools } });
  server.answers.set('tools/call', { result: { resultType: 'complete', content: [] } });
  return server;
}

it('mirrors the arguments of a tool it never saw listed, and the call is made once', async () => {
  const server = await startRegional();
  const config = { servers: { raw: { url: server.url } }, agents: { one: { token: 'env:ONE', default: 'allow' } } };
  const dataDir = join(makeTempDir(), 'data');
  const gateway = await openGateway({ dataDir, config, env: { ONE: tokens.one } });
  const shim = startConnect(['--url', gateway.mcp], { SCOPEGATE_TOKEN: tokens.one });
  const call = { name: 'raw__regional', arguments: { region: 'Köln' } };
  for (const id of ['first', 'second']) {
    shim.write(request(id, 'tools/call', call));
    expect(await shim.next(isReply(id))).toMatchObject({ result: { content: [] } });
  }
  expect(shim.lines).toHaveLength(2);
  const calls = server.seen.filter(({ message }) => message.method === 'tools/call');
  expect(calls.map(({ headers }) => headers['mcp-param-region'])).toEqual(Array(2).fill('=?base64?S8O2bG4=?='));
  expect(await shim.end()).toBe(0);
}, 120_000);

it('keeps a subscription over a restart of the app: one acknowledgement, and word that lists may have changed', async () => {
  const server = await startRegional();
  const config = { servers: { raw: { url: server.url } }, agents: { one: { token: 'env:ONE', default: 'allow' } } };
  const dataDir = join(makeTempDir(), 'data');
  const first = await openGateway({ dataDir, config, env: { ONE: tokens.one } });
  const shim = startConnect(['--url', first.mcp], { SCOPEGATE_TOKEN: tokens.one });
  shim.write(request('sub', 'subscriptions/listen', { notifications: { toolsListChanged: true } }));
  const isAck = ({ method }: Record<string, unknown>) => method === 'notifications/subscriptions/acknowledged';
  await shim.next(isAck);
  const before = shim.lines.length;
  await first.kill();
  const port = Number(new URL(first.mcp).port);
  await openGateway({ dataDir, config: { ...config, port }, env: { ONE: tokens.one } });
  const told = await shim.next(
    (message) => message.method === 'notifications/tools/list_changed' && shim.lines.length > before,
  );
  expect(told).toMatchObject({ params: { _meta: { 'io.modelcontextprotocol/subscriptionId': 'sub' } } });
  expect(shim.lines.filter((line) => isAck(JSON.parse(line) as Record<string, unknown>))).toHaveLength(1);
  expect(shim.lines.some((line) => line.includes('"error"'))).toBe(false);
  shim.write({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'sub' } });
  shim.write(request('after', 'tools/list', {}));
  expect(await shim.next(isReply('after'))).toMatchObject({ result: { tools: [{ name: 'raw__regional' }] } });
  expect(await shim.end()).toBe(0);
}, 120_000);
