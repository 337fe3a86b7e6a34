import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createChildRegistry } from '../../../electron/engine/upstream/child-registry.ts';
import { fakeServer, isAlive, never, rootDir, startPool, tempDir } from './support.ts';

const eventually = { timeout: 15_000, interval: 20 };
const log = { info: () => {}, warn: () => {}, error: () => {} };

function bystander(): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(()=>{},1000)'], { detached: true, stdio: 'ignore' });
  const pid = child.pid as number;
  onTestFinished(() => void child.kill('SIGKILL'));
  return pid;
}

test('a server that a killed host left behind is ended at the next start', async () => {
  const dataDir = tempDir();
  const host = spawn(process.execPath, [path.join(rootDir, 'test/fakes/pool-host.ts'), dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(host.stdout, 'data')) as [Buffer];
  const orphan = Number(line.toString());
  host.kill('SIGKILL');
  await once(host, 'exit');
  expect(isAlive(orphan)).toBe(true);
  const { pool } = startPool({ dataDir });
  pool.configure({ id: 's', transport: fakeServer('plain'), enabled: true });
  await pool.link('s', never);
  await vi.waitFor(() => expect(isAlive(orphan)).toBe(false), eventually);
}, 30_000);

test('the list of children is private, and empty again after a clean end', async () => {
  const { pool, ports } = startPool();
  const file = path.join(ports.dataDir, 'children.json');
  pool.configure({ id: 's', transport: fakeServer('plain'), enabled: true });
  const link = await pool.link('s', never);
  await vi.waitFor(() => expect(readFileSync(file, 'utf8')).toContain(`"pid":${link.pid}`), eventually);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await pool.close();
  expect(readFileSync(file, 'utf8')).toBe('[]');
});

test.each([
  ['start time', { exact: 'another-boot:1' }],
  ['command', { words: ['some-other-program'] }],
])('a process that got the number later, by its %s, is left alone (security)', async (_what, change) => {
  const dataDir = tempDir();
  const pid = bystander();
  await createChildRegistry(dataDir, log).record(pid, 's', [process.execPath]);
  const file = path.join(dataDir, 'children.json');
  const [record] = JSON.parse(readFileSync(file, 'utf8')) as object[];
  writeFileSync(file, JSON.stringify([{ ...record, ...change }]));
  expect(await createChildRegistry(dataDir, log).reap()).toBe(0);
  expect(isAlive(pid)).toBe(true);
  writeFileSync(file, JSON.stringify([record]));
  expect(await createChildRegistry(dataDir, log).reap()).toBe(1);
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), eventually);
});

test('a damaged list of children stops nothing', async () => {
  const dataDir = tempDir();
  writeFileSync(path.join(dataDir, 'children.json'), '[{"pid":1},{"pid":"x"},null,');
  expect(await createChildRegistry(dataDir, log).reap()).toBe(0);
});
