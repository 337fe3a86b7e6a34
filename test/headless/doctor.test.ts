import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkDataDir } from '../../electron/headless/doctor/data-checks.ts';
import { checkGateway } from '../../electron/headless/doctor/gateway-checks.ts';
import {
  checkDatabaseAddon,
  checkElectron,
  checkNode,
  checkPrograms,
  checkRenderer,
} from '../../electron/headless/doctor/machine-checks.ts';

let folder = '';
const servers: Server[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'doctor-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listen(answer: Parameters<typeof createServer>[1]): Promise<number> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

describe('the doctor looks at the machine', () => {
  it('knows which Node is too old', () => {
    expect(checkNode('24.21.0').status).toBe('ok');
    expect(checkNode('22.18.0').status).toBe('ok');
    expect(checkNode('22.17.1')).toMatchObject({ status: 'fail', next: expect.stringContaining('22.18') });
    expect(checkNode('20.19.0').status).toBe('fail');
  });

  it('loads the database addon', async () => {
    expect(await checkDatabaseAddon()).toMatchObject({ status: 'ok', found: expect.stringContaining('SQLite') });
  });

  it('says which programs are missing and what that breaks', async () => {
    const bin = path.join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(path.join(bin, 'node'), '#!/bin/sh\n', { mode: 0o755 });
    const [node] = await checkPrograms({ PATH: bin, TERM: 'dumb', HOME: folder, SHELL: '/bin/false' });
    expect(node).toMatchObject({ status: 'ok', found: path.join(bin, 'node') });
  });

  it('sees a renderer and an Electron runtime that are not there', () => {
    expect(checkRenderer(folder)).toMatchObject({ status: 'warn', next: expect.stringContaining('npm run build') });
    writeFileSync(path.join(folder, 'index.html'), '');
    expect(checkRenderer(folder).status).toBe('ok');
    expect(checkElectron({}, folder).status).toBe('warn');
    const electron = path.join(folder, 'node_modules', 'electron', 'dist');
    mkdirSync(electron, { recursive: true });
    writeFileSync(path.join(electron, '..', 'path.txt'), 'electron');
    expect(checkElectron({}, folder).status).toBe('warn');
    writeFileSync(path.join(electron, 'electron'), '');
    expect(checkElectron({}, folder).status).toBe('ok');
  });
});

describe('the doctor looks at the data folder', () => {
  it('accepts one that is not made yet, and makes none', async () => {
    expect(await checkDataDir(path.join(folder, 'none'))).toMatchObject([{ status: 'ok' }]);
    expect(await checkDataDir(path.join(folder, 'none'))).toHaveLength(1);
  });

  it('names what other users could read (security)', async () => {
    chmodSync(folder, 0o755);
    expect((await checkDataDir(folder))[0]).toMatchObject({ status: 'warn', next: `Run: chmod 700 "${folder}"` });
    chmodSync(folder, 0o700);
    writeFileSync(path.join(folder, 'scopegate.db'), '', { mode: 0o644 });
    expect((await checkDataDir(folder))[0]).toMatchObject({
      status: 'warn',
      found: expect.stringContaining('scopegate.db'),
    });
    chmodSync(path.join(folder, 'scopegate.db'), 0o600);
    expect((await checkDataDir(folder))[0]).toMatchObject({ status: 'ok' });
  });

  it('refuses what is no folder', async () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    expect(await checkDataDir(file)).toMatchObject([{ status: 'fail', next: expect.stringContaining('--data-dir') }]);
  });

  it('says who uses it, and when that one has died', async () => {
    const lock = (text: string) => writeFileSync(path.join(folder, 'engine.lock'), text, { mode: 0o600 });
    expect((await checkDataDir(folder))[1]).toMatchObject({ found: 'by no ScopeGate now' });
    lock(JSON.stringify({ pid: process.pid }));
    expect((await checkDataDir(folder))[1]).toMatchObject({ found: `by process ${process.pid}` });
    lock(JSON.stringify({ pid: 2 ** 22 + 1 }));
    expect((await checkDataDir(folder))[1]).toMatchObject({ found: expect.stringContaining('did not end cleanly') });
    lock('?');
    expect((await checkDataDir(folder))[1]).toMatchObject({ status: 'warn' });
  });
});

describe('the doctor looks at the agents’ port', () => {
  it('finds it free', async () => {
    const port = await listen(() => {});
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    expect(await checkGateway(port, null, '1')).toMatchObject([
      { status: 'ok', found: expect.stringContaining('free') },
    ]);
  });

  it('names a program that is no gateway', async () => {
    const port = await listen((_request, response) => response.end('hello'));
    const findings = await checkGateway(port, null, '1');
    expect(findings).toMatchObject([{ status: 'fail', found: expect.stringContaining('no ScopeGate') }]);
    if (process.platform === 'linux') expect(findings[0]?.found).toContain(`pid ${process.pid}`);
  });

  it('never repeats the token when the gateway refuses it (security)', async () => {
    const token = 'sgk_0000_a-token-that-must-not-be-printed';
    const port = await listen((request, response) => {
      response.writeHead(401, { 'www-authenticate': 'Bearer' });
      response.end(`refused: ${request.headers.authorization}`);
    });
    const findings = await checkGateway(port, token, '1');
    expect(findings.map(({ status }) => status)).toEqual(['ok', 'fail']);
    expect(JSON.stringify(findings)).not.toContain(token);
    expect((await checkGateway(port, null, '1')).map(({ status }) => status)).toEqual(['ok', 'skipped']);
  });
});
