import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DeclaredServer } from '../../electron/engine/contract.ts';
import type { ServerView } from '../../electron/shared/index.ts';
import { declareAgent, type Harness, npmServer, startEngine, textOf, tokens } from '../helpers/engine.ts';

const fake = join(import.meta.dirname, '..', 'fakes', 'stdio-server.mjs');
const patient = { timeout: 45_000, interval: 50 };

function misbehaving(mode: string): DeclaredServer {
  const transport = { kind: 'stdio' as const, command: process.execPath, args: [fake, mode], cwd: null, env: {} };
  return { id: mode, transport, trusted: false };
}

let harness: Harness;
let client: Client;

beforeAll(async () => {
  const missing = { kind: 'stdio' as const, command: 'no-such-program-anywhere', args: [], cwd: null, env: {} };
  const refused = { kind: 'http' as const, url: 'http://127.0.0.1:9/mcp', headers: {} };
  harness = await startEngine({
    servers: [
      { id: 'good', transport: npmServer('memory'), trusted: false },
      { id: 'missing', transport: missing, trusted: false },
      { id: 'unreachable', transport: refused, trusted: false },
      misbehaving('exits-at-once'),
      misbehaving('prints-garbage'),
      misbehaving('hangs'),
      misbehaving('crashes-on-call'),
    ],
    agents: [declareAgent('one', tokens.one, { defaultEffect: 'allow' })],
  });
  client = await harness.connect(tokens.one);
});

afterAll(() => harness.stop());

function serverNamed(id: string): Promise<ServerView> {
  return harness.call('snapshot', {}).then(({ servers }) => {
    const found = servers.find((server) => server.id === id);
    if (!found) throw new Error(`no server ${id}`);
    return found;
  });
}

function failing(id: string): Promise<ServerView> {
  return vi.waitFor(async () => {
    const server = await serverNamed(id);
    expect(server.status).toBe('failing');
    return server;
  }, patient);
}

describe('servers that do not work', () => {
  it('leave the tools of the others listed and callable', async () => {
    const { tools } = await client.listTools();
    const names = tools.map(({ name }) => name);
    expect(names).toContain('good__read_graph');
    expect(names).toContain('crashes-on-call__echo');
    expect(names.filter((name) => !/^(good|crashes-on-call)__/.test(name))).toEqual([]);
    const graph = await client.callTool({ name: 'good__read_graph', arguments: {} });
    expect(graph.isError ?? false).toBe(false);
    // the first list waits for the one that hangs, and then goes out without it
  }, 60_000);

  it('say that the command was not found, and what to do', async () => {
    const { lastError } = await failing('missing');
    expect(lastError?.code).toBe('not_found');
    expect(lastError?.message).toContain('no-such-program-anywhere');
    expect(lastError?.fix).not.toBe('');
  });

  it('say that the program ended at once, with its exit code and its last stderr lines', async () => {
    const { lastError } = await failing('exits-at-once');
    expect(lastError?.code).toBe('exited');
    expect(lastError?.message).toContain('3');
    expect(lastError?.detail).toContain('boom: no configuration');
    const { lines } = await harness.call('servers.logs', { id: 'exits-at-once' });
    expect(lines.map(({ stream, text }) => `${stream}: ${text}`)).toContain('stderr: boom: no configuration');
  });

  it('say that the program prints something that is not MCP, and show it', async () => {
    const { lastError } = await failing('prints-garbage');
    expect(lastError?.code).toBe('garbage');
    expect(lastError?.detail).toContain('hello, I am a web server');
  });

  it('say that nobody answers at the address', async () => {
    const { lastError } = await failing('unreachable');
    expect(lastError?.code).toBe('refused');
    expect(lastError?.message).toContain('127.0.0.1:9');
  });

  it('say that the program did not answer in time', async () => {
    const { lastError } = await failing('hangs');
    expect(lastError?.code).toBe('timeout');
    expect(lastError?.fix).not.toBe('');
  }, 60_000);

  it('give the agent a clear error when they crash in a call, and are started again for the next', async () => {
    const crashed = await client.callTool({ name: 'crashes-on-call__echo', arguments: {} });
    expect(crashed.isError).toBe(true);
    expect(textOf(crashed)).toBe('The server crashes-on-call could not be used: its connection ended.');
    const { lastError } = await failing('crashes-on-call');
    expect(lastError?.detail).toContain('the key is unset');
    const { calls } = await harness.call('snapshot', {});
    expect(calls[0]).toMatchObject({ serverId: 'crashes-on-call', outcome: 'upstream_error' });
    const detail = await harness.call('calls.detail', { id: calls[0]?.id ?? '' });
    expect(detail.told).toMatch(/^The server crashes-on-call could not be used: .*7/);
    await harness.call('servers.restart', { id: 'crashes-on-call' });
    expect((await serverNamed('crashes-on-call')).status).toBe('running');
    const graph = await client.callTool({ name: 'good__read_graph', arguments: {} });
    expect(graph.isError ?? false).toBe(false);
  });
});
