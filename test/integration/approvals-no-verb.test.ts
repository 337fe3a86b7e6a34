import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { runCli } from '../headless/run-cli.ts';
import { npmServer } from '../helpers/engine.ts';
import { connectAgent, type Gateway, makeTempDir, openGateway } from '../helpers/gateway.ts';

const root = join(import.meta.dirname, '..', '..');
const token = 'agent-'.padEnd(40, 'k');

/** A gateway with one call waiting, and the agent's own token: what an agent with a shell has. */
async function useWaitingCall(): Promise<{
  gateway: Gateway;
  ui: string;
  pending(): Promise<number>;
  end(): Promise<void>;
}> {
  const dataDir = join(makeTempDir(), 'data');
  const { command, args } = npmServer('everything', 'stdio') as { command: string; args: string[] };
  const config = {
    servers: { everything: { command, args } },
    agents: { one: { token: 'env:AGENT_TOKEN', default: 'ask' } },
  };
  const gateway = await openGateway({ dataDir, config, env: { AGENT_TOKEN: token } });
  const client = await connectAgent(gateway.mcp, token);
  const pending = async () =>
    (await gateway.ui.request('snapshot', {})).approvals.filter(({ status }) => status === 'pending').length;
  const call = client.callTool({ name: 'everything__echo', arguments: { message: 'may I?' } }).catch(() => undefined);
  await vi.waitFor(async () => expect(await pending()).toBe(1), { timeout: 15_000, interval: 50 });
  return {
    gateway,
    ui: (JSON.parse(gateway.run.stdout().split('\n')[0] ?? '') as { ui: string }).ui,
    pending,
    async end() {
      await client.close();
      await call;
    },
  };
}

describe('an agent with its token and a shell', () => {
  it('finds no approve verb on its own listener (security)', async () => {
    const { gateway, pending, end } = await useWaitingCall();
    const address = new URL(gateway.mcp);
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    };
    const [card] = (await gateway.ui.request('snapshot', {})).approvals;
    const answer = { id: card?.id, digest: card?.digest, verdict: 'approve' };
    for (const path of [
      '/approve',
      '/approvals',
      '/approvals/decide',
      '/bridge',
      '/login',
      '/login-link',
      '/mcp/approve',
    ])
      for (const method of ['POST', 'PUT', 'GET']) {
        const body = method === 'GET' ? undefined : JSON.stringify(answer);
        const reply = await fetch(new URL(path, address), { method, headers, ...(body ? { body } : {}) });
        expect(reply.status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
      }
    for (const method of ['approvals.decide', 'approvals/decide', 'approvals.allowNext', 'scopegate/approve']) {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: answer });
      const reply = await fetch(address, { method: 'POST', headers, body });
      expect(await reply.text(), method).not.toContain('"result"');
    }
    const client = await connectAgent(gateway.mcp, token);
    const { tools } = await client.listTools();
    expect(tools.every(({ name }) => name.startsWith('everything__'))).toBe(true);
    await expect(client.callTool({ name: 'approve', arguments: answer })).rejects.toThrow('Unknown tool');
    await client.close();
    expect(await pending()).toBe(1);
    await end();
  }, 60_000);

  it('gets nowhere on the management listener (security)', async () => {
    const { gateway, ui, pending, end } = await useWaitingCall();
    const hostile = [
      { authorization: `Bearer ${token}` },
      { cookie: `scopegate=${token}; session=${token}` },
      { 'x-scopegate-secret': token, cookie: `scopegate_session=${token}` },
    ];
    for (const headers of hostile) {
      for (const path of ['/login-link', '/approve', '/approvals/decide']) {
        const reply = await fetch(new URL(path, ui), { method: 'POST', headers });
        expect(reply.status, path).toBeGreaterThanOrEqual(400);
      }
      expect((await fetch(new URL('/session', ui), { headers })).status).toBe(401);
      expect(await upgradeStatus(ui, headers)).toBe(401);
    }
    const login = await fetch(new URL('/login', ui), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    expect(login.status).toBe(401);
    expect(await pending()).toBe(1);
    await end();
    expect(gateway.run.child.exitCode).toBeNull();
  }, 60_000);

  it.each(['approve', 'approvals', 'allow', 'decide', 'grant', 'remember'])(
    'finds no command “scopegate %s” (security)',
    async (verb) => {
      const run = runCli([verb, 'some-id']);
      expect(await run.ended).toBe(2);
    },
  );
});

describe('the source', () => {
  let files: { path: string; code: string }[];
  beforeAll(() => {
    files = ['electron/headless', 'electron/engine/downstream'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => ({ path: join(folder, name), code: readFileSync(join(root, folder, name), 'utf8') })),
    );
  });

  it('names no method that answers an approval in the command line, the management or the agents’ listener (security)', () => {
    const verb =
      /approvals\.(?:decide|allowNext|denyAll|shortenGrant|endGrant|setAway|setSettings)|ApprovalDesk|\.armNext\(/;
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter(({ code }) => verb.test(code)).map(({ path }) => path)).toEqual([]);
  });

  it('offers no such word in the help of the command line (security)', () => {
    const help = files.find(({ path }) => path.endsWith('help-text.ts'))?.code ?? '';
    expect(help).toContain('serve');
    expect(help).not.toMatch(/\bapprov|\bdecide\b/i);
  });
});

function upgradeStatus(ui: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(new URL('/bridge', ui.replace(/^http/, 'ws')), { headers });
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('open', () => reject(new Error('the bridge opened')));
    socket.on('error', () => undefined);
  });
}
