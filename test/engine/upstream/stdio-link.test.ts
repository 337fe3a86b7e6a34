import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import {
  armedCall,
  callIo,
  fakeServer,
  faultOf,
  isAlive,
  never,
  readResponse,
  readText,
  startPool,
  tempDir,
} from './support.ts';

const eventually = { timeout: 15_000, interval: 20 };

async function linkTo(transport: ReturnType<typeof fakeServer>, change: Parameters<typeof startPool>[0] = {}) {
  const started = startPool(change);
  started.pool.configure({ id: 's', transport, enabled: true });
  return { ...started, link: await started.pool.link('s', never) };
}

test.each(['id-first', 'id-last-crlf', 'plain', 'banner'])(
  'hands the answer of a server with framing "%s" on as bytes',
  async (mode) => {
    const { link, pool } = await linkTo(fakeServer(mode));
    const response = await link.send(armedCall('echo', { a: 1 }), callIo());
    const text = JSON.parse(readText(response)) as { name: string; arguments: object };
    expect(text).toMatchObject({ name: 'echo', arguments: { a: 1 } });
    expect(response.bytes.toString('latin1', response.idStart, response.idEnd)).toMatch(/^\d+$/);
    expect(pool.state('s')).toMatchObject({
      status: 'running',
      hello: { protocolVersion: '2024-11-05' },
      lastError: null,
    });
  },
);

test('drops a null error beside a result so that strict clients accept it', async () => {
  const { link } = await linkTo(fakeServer('error-null'));
  const message = readResponse(await link.send(armedCall('echo', {}), callIo()));
  expect(Object.keys(message)).toEqual(['jsonrpc', 'id', 'result']);
});

test('refuses a message with a second id in any spelling, and the honest one still answers (security)', async () => {
  const { link, pool } = await linkTo(fakeServer('duplicate-id'));
  const message = readResponse(await link.send(armedCall('echo', {}), callIo()));
  expect(message.result).toEqual({ honest: true });
  expect(pool.logs('s').some((line) => line.text.includes('two contradicting members'))).toBe(true);
});

test('fails only the call whose answer is over the cap', async () => {
  const { link, pool } = await linkTo(fakeServer('huge-line'));
  const fault = await faultOf(link.send(armedCall('echo', {}), callIo()));
  expect(fault.kind).toBe('too_large');
  expect(pool.state('s').status).toBe('running');
  expect(await link.request('tools/list', {}, 5000)).toMatchObject({ tools: [{ name: 'echo' }] });
});

test('answers ping and refuses every other request of the server', async () => {
  const { link } = await linkTo(fakeServer('asks-back'));
  const message = readResponse(await link.send(armedCall('echo', {}), callIo()));
  expect(message.result).toMatchObject({
    replies: [
      { id: 'p1', result: {} },
      { id: 9, error: { code: -32601 } },
    ],
  });
});

test('gives progress back under the token the agent chose, and drops progress for tokens it did not give (security)', async () => {
  const { link } = await linkTo(fakeServer('progress'));
  const seen: unknown[] = [];
  const call = armedCall('echo', {}, { _meta: { progressToken: 'agent-token', 'vendor/x': 1 }, vendor: true });
  const response = await link.send(call, callIo({ onProgress: (params) => void seen.push(params) }));
  expect(seen).toEqual([{ progressToken: 'agent-token', progress: 1 }]);
  const sent = JSON.parse(readText(response)) as { _meta: Record<string, unknown>; vendor: boolean };
  expect(sent).toMatchObject({ vendor: true, _meta: { 'vendor/x': 1 } });
  expect(sent._meta.progressToken).not.toBe('agent-token');
});

test('sends no progress token when the agent gave none', async () => {
  const { link } = await linkTo(fakeServer('plain'));
  expect(readText(await link.send(armedCall('echo', {}), callIo()))).toBe('{"name":"echo","arguments":{}}');
});

test('tells the server when a call is cancelled or its time is over', async () => {
  const { link, pool } = await linkTo(fakeServer('never-answers'));
  const abort = new AbortController();
  const cancelled = faultOf(link.send(armedCall('echo', {}), callIo({ signal: abort.signal })));
  abort.abort();
  expect((await cancelled).kind).toBe('cancelled');
  expect((await faultOf(link.send(armedCall('echo', {}), callIo({ timeoutMs: 30 })))).kind).toBe('timeout');
  await vi.waitFor(
    () => expect(pool.logs('s').filter((line) => line.text.startsWith('cancelled '))).toHaveLength(2),
    eventually,
  );
});

test('a server that dies in a call fails it with its last lines, never with a secret (security)', async () => {
  const env = { SECRET_KEY: 'sk-live-0123456789abcdef' };
  const { link, pool, logged } = await linkTo(fakeServer('crashes-on-call', { env: { API_KEY: 'env:SECRET_KEY' } }), {
    env,
  });
  const fault = await faultOf(link.send(armedCall('echo', {}), callIo()));
  expect(fault.kind).toBe('exited');
  expect(fault.fault.message).toContain('exit code 7');
  expect(fault.fault.detail).toContain('the key is [secret]');
  expect(pool.state('s')).toMatchObject({ status: 'failing', pid: null, lastError: { code: 'exited' } });
  expect(JSON.stringify([fault.fault, pool.logs('s'), pool.state('s'), logged])).not.toContain(env.SECRET_KEY);
});

test('a child sees the allow-list and its own variables, nothing else of the host (security)', async () => {
  const env = { AWS_SECRET_ACCESS_KEY: 'hunter2hunter2', NODE_OPTIONS: '', LC_ALL: 'C', SECRET_KEY: 'resolved' };
  const { link } = await linkTo(fakeServer('tells-env', { env: { API_KEY: 'env:SECRET_KEY', PLAIN: 'b' } }), { env });
  const seen = JSON.parse(readText(await link.send(armedCall('echo', {}), callIo()))) as {
    env: Record<string, string>;
  };
  expect(Object.keys(seen.env).sort()).toEqual(['API_KEY', 'HOME', 'LC_ALL', 'PATH', 'PLAIN']);
  expect(seen.env).toMatchObject({ API_KEY: 'resolved', PLAIN: 'b' });
});

test('ends a server that ignores SIGTERM', async () => {
  const { link, pool } = await linkTo(fakeServer('ignores-sigterm'));
  await link.close();
  expect(isAlive(link.pid as number)).toBe(false);
  expect(pool.state('s').lastError).toBeNull();
}, 20_000);

test('ends what a server started together with the server', async () => {
  const pidFile = path.join(tempDir(), 'pid');
  const { link } = await linkTo(fakeServer('leaves-grandchild', { args: [pidFile] }));
  const grandchild = Number(readFileSync(pidFile, 'utf8'));
  expect(isAlive(grandchild)).toBe(true);
  await link.close();
  await vi.waitFor(() => expect(isAlive(grandchild)).toBe(false), eventually);
}, 20_000);
