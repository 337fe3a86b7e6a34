import { expect, test, vi } from 'vitest';
import { noCredentials } from '../../../electron/engine/arming.ts';
import type { Transport } from '../../../electron/shared/index.ts';
import {
  armedCall,
  callIo,
  fakeServer,
  faultOf,
  isAlive,
  never,
  readText,
  realServer,
  startPool,
  type TestPool,
  tempDir,
} from './support.ts';

const eventually = { timeout: 15_000, interval: 20 };

function stdio(command: string, change: Partial<Extract<Transport, { kind: 'stdio' }>> = {}): Transport {
  return { kind: 'stdio', command, args: [], cwd: null, env: {}, ...change };
}

async function failedStart(transport: Transport, change: Parameters<typeof startPool>[0] = {}) {
  const { pool } = startPool(change);
  pool.configure({ id: 's', transport, enabled: true });
  const fault = await faultOf(pool.link('s', never));
  expect(pool.state('s')).toMatchObject({ status: 'failing', lastError: { code: fault.kind } });
  return fault.fault;
}

test('runs the reference servers: everything, filesystem and memory', async () => {
  const { pool, changed } = startPool();
  const folder = tempDir();
  pool.configure({ id: 'everything', transport: realServer('mcp-server-everything'), enabled: true });
  pool.configure({ id: 'files', transport: realServer('mcp-server-filesystem', [folder]), enabled: true });
  pool.configure({ id: 'memory', transport: realServer('mcp-server-memory'), enabled: true });
  const [everything, files, memory] = await Promise.all(
    ['everything', 'files', 'memory'].map((id) => pool.listTools(id, never)),
  );
  expect(everything?.map((tool) => tool.name)).toContain('echo');
  expect(files?.map((tool) => tool.name)).toContain('read_file');
  expect(memory?.map((tool) => tool.name)).toContain('create_entities');
  const link = await pool.link('everything', never);
  expect(readText(await link.send(armedCall('echo', { message: 'hi' }), callIo()))).toBe('Echo: hi');
  const progress: unknown[] = [];
  const call = armedCall('trigger-long-running-operation', { duration: 1, steps: 2 }, { _meta: { progressToken: 7 } });
  await link.send(call, callIo({ onProgress: (params) => void progress.push(params.progressToken) }));
  expect(progress).toEqual([7, 7]);
  expect(changed).toEqual(expect.arrayContaining(['everything', 'files', 'memory']));
}, 60_000);

test('names what was searched when the program is missing', async () => {
  const fault = await failedStart(stdio('no-such-program-anywhere'), { env: { SHELL: '/bin/sh' } });
  expect(fault).toMatchObject({ code: 'not_found', message: 'The program "no-such-program-anywhere" was not found.' });
  expect(fault.detail).toContain('/usr/bin');
});

test('names a missing working folder instead of blaming the program', async () => {
  const fault = await failedStart(stdio(process.execPath, { cwd: '/no/such/folder' }));
  expect(fault).toMatchObject({ code: 'not_found', message: 'The working folder /no/such/folder does not exist.' });
});

test('says how a server ended that crashed at once, with its last lines', async () => {
  const fault = await failedStart(fakeServer('exits-at-once'));
  expect(fault).toMatchObject({ code: 'exited', detail: 'boom: no configuration' });
  expect(fault.message).toContain('exit code 3');
});

test('recognises a program that prints text instead of MCP', async () => {
  const fault = await failedStart(fakeServer('prints-garbage'), { timings: { initializeMs: 20_000 } });
  expect(fault.code).toBe('garbage');
  expect(fault.detail).toContain('I am a web server');
}, 30_000);

test('gives up on a server that hangs and leaves no process', async () => {
  const { pool } = startPool({ timings: { initializeMs: 300 } });
  pool.configure({ id: 's', transport: fakeServer('hangs'), enabled: true });
  expect((await faultOf(pool.link('s', never))).kind).toBe('timeout');
  expect(pool.state('s').pid).toBeNull();
});

test('names the reference that has no value, and starts nothing (security)', async () => {
  const fault = await failedStart(fakeServer('plain', { env: { KEY: 'env:NOT_SET_ANYWHERE' } }));
  expect(fault).toMatchObject({ code: 'secret', message: 'The reference env:NOT_SET_ANYWHERE has no value.' });
});

test('a broken server leaves the others alone', async () => {
  const { pool } = startPool({ timings: { initializeMs: 5000 } });
  pool.configure({ id: 'hangs', transport: fakeServer('hangs'), enabled: true });
  pool.configure({ id: 'crashes', transport: fakeServer('exits-at-once'), enabled: true });
  pool.configure({ id: 'good', transport: fakeServer('plain'), enabled: true });
  const hanging = faultOf(pool.link('hangs', never));
  const crashing = faultOf(pool.link('crashes', never));
  const link = await pool.link('good', never);
  expect(readText(await link.send(armedCall('echo', {}), callIo()))).toContain('echo');
  expect((await crashing).kind).toBe('exited');
  expect((await hanging).kind).toBe('timeout');
  expect(pool.state('good').status).toBe('running');
}, 20_000);

test('starts a server once for callers that come together', async () => {
  const { pool } = startPool();
  pool.configure({ id: 's', transport: fakeServer('plain'), enabled: true });
  const [a, b] = await Promise.all([pool.link('s', never), pool.link('s', never)]);
  expect(a).toBe(b);
});

test('a caller that gives up does not stop the start for the others', async () => {
  const { pool } = startPool();
  pool.configure({ id: 's', transport: fakeServer('plain'), enabled: true });
  const abort = new AbortController();
  const impatient = faultOf(pool.link('s', abort.signal));
  const patient = pool.link('s', never);
  abort.abort();
  expect((await impatient).kind).toBe('cancelled');
  expect((await patient).hello.serverInfo.name).toBe('plain');
});

test('waits before it starts a crashing server again, but not when a person asks', async () => {
  const { pool, clock } = startPool();
  pool.configure({ id: 's', transport: fakeServer('exits-at-once'), enabled: true });
  for (let i = 0; i < 2; i++) expect((await faultOf(pool.link('s', never))).fault.message).not.toContain('Next try');
  expect((await faultOf(pool.link('s', never))).fault.message).toContain('Next try in 1 s');
  clock.ms += 1000;
  expect((await faultOf(pool.link('s', never))).fault.message).not.toContain('Next try');
  const before = pool.logs('s').length;
  await pool.restart('s');
  expect(
    pool
      .logs('s')
      .slice(before)
      .map((line) => line.text),
  ).toContain('boom: no configuration');
});

test('stops an idle server, never one that is held, and starts it again with the next call', async () => {
  const { pool } = startPool({ timings: { idleMs: 100 } });
  pool.configure({ id: 's', transport: fakeServer('plain'), enabled: true });
  const release = pool.hold('s');
  const link = await pool.link('s', never);
  const slow = startPool({ timings: { idleMs: 100 } });
  slow.pool.configure({ id: 'other', transport: fakeServer('plain'), enabled: true });
  await slow.pool.link('other', never);
  await vi.waitFor(() => expect(slow.pool.state('other').status).toBe('idle'), eventually);
  expect(pool.state('s').status).toBe('running');
  release();
  await vi.waitFor(() => expect(pool.state('s')).toMatchObject({ status: 'idle', pid: null }), eventually);
  const next = await pool.link('s', never);
  expect(next.pid).not.toBe(link.pid);
  expect(isAlive(link.pid as number)).toBe(false);
}, 30_000);

test('switching a server off ends its process and refuses its calls', async () => {
  const { pool } = startPool();
  pool.configure({ id: 's', transport: fakeServer('plain'), enabled: true });
  const link = await pool.link('s', never);
  pool.configure({ id: 's', transport: fakeServer('plain'), enabled: false });
  expect(pool.state('s').status).toBe('off');
  expect((await faultOf(link.send(armedCall('echo', {}), callIo()))).kind).toBe('exited');
  expect((await faultOf(pool.link('s', never))).fault.message).toBe('This server is switched off.');
  await vi.waitFor(() => expect(isAlive(link.pid as number)).toBe(false), eventually);
});

test('reads all pages of tools within the limits, and leaves a loop of cursors', async () => {
  const { pool } = startPool();
  pool.configure({ id: 'many', transport: fakeServer('many-tools'), enabled: true });
  pool.configure({ id: 'loop', transport: fakeServer('cursor-loop'), enabled: true });
  const tools = await pool.listTools('many', never);
  expect(tools).toHaveLength(1024);
  expect(tools[0]?.name).toBe('t1');
  expect(pool.logs('many').map((line) => line.text)).toContain(
    'Left out the tool "t0": its definition is larger than 128 KiB.',
  );
  expect((await faultOf(pool.listTools('loop', never))).fault.message).toContain('have no end');
});

test('tests a connection with timing and leaves nothing running', async () => {
  const { pool } = startPool();
  const good = await pool.test(fakeServer('plain'), never);
  expect(good).toMatchObject({
    ok: true,
    fault: null,
    protocolVersion: '2024-11-05',
    tools: [{ name: 'echo', description: null }],
  });
  expect(good.steps.map((step) => step.name)).toEqual(['start', 'initialize', 'tools/list']);
  const bad = await pool.test(fakeServer('exits-at-once'), never);
  expect(bad).toMatchObject({ ok: false, fault: { code: 'exited' }, tools: [] });
  expect(bad.steps.map((step) => step.ok)).toEqual([true, false]);
});

test.each([
  ['the vault is locked', (pool: TestPool['pool']) => pool.endArmed()],
  [
    'the server is switched off',
    (pool: TestPool['pool']) => pool.configure({ id: 's', transport: fakeServer('never-answers'), enabled: false }),
  ],
])(
  'ends a program that still has a replaced credential and a call to finish when %s (security)',
  async (_when, end) => {
    let version = 1;
    const credentials = () => ({ ...noCredentials, key: 'binding', processKey: () => `binding@${version}` });
    const { pool } = startPool({ credentials });
    pool.configure({ id: 's', transport: fakeServer('never-answers'), enabled: true });
    const link = await pool.link('s', never);
    const { pid } = pool.state('s');
    const call = faultOf(link.send(armedCall('echo', {}), callIo()));
    version = 2;
    pool.credentialsChanged('s');
    expect(isAlive(pid ?? 0)).toBe(true);
    end(pool);
    expect((await call).kind).toBe('exited');
    await vi.waitFor(() => expect(isAlive(pid ?? 0)).toBe(false), eventually);
  },
);
