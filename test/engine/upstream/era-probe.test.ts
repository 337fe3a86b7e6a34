import path from 'node:path';
import { expect, test } from 'vitest';
import { judgeDiscovery } from '../../../electron/engine/upstream/era-probe.ts';
import { createFaultMaker } from '../../../electron/engine/upstream/faults.ts';
import { createRedactor } from '../../../electron/engine/upstream/redactor.ts';
import { createEchoGuard } from '../../../electron/engine/wire/echo-guard.ts';
import type { Transport } from '../../../electron/shared/index.ts';
import { startFakeHttpServer } from '../../fakes/http-server.ts';
import { startModernHttp } from '../../fakes/modern-http.ts';
import { armedCall, callIo, fakeServer, faultOf, never, readText, rootDir, startPool } from './support.ts';

const makeFault = createFaultMaker(() => 0, createRedactor(createEchoGuard()));
const discovery = (versions: string[]) => ({
  result: { supportedVersions: versions, capabilities: {}, resultType: 'complete' },
});
const error = (code: number, data?: object) => ({ error: { code, message: 'x', data } });

// Rows of the probe order: what a server answers to server/discover, over HTTP with which status, and what it is then.
test.each([
  ['a DiscoverResult with our version', discovery(['2026-07-28']), 200, 'modern'],
  ['a DiscoverResult with ours among others', discovery(['2025-11-25', '2026-07-28']), null, 'modern'],
  ['a DiscoverResult of legacy versions only', discovery(['2025-11-25']), 200, 'legacy'],
  ['a DiscoverResult of unknown versions only', discovery(['2030-01-01']), 200, 'fault'],
  ['a result that is none', { result: {} }, 200, 'legacy'],
  ['-32022 that names legacy versions', error(-32022, { supported: ['2025-11-25'] }), 400, 'legacy'],
  ['-32022 that names unknown versions', error(-32022, { supported: ['2030-01-01'] }), 400, 'fault'],
  ['-32022 on stdio that names unknown versions', error(-32022, { supported: ['2030-01-01'] }), null, 'fault'],
  ['-32022 that names nothing', error(-32022), 400, 'legacy'],
  ['-32021 with status 400', error(-32021), 400, 'modern'],
  ['-32020 with status 400', error(-32020), 400, 'fault'],
  ['-32601 with status 404', error(-32601), 404, 'modern'],
  ['-32601 with status 200', error(-32601), 200, 'legacy'],
  ['-32601 on stdio', error(-32601), null, 'legacy'],
  ['-32602 on stdio', error(-32602), null, 'legacy'],
  ['-32000 with status 400 (no session)', error(-32000), 400, 'legacy'],
] as const)('%s → %s', (_name, message, status, kind) => {
  const bytes = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }));
  const has = 'result' in message ? 'result' : 'error';
  expect(judgeDiscovery({ bytes, idStart: 0, idEnd: 0, has }, status, makeFault).kind).toBe(kind);
});

function start(transport: Transport, change: Parameters<typeof startPool>[0] = {}) {
  const started = startPool(change);
  started.pool.configure({ id: 's', transport, enabled: true });
  return started;
}

const echo = async (pool: ReturnType<typeof startPool>['pool']) => {
  const link = await pool.link('s', never);
  return readText(await link.send(armedCall('echo', {}), callIo()));
};

test('a server that exits over discovery is started again and greeted the old way, once', async () => {
  const { pool, eras } = start(fakeServer('exits-over-discover'));
  expect(await echo(pool)).toContain('echo');
  expect(eras.get('s')).toBe('legacy');
  expect(pool.state('s')).toMatchObject({ status: 'running', era: 'legacy', lastError: null });
  await pool.restart('s');
  expect(await echo(pool)).toContain('echo');
});

test('a server that is silent to discovery is greeted the old way', async () => {
  const { pool, eras } = start(fakeServer('silent-to-discover'), { timings: { initializeMs: 2000 } });
  expect(await echo(pool)).toContain('echo');
  expect(eras.get('s')).toBe('legacy');
});

test('a modern server that is slow to answer is not taken for a legacy one', async () => {
  const args = [path.join(rootDir, 'test/fakes/modern-server.ts'), '1600'];
  const transport: Transport = { kind: 'stdio', command: process.execPath, args, cwd: null, env: {} };
  const { pool, eras } = start(transport, { timings: { initializeMs: 3000 } });
  const link = await pool.link('s', never);
  expect(link.era).toBe('modern');
  expect(eras.get('s')).toBe('modern');
  // It was asked for a legacy session meanwhile, so a fresh process serves the calls.
  expect(pool.logs('s').filter((line) => line.text.startsWith('got server/discover'))).toHaveLength(2);
  expect(pool.logs('s').filter((line) => line.text.startsWith('got initialize'))).toHaveLength(1);
});

test('silence alone is an outage and no verdict', async () => {
  const { pool, eras } = start(fakeServer('hangs'), { timings: { initializeMs: 200 } });
  expect((await faultOf(pool.link('s', never))).kind).toBe('timeout');
  expect(eras.size).toBe(0);
});

test('a known legacy server is greeted at once, and probed again after a day', async () => {
  const server = await startFakeHttpServer();
  const { pool, clock } = start({ kind: 'http', url: server.url, headers: {} });
  await echo(pool);
  expect(server.posted('server/discover')).toHaveLength(1);
  await pool.restart('s');
  await echo(pool);
  expect(server.posted('server/discover')).toHaveLength(1);
  expect(server.posted('initialize')).toHaveLength(2);
  clock.ms += 24 * 60 * 60_000 + 1;
  await pool.restart('s');
  expect(server.posted('server/discover')).toHaveLength(2);
});

test('another configuration is probed whatever was known of the one before', async () => {
  const [before, after] = [await startFakeHttpServer(), await startModernHttp()];
  const eras = new Map();
  const { pool, ports } = start({ kind: 'http', url: before.url, headers: {} }, { eras });
  const hashes = new Set<string>();
  ports.eras.set = (_id, hash) => void hashes.add(hash);
  ports.eras.get = () => null;
  await pool.link('s', never);
  pool.configure({ id: 's', transport: { kind: 'http', url: after.url, headers: {} }, enabled: true });
  expect((await pool.link('s', never)).era).toBe('modern');
  expect(hashes.size).toBe(2);
});

test('a legacy server that became modern is found out at its next start, and the other way round', async () => {
  const modern = await startModernHttp();
  const up = start({ kind: 'http', url: modern.url, headers: {} }, { eras: new Map([['s', 'legacy' as const]]) });
  const link = await up.pool.link('s', never, { agentId: 'a', capabilities: { roots: {} } });
  expect(link.era).toBe('modern');
  expect(up.eras.get('s')).toBe('modern');

  const legacy = await startFakeHttpServer();
  const down = start({ kind: 'http', url: legacy.url, headers: {} }, { eras: new Map([['s', 'modern' as const]]) });
  expect((await down.pool.link('s', never)).era).toBe('legacy');
  expect(down.eras.get('s')).toBe('legacy');
});

test.each([401, 403, 429, 500, 503, 307])(
  'status %i says nothing of the era: no handshake, no verdict',
  async (status) => {
    const server = await startFakeHttpServer((_request, response) => {
      response.writeHead(status).end();
      return true;
    });
    const { pool, eras } = start({ kind: 'http', url: server.url, headers: {} });
    expect((await faultOf(pool.link('s', never))).kind).toBe('http_status');
    expect(server.seen).toHaveLength(1);
    expect(eras.size).toBe(0);
  },
);

test('a test of a connection reports the era', async () => {
  const modern = await startModernHttp();
  const { pool } = startPool();
  const tested = await pool.test({ kind: 'http', url: modern.url, headers: {} }, never);
  expect(tested).toMatchObject({ ok: true, era: 'modern', protocolVersion: '2026-07-28', tools: [{ name: 'echo' }] });
  expect(await pool.test(fakeServer('plain'), never)).toMatchObject({ ok: true, era: 'legacy' });
});
