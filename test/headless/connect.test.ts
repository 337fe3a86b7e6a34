import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readAgentToken } from '../../electron/headless/connect/gateway-access.ts';
import { tokens } from '../helpers/engine.ts';
import { type Gateway, makeTempDir, openGateway, patient } from '../helpers/gateway.ts';
import { initialize, initialized, startConnect } from './connect-support.ts';

const asking = fileURLToPath(new URL('../fakes/asking-server.mjs', import.meta.url));
const everything = fileURLToPath(new URL('../../node_modules/.bin/mcp-server-everything', import.meta.url));
const servers = { tools: { command: everything }, asking: { command: process.execPath, args: [asking] } };
const agents = { one: { token: 'env:ONE', default: 'allow' } };

function start(dataDir: string, port = 0): Promise<Gateway> {
  return openGateway({ dataDir, config: { port, servers, agents }, env: { ONE: tokens.one } });
}
const portOf = (gateway: Gateway) => Number(new URL(gateway.mcp).port);
const isReply = (id: unknown) => (message: Record<string, unknown>) => message.id === id && !('method' in message);
const call = (id: number | string, name: string, args: object) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args },
});

describe('scopegate connect', () => {
  it('passes bytes, ids and the other era’s odd spellings through, and ends with its input', async () => {
    const gateway = await start(join(makeTempDir(), 'data'));
    const shim = startConnect(['--url', gateway.mcp], { SCOPEGATE_TOKEN: tokens.one });
    shim.write(initialize);
    await shim.next(isReply('init'));
    shim.write(initialized);
    shim.write(
      '{"jsonrpc":"2.0","id":"a\\u0062c","method":"tools/call","params":{"name":"tools__echo","arguments":{"message":"ä\\u00df😀"}}}',
    );
    expect(await shim.next(isReply('abc'))).toMatchObject({
      result: { content: [{ type: 'text', text: 'Echo: äß😀' }] },
    });
    shim.write('{"jsonrpc":"2.0","id":7,"method":');
    expect(await shim.next(({ error }) => error !== undefined)).toMatchObject({ id: null, error: { code: -32700 } });
    expect(await shim.end()).toBe(0);
    expect(shim.stderr()).toBe('');
  }, 120_000);

  it('opens a new session with the agent’s own words after a restart, and says what became of the call in flight', async () => {
    const dataDir = join(makeTempDir(), 'data');
    const first = await start(dataDir);
    const shim = startConnect(['--url', first.mcp], { SCOPEGATE_TOKEN: tokens.one });
    shim.write(initialize);
    await shim.next(isReply('init'));
    shim.write(initialized);
    shim.write(call(1, 'tools__echo', { message: 'before' }));
    await shim.next(isReply(1));
    shim.write(call(2, 'tools__trigger-long-running-operation', { duration: 60, steps: 1 }));
    await vi.waitFor(async () => {
      const { calls } = await first.ui.request('snapshot', {});
      expect(calls.some(({ status }) => status === 'running')).toBe(true);
    }, patient);
    const port = portOf(first);
    await first.kill();
    expect(await shim.next(isReply(2))).toMatchObject({
      error: { message: expect.stringContaining('outcome is unknown') },
    });
    shim.write(call(3, 'tools__echo', { message: 'between' }));
    expect(await shim.next(isReply(3))).toMatchObject({
      error: { message: expect.stringMatching(/not running.*Start the ScopeGate app/s) },
    });

    await start(dataDir, port);
    shim.write(call(4, 'tools__echo', { message: 'after' }));
    expect(await shim.next(isReply(4))).toMatchObject({ result: { content: [{ text: 'Echo: after' }] } });
    await shim.next(({ method }) => method === 'notifications/tools/list_changed');
    expect(shim.lines.filter((line) => line.includes('"protocolVersion"'))).toHaveLength(1);
    expect(await shim.end()).toBe(0);
  }, 120_000);

  it('withdraws the questions of a gateway that is gone, and a late answer reaches nobody', async () => {
    const dataDir = join(makeTempDir(), 'data');
    const first = await start(dataDir);
    const shim = startConnect(['--url', first.mcp], { SCOPEGATE_TOKEN: tokens.one });
    const capabilities = { elicitation: {} };
    shim.write({ ...initialize, params: { ...initialize.params, capabilities } });
    await shim.next(isReply('init'));
    shim.write(initialized);
    const request = {
      method: 'elicitation/create',
      params: { message: 'Who?', requestedSchema: { type: 'object', properties: {} } },
    };
    shim.write(call(1, 'asking__ask', { requests: [request] }));
    const question = await shim.next(({ method }) => method === 'elicitation/create');
    const port = portOf(first);
    await first.kill();
    await start(dataDir, port);
    expect(await shim.next(({ method }) => method === 'notifications/cancelled')).toMatchObject({
      params: { requestId: question.id },
    });
    shim.write({ jsonrpc: '2.0', id: question.id, result: { action: 'accept', content: {} } });
    shim.write(call(2, 'asking__heard', {}));
    const heard = await shim.next(isReply(2));
    expect(heard).toMatchObject({ result: { content: [{ text: expect.not.stringContaining('stray') }] } });
  }, 120_000);

  it('tells an agent that starts first what to do, and works once the app runs', async () => {
    const dataDir = join(makeTempDir(), 'data');
    const first = await start(dataDir);
    const port = portOf(first);
    await first.stop();
    const shim = startConnect(['--url', first.mcp], { SCOPEGATE_TOKEN: tokens.one });
    shim.write(initialize);
    expect(await shim.next(isReply('init'))).toMatchObject({
      error: { code: -32000, message: expect.stringMatching(/not running.*Start the ScopeGate app/s) },
    });
    await start(dataDir, port);
    shim.write({ ...initialize, id: 'again' });
    expect(await shim.next(isReply('again'))).toMatchObject({ result: { protocolVersion: '2025-11-25' } });
  }, 120_000);

  it('finds the gateway at the port the app has stored', async () => {
    const dataDir = join(makeTempDir(), 'data');
    const gateway = await start(dataDir);
    writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ agentPort: portOf(gateway) }));
    const shim = startConnect(['--data-dir', dataDir, '--server', 'tools'], { SCOPEGATE_TOKEN: tokens.one });
    shim.write(initialize);
    await shim.next(isReply('init'));
    shim.write(initialized);
    shim.write(call(1, 'echo', { message: 'plain name' }));
    expect(await shim.next(isReply(1))).toMatchObject({ result: { content: [{ text: 'Echo: plain name' }] } });
  }, 120_000);
});

describe('the token of scopegate connect', () => {
  it('that no agent has is told to be wrong and never repeated (security)', async () => {
    const gateway = await start(join(makeTempDir(), 'data'));
    const wrong = 'sgk_wrong'.padEnd(40, 'z');
    const shim = startConnect(['--url', gateway.mcp], { SCOPEGATE_TOKEN: wrong });
    shim.write(initialize);
    expect(await shim.next(isReply('init'))).toMatchObject({
      error: { message: expect.stringContaining('does not accept this agent’s token') },
    });
    await shim.end();
    expect(shim.lines.join('') + shim.stderr()).not.toContain(wrong);
  }, 120_000);

  it('is not sent when others can read its file (security)', async () => {
    let requests = 0;
    const server = createServer((_request, response) => {
      requests += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const file = join(makeTempDir(), 'token');
    writeFileSync(file, tokens.one, { mode: 0o644 });
    chmodSync(file, 0o644);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
    const shim = startConnect(['--url', url, '--token-file', file]);
    shim.write(initialize);
    expect(await shim.next(isReply('init'))).toMatchObject({
      error: { message: expect.stringContaining('chmod 600') },
    });
    expect(await shim.end()).toBe(1);
    expect(shim.stderr()).toContain('chmod 600');
    expect(shim.lines.join('') + shim.stderr()).not.toContain(tokens.one);
    expect(requests).toBe(0);
  }, 120_000);

  it('is read from a private file of one’s own and from nothing else (security)', () => {
    const dir = makeTempDir();
    const file = join(dir, 'token');
    writeFileSync(file, `${tokens.one}\n`, { mode: 0o600 });
    expect(readAgentToken(file, {})).toEqual({ ok: true, token: tokens.one });
    symlinkSync(file, join(dir, 'link'));
    for (const other of [join(dir, 'link'), join(dir, 'absent'), dir]) {
      expect(readAgentToken(other, { SCOPEGATE_TOKEN: tokens.one })).toMatchObject({ ok: false });
    }
    expect(readAgentToken(null, { SCOPEGATE_TOKEN: tokens.one })).toEqual({ ok: true, token: tokens.one });
    expect(readAgentToken(null, {})).toMatchObject({ ok: false });
    expect(readAgentToken(null, { SCOPEGATE_TOKEN: 'two\r\nlines' })).toMatchObject({ ok: false });
  });
});
