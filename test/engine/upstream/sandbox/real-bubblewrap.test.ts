import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { probeSandbox } from '../../../../electron/engine/upstream/sandbox/probe-sandbox.ts';
import type { Sandbox, Transport } from '../../../../electron/shared/index.ts';
import { armedCall, callIo, faultOf, never, readText, rootDir, startPool, tempDir } from '../support.ts';

/** A bwrap outside PATH can be named, so that machines without the package can run this too. */
const env = { PATH: [process.env.SCOPEGATE_BWRAP_DIR, process.env.PATH].filter(Boolean).join(path.delimiter) };
const support = await probeSandbox(env);
const canRun = support.available && support.kind === 'bubblewrap';
const whyNot = support.available ? 'this machine has another kind of sandbox' : support.reason;

interface Scene {
  pry(what: string, on?: string): Promise<string>;
  home: string;
  docs: string;
  work: string;
  dataDir: string;
}

/** A server in its sandbox, in a home with a secret, a folder to read and one to write. */
async function startHeld(change: Partial<Sandbox> = {}): Promise<Scene> {
  const home = realpathSync(tempDir());
  const dataDir = realpathSync(tempDir());
  const docs = path.join(home, 'docs');
  const work = path.join(home, 'work');
  for (const folder of [docs, work, path.join(home, '.ssh')]) mkdirSync(folder);
  writeFileSync(path.join(home, '.ssh', 'id_ed25519'), 'the private key');
  writeFileSync(path.join(docs, 'note.txt'), 'a note');
  writeFileSync(path.join(dataDir, 'scopegate.db'), 'the audit log');
  const sandbox: Sandbox = { network: false, read: ['~/docs'], write: [work], ...change };
  const launch = { refusalOf: () => null, sandboxOf: () => sandbox };
  const { pool } = startPool({ dataDir, env: { ...env, HOME: home }, launch });
  pool.configure({ id: 's', transport: pryingServer(), enabled: true });
  const link = await pool.link('s', never);
  const pry = async (what: string, on = '') => readText(await link.send(armedCall('pry', { what, on }), callIo()));
  return { pry, home, docs, work, dataDir };
}

function pryingServer(): Transport {
  const args = [path.join(rootDir, 'test/fakes/prying-server.mjs')];
  return { kind: 'stdio', command: process.execPath, args, cwd: null, env: {} };
}

describe('a server held by bubblewrap', () => {
  beforeEach((context) => context.skip(!canRun, `no bubblewrap: ${whyNot}`));

  let port = 0;
  beforeAll(async () => {
    const listener = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    port = (listener.address() as { port: number }).port;
    return () => listener.close();
  });

  test('it reads and writes what is listed, and nothing else of the home (security)', async () => {
    const { pry, home, docs, work, dataDir } = await startHeld();
    expect(await pry('read', path.join(docs, 'note.txt'))).toBe('a note');
    expect(await pry('write', path.join(docs, 'note.txt'))).toBe('failed: EROFS');
    expect(await pry('write', path.join(work, 'new.txt'))).toBe('written');
    expect(readFileSync(path.join(work, 'new.txt'), 'utf8')).toBe('written');
    expect(await pry('read', path.join(home, '.ssh', 'id_ed25519'))).toBe('failed: ENOENT');
    expect(await pry('list', home)).toBe('docs,work');
    expect(await pry('read', path.join(dataDir, 'scopegate.db'))).toBe('failed: ENOENT');
    expect(await pry('write', '/etc/owned')).toMatch(/^failed: E(ROFS|ACCES)$/);
  });

  test('its home is a folder of its own, which stays', async () => {
    const { pry, dataDir } = await startHeld();
    const own = path.join(dataDir, 'servers', 's');
    expect(await pry('home')).toBe(own);
    expect(await pry('write', path.join(own, 'cache'))).toBe('written');
    expect(readFileSync(path.join(own, 'cache'), 'utf8')).toBe('written');
  });

  test('without the network it reaches nothing, not even this computer; with it, it does (security)', async () => {
    const off = await startHeld();
    expect(await off.pry('connect', String(port))).toMatch(/^failed: /);
    const on = await startHeld({ network: true });
    expect(await on.pry('connect', String(port))).toBe('connected');
  });

  test('it sees no process but its own (security)', async () => {
    const { pry } = await startHeld();
    expect(Number(await pry('processes'))).toBeLessThanOrEqual(3);
  });

  test('a program unpacked from a bundle starts, though the data folder around it is hidden (security)', async () => {
    const home = realpathSync(tempDir());
    const dataDir = realpathSync(tempDir());
    const bundle = path.join(dataDir, 'bundles', 'abc');
    mkdirSync(bundle, { recursive: true });
    writeFileSync(path.join(bundle, 'manifest.json'), '{}');
    writeFileSync(path.join(bundle, 'index.mjs'), readFileSync(path.join(rootDir, 'test/fakes/prying-server.mjs')));
    writeFileSync(path.join(dataDir, 'scopegate.db'), 'the audit log');
    const launch = { refusalOf: () => null, sandboxOf: () => ({ network: false, read: [], write: [] }) };
    const { pool } = startPool({ dataDir, env: { ...env, HOME: home }, launch });
    const transport: Transport = {
      kind: 'stdio',
      command: process.execPath,
      args: ['index.mjs'],
      cwd: bundle,
      env: {},
    };
    pool.configure({ id: 's', transport, enabled: true });
    const link = await pool.link('s', never);
    const pry = async (what: string, on: string) => readText(await link.send(armedCall('pry', { what, on }), callIo()));
    expect(await pry('list', dataDir)).toBe('bundles,servers');
    expect(await pry('write', path.join(bundle, 'index.mjs'))).toBe('failed: EROFS');
  });

  test.each([
    ['a folder that does not exist', (home: string) => [path.join(home, 'missing')], /does not exist/],
    ["a folder around ScopeGate's own data", () => ['/tmp'], /own data/],
  ])('%s on the list: it does not start (security)', async (_name, list, words) => {
    const home = realpathSync(tempDir());
    const launch = { refusalOf: () => null, sandboxOf: () => ({ network: false, read: [], write: list(home) }) };
    const { pool } = startPool({ env: { ...env, HOME: home }, launch });
    pool.configure({ id: 's', transport: pryingServer(), enabled: true });
    const fault = await faultOf(pool.link('s', never));
    expect(fault.kind).toBe('sandbox');
    expect(fault.fault.message).toMatch(words);
    expect(pool.children('s')).toEqual([]);
  });
});

test('a sandbox that cannot be made: the server does not start, and it says why (security)', async () => {
  const home = tempDir();
  const launch = { refusalOf: () => null, sandboxOf: () => ({ network: true, read: [], write: [] }) };
  const fake = tempDir();
  writeFileSync(
    path.join(fake, 'bwrap'),
    '#!/bin/sh\necho "bwrap: No permissions to create a new namespace" >&2\nexit 1\n',
    {
      mode: 0o755,
    },
  );
  const { pool } = startPool({ env: { PATH: `${fake}:${process.env.PATH}`, HOME: home }, launch });
  onTestFinished(() => pool.close());
  pool.configure({ id: 's', transport: pryingServer(), enabled: true });
  const fault = await faultOf(pool.link('s', never));
  expect(fault.kind).toBe('sandbox');
  expect(fault.fault.message).toContain('was not started');
  expect(pool.children('s')).toEqual([]);
});
