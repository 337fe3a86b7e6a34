import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineOptions } from '../../electron/engine/contract.ts';
import type { ServeOptions } from '../../electron/headless/cli.ts';
import type { Terminal } from '../../electron/headless/host.ts';
import { runServe } from '../../electron/headless/serve.ts';
import { createTestEngine, type TestEngine } from './test-engine.ts';

let folder = '';
let engine: TestEngine;
let given: EngineOptions | null = null;
let end: () => void;
let ended: Promise<void>;
let out = '';
let err = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'serve-'));
  engine = createTestEngine();
  engine.stop = vi.fn(async () => {});
  given = null;
  out = '';
  err = '';
  ended = new Promise((resolve) => {
    end = resolve;
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function start(options: Partial<ServeOptions>, isTerminal = false): Promise<void> {
  const terminal: Terminal = {
    stdout: { write: (text) => (out += text), isTTY: false },
    stderr: { write: (text) => (err += text), isTTY: isTerminal },
  };
  const passphraseFile = null;
  const all = {
    dataDir: folder,
    passphraseFile,
    configFile: null,
    port: null,
    uiPort: 0,
    loginLink: false,
    open: false,
    ...options,
  };
  const createEngine = async (_ports: unknown, engineOptions: EngineOptions) => {
    given = engineOptions;
    return engine;
  };
  return runServe(all, { terminal, env: {}, createEngine, ended });
}

async function startAndEnd(options: Partial<ServeOptions>, isTerminal = false): Promise<string[]> {
  const running = start(options, isTerminal);
  await vi.waitFor(() => expect(out).toContain('"ready"'));
  end();
  await running;
  return out.trimEnd().split('\n');
}

const portTaken = (fault: { message: string; holder: string | null; freePort: number | null }) => {
  const status = engine.status();
  engine.status = () => ({
    ...status,
    state: 'no_listener',
    mcpUrl: null,
    listenerFault: { code: 'port_taken', port: 7420, ...fault },
  });
};

describe('serve', () => {
  it('prints exactly one line of JSON when ready, without any token (security)', async () => {
    const lines = await startAndEnd({});
    expect(lines).toHaveLength(1);
    const ready = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    expect(ready).toEqual({ event: 'ready', mcp: 'http://127.0.0.1:1/mcp', ui: expect.any(String), pid: process.pid });
    expect(ready.ui).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(err).not.toContain('login=');
    expect(engine.stop).toHaveBeenCalledTimes(1);
  });

  it('gives the login link to a program that asks for it, as a second line', async () => {
    const lines = await startAndEnd({ loginLink: true });
    expect(lines).toHaveLength(2);
    const login = JSON.parse(lines[1] ?? '') as { event: string; url: string };
    expect(login.event).toBe('login');
    expect(login.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#login=[\w-]{43}$/);
    expect(err).not.toContain('login=');
  });

  it('shows the login link to a person at the terminal', async () => {
    expect(await startAndEnd({}, true)).toHaveLength(1);
    expect(err).toMatch(/http:\/\/127\.0\.0\.1:\d+\/#login=[\w-]{43}/);
  });

  it('hands the declared configuration and the port to the engine', async () => {
    const configFile = path.join(folder, 'c.yaml');
    writeFileSync(configFile, 'port: 7999\nservers: { a: { command: x } }\n');
    await startAndEnd({ configFile, port: 0 });
    expect(given).toMatchObject({ port: 0, declared: { file: configFile, port: 7999, servers: [{ id: 'a' }] } });
  });

  it('starts nothing with a configuration that is wrong', async () => {
    const configFile = path.join(folder, 'c.yaml');
    writeFileSync(configFile, 'port: 0\nagent: {}\n');
    await expect(start({ configFile })).rejects.toThrow(`${configFile}:2:1: unknown key "agent"`);
    expect(given).toBeNull();
    expect(out).toBe('');
  });

  it('ends with the holder and a free port when the agents’ port is taken', async () => {
    portTaken({ message: 'Port 7420 is in use by node (pid 4711).', holder: 'node (pid 4711)', freePort: 50123 });
    const failure = start({ port: 7420 });
    await expect(failure).rejects.toThrow('Port 7420 is in use by node (pid 4711).');
    await expect(failure).rejects.toMatchObject({ fix: expect.stringContaining('--port 50123') });
    expect(out).toBe('');
    expect(engine.stop).toHaveBeenCalledTimes(1);
  });

  it('stays up without the agents’ port where a person is there to choose another', async () => {
    portTaken({ message: 'Port 7420 is in use by another program.', holder: null, freePort: null });
    const lines = await startAndEnd({}, true);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'ready', mcp: null });
  });

  it('ends the engine and says so when the user interface’s port is taken', async () => {
    const holder = createServer();
    const port = await new Promise<number>((resolve) => {
      holder.listen(0, '127.0.0.1', () => resolve((holder.address() as { port: number }).port));
    });
    await expect(start({ uiPort: port })).rejects.toThrow(`port ${port} is taken`);
    expect(engine.stop).toHaveBeenCalledTimes(1);
    await new Promise((resolve) => holder.close(resolve));
  });
});
