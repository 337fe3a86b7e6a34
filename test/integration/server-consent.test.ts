import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { StdioTransport } from '../../electron/shared/index.ts';
import { fakeServer, type Harness, startEngine } from '../helpers/engine.ts';

const patient = { timeout: 30_000, interval: 50 };

function dataDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'scopegate-consent-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function start(dir: string): Promise<Harness> {
  const harness = await startEngine({ dir, undeclared: true });
  onTestFinished(() => harness.stop());
  return harness;
}

const honest = fakeServer('stdio-server.mjs', 'plain');

async function viewOf(harness: Harness) {
  const { servers } = await harness.call('snapshot', {});
  const view = servers.find(({ id }) => id === 's');
  if (!view) throw new Error('no server');
  return view;
}

async function addServer(harness: Harness): Promise<void> {
  await harness.call('servers.add', { id: 's', name: 'S', transport: honest, trusted: false });
  await vi.waitFor(async () => expect((await viewOf(harness)).status).toBe('running'), patient);
}

/** Somebody with access to the file changes the database while ScopeGate does not run. */
function tamper(dir: string, sql: string, ...values: (string | null)[]): void {
  const db = new Database(join(dir, 'scopegate.db'));
  expect(db.prepare(sql).run(...values).changes).toBe(1);
  db.close();
}

function evilTransport(mark: string): StdioTransport {
  const args = ['-e', `require('node:fs').writeFileSync(${JSON.stringify(mark)}, 'ran')`];
  return { kind: 'stdio', command: process.execPath, args, cwd: null, env: {} };
}

async function refusesToStart(harness: Harness): Promise<void> {
  expect((await viewOf(harness)).lastError?.code).toBe('consent');
  await harness.call('servers.restart', { id: 's' });
  expect(await viewOf(harness)).toMatchObject({ status: 'failing', pid: null, lastError: { code: 'consent' } });
}

test('a command changed in the database does not start, until a person has looked and accepted it (security)', async () => {
  const dir = dataDir();
  const mark = join(dir, 'mark');
  const first = await start(dir);
  await addServer(first);
  await first.engine.stop();
  tamper(dir, 'UPDATE servers SET transport = ? WHERE id = ?', JSON.stringify(evilTransport(mark)), 's');
  const second = await start(dir);
  await refusesToStart(second);
  expect(existsSync(mark)).toBe(false);

  const shown = await second.call('launch.describe', { id: 's', transport: honest });
  await expect(second.call('launch.accept', { id: 's', hash: shown.hash })).rejects.toThrow('changed while');
  const { hash, accepted } = await second.call('launch.describe', { id: 's', transport: evilTransport(mark) });
  expect(accepted).toBe(false);
  await second.call('launch.accept', { id: 's', hash });
  await vi.waitFor(() => expect(existsSync(mark)).toBe(true), patient);
});

test.each([
  ['an old seal under a new sandbox', "UPDATE server_launch SET sandbox = NULL WHERE server_id = 's'"],
  ['a seal somebody made up', `UPDATE server_launch SET seal = '${'0'.repeat(64)}' WHERE server_id = 's'`],
  ['no row at all', "DELETE FROM server_launch WHERE server_id = 's'"],
])('%s accepts nothing (security)', async (_name, sql) => {
  const dir = dataDir();
  const first = await start(dir);
  await addServer(first);
  await first.call('launch.setSandbox', { id: 's', sandbox: { network: false, read: [], write: [] } });
  await first.engine.stop();
  tamper(dir, sql);
  await refusesToStart(await start(dir));
});

test('a changed command is saved only with the hash of what was shown (security)', async () => {
  const dir = dataDir();
  const harness = await start(dir);
  await addServer(harness);
  const transport = fakeServer('stdio-server.mjs', 'banner');
  await expect(harness.call('servers.update', { id: 's', transport })).rejects.toThrow('not confirmed');
  const other = await harness.call('launch.describe', { id: 's', transport: evilTransport('x') });
  await expect(harness.call('servers.update', { id: 's', transport, consent: other.hash })).rejects.toThrow();
  expect((await viewOf(harness)).transport).toEqual(honest);
  const { hash } = await harness.call('launch.describe', { id: 's', transport });
  await harness.call('servers.update', { id: 's', transport, consent: hash });
  await vi.waitFor(async () => {
    expect(await viewOf(harness)).toMatchObject({ transport, lastError: null });
  }, patient);
  await harness.engine.stop();
  const again = await start(dir);
  expect((await viewOf(again)).lastError).toBeNull();
});

test('saving something else with the same command accepts nothing (security)', async () => {
  const dir = dataDir();
  const first = await start(dir);
  await addServer(first);
  await first.engine.stop();
  const evil = evilTransport(join(dir, 'mark'));
  tamper(dir, 'UPDATE servers SET transport = ? WHERE id = ?', JSON.stringify(evil), 's');
  const second = await start(dir);
  await second.call('servers.update', { id: 's', name: 'Other', transport: evil });
  await refusesToStart(second);
});

test('what a server costs and how it went is told when somebody asks', async () => {
  const harness = await start(dataDir());
  await addServer(harness);
  // A program is in the book a moment after it runs.
  const usage = await vi.waitFor(async () => {
    const found = await harness.call('launch.usage', { id: 's' });
    expect(found.processes).toHaveLength(1);
    return found;
  }, patient);
  expect(usage).toMatchObject({ starts: 1, failures: 0, lastEnd: null, unmeasured: null, retryAt: null });
  expect(usage.idleStopAt).toBeGreaterThan(Date.now());
  expect(usage.processes[0]?.memoryBytes).toBeGreaterThan(10_000_000);
  process.kill(usage.processes[0]?.pid ?? 0, 'SIGKILL');
  await vi.waitFor(async () => {
    const after = await harness.call('launch.usage', { id: 's' });
    expect(after).toMatchObject({ failures: 1, processes: [], lastEnd: { isFault: true } });
    expect(after.lastEnd?.reason).toContain('SIGKILL');
  }, patient);
  await harness.call('servers.restart', { id: 's' });
  expect(await harness.call('launch.usage', { id: 's' })).toMatchObject({ starts: 2 });
  await harness.call('servers.setEnabled', { id: 's', enabled: false });
  await vi.waitFor(async () => {
    const { lastEnd } = await harness.call('launch.usage', { id: 's' });
    expect(lastEnd).toMatchObject({ isFault: false, reason: 'The server was switched off.' });
  }, patient);
});

test.each([
  'http://mcp.acme.example/mcp',
  'http://127.0.0.1@mcp.acme.example/mcp',
  'http://localhost.acme.example/mcp',
  'http:mcp.acme.example/mcp',
])('%s is not encrypted and leads elsewhere: added only after it was confirmed (security)', async (url) => {
  const harness = await start(dataDir());
  const draft = { id: 'far', name: 'Far', transport: { kind: 'http' as const, url, headers: {} }, trusted: false };
  await expect(harness.call('servers.add', draft)).rejects.toThrow();
  expect((await harness.call('snapshot', {})).servers).toEqual([]);
});

test('an address that is not encrypted is added with the hash of what was shown', async () => {
  const harness = await start(dataDir());
  const transport = { kind: 'http' as const, url: 'http://mcp.invalid/mcp', headers: {} };
  const { hash, warnings } = await harness.call('launch.describe', { id: null, transport });
  expect(warnings.join(' ')).toContain('Plain http');
  const draft = { id: 'far', name: 'Far', transport, trusted: false };
  expect(await harness.call('servers.add', { ...draft, consent: hash })).toMatchObject({ id: 'far' });
  const here = { kind: 'http' as const, url: 'http://127.0.0.1:9/mcp', headers: {} };
  await harness.call('servers.add', { id: 'near', name: 'Near', transport: here, trusted: false });
});
