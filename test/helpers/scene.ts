import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { type LoginLink, type LoginReply, sessionSecretHeader } from '../../electron/shared/bridge-socket.ts';
import type { Effect, GrantChange } from '../../electron/shared/index.ts';
import { runCli } from '../headless/run-cli.ts';
import { openUi, type UiClient } from '../headless/ui-client.ts';

/**
 * A gateway in the middle of a working day, for pictures and for looking at pages: made-up servers, three agents, rows of
 * every kind, two questions that wait. Real processes, real sockets; only what the servers answer is invented.
 */
export interface Scene {
  ui: UiClient;
  /** A login link for one more tab. */
  makeLink(): Promise<string>;
  /**
   * Adds the servers and agents, and plays the calls that far apart; until then everything is empty. `prepare`: what else
   * is to stand before the first call, when the servers do.
   */
  play(pauseMs: number, prepare?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

const sceneServer = fileURLToPath(new URL('../fakes/scene-server.mjs', import.meta.url));
const serverNames = ['github', 'filesystem', 'postgres', 'browser', 'calendar', 'slack'] as const;

/** `folder`: an empty one for data and programs. `port`: the agents' port, 0 = any free one. */
export async function startScene(folder: string, port: number): Promise<Scene> {
  const env = { PATH: `${makePrograms(join(folder, 'bin'))}:${process.env.PATH}` };
  const host = runCli(['serve', '--data-dir', join(folder, 'data'), '--port', String(port), '--login-link'], env);
  const mcp = String((await host.nextLine()).mcp);
  const makeLink = await openLinkMaker(String((await host.nextLine()).url));
  const ui = await openUi(await makeLink());
  const clients: Client[] = [];
  return {
    ui,
    makeLink,
    async play(pauseMs, prepare = async () => {}) {
      await addServers(ui);
      await prepare();
      const connect = async (name: string, clientName: string, version: string, start: Effect) => {
        const { agent, token } = await ui.request('agents.create', { name, defaultEffect: start });
        const client = new Client({ name: clientName, version });
        const requestInit = { headers: { Authorization: `Bearer ${token}` } };
        await client.connect(new StreamableHTTPClientTransport(new URL(mcp), { requestInit }) as never);
        clients.push(client);
        return { id: agent.id, client };
      };
      const cast = {
        claude: await connect('Claude Code', 'claude-code', '2.1.317', 'ask'),
        cursor: await connect('Cursor', 'cursor', '3.4.2', 'ask'),
        codex: await connect('Codex', 'codex', '0.98.0', 'ask'),
      };
      await setSwitches(ui, cast);
      await playCalls(ui, cast, pauseMs);
    },
    async stop() {
      for (const client of clients) await client.close().catch(() => {});
      ui.close();
      host.child.kill('SIGTERM');
      await host.ended;
    },
  };
}

interface Actor {
  id: string;
  client: Client;
}
type Cast = Record<'claude' | 'cursor' | 'codex', Actor>;

/** Plain names on the search path, so that no page shows where this checkout lies. */
function makePrograms(bin: string): string {
  mkdirSync(bin, { recursive: true });
  for (const name of serverNames) {
    const file = join(bin, `${name}-mcp`);
    writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" "${sceneServer}" ${name}\n`);
    chmodSync(file, 0o755);
  }
  return bin;
}

/** Logs in with the one link there is, as a page would; that session makes the others. */
async function openLinkMaker(link: string): Promise<() => Promise<string>> {
  const { origin, hash } = new URL(link);
  const reply = await fetch(`${origin}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: hash.slice('#login='.length) }),
  });
  const cookie = reply.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const { secret } = (await reply.json()) as LoginReply;
  return async () => {
    const made = await fetch(`${origin}/login-link`, {
      method: 'POST',
      headers: { cookie, [sessionSecretHeader]: secret },
    });
    return ((await made.json()) as LoginLink).url;
  };
}

async function addServers(ui: UiClient): Promise<void> {
  for (const id of serverNames) {
    const transport = { kind: 'stdio' as const, command: `${id}-mcp`, args: [], cwd: null, env: {} };
    await ui.request('servers.add', { id, name: id, transport, trusted: false });
    await ui.request('servers.restart', { id });
    const { tools } = await readTools(ui, id);
    const shown = tools.map(({ name, definitionHash }) => ({ name, definitionHash }));
    // one server waits for its review
    if (id !== 'calendar' && shown.length > 0) await ui.request('servers.accept', { id, tools: shown });
  }
}

/** The tools of a server that runs; those of one that fails stay empty. */
async function readTools(ui: UiClient, id: string) {
  for (let tries = 0; tries < 100; tries++) {
    const read = await ui.request('servers.tools', { id });
    const { servers } = await ui.request('snapshot', {});
    if (read.tools.length > 0 || servers.find((server) => server.id === id)?.status === 'failing') return read;
    await sleep(50);
  }
  throw new Error(`the server ${id} shows no tools`);
}

async function setSwitches(ui: UiClient, cast: Cast): Promise<void> {
  const to = (agent: Actor, serverId: string, toolName: string, effect: Effect): GrantChange => ({
    agentId: agent.id,
    serverId,
    toolName,
    effect,
  });
  const { claude, cursor, codex } = cast;
  const reading = ['list_pull_requests', 'get_pull_request', 'list_issues', 'create_issue'];
  await ui.request('grants.set', {
    changes: [
      ...reading.map((tool) => to(claude, 'github', tool, 'allow')),
      to(claude, 'filesystem', '*', 'allow'),
      to(claude, 'filesystem', 'write_file', 'ask'),
      to(claude, 'postgres', 'list_tables', 'allow'),
      to(claude, 'postgres', 'query', 'allow'),
      to(claude, 'postgres', 'execute', 'deny'),
      to(cursor, 'filesystem', '*', 'allow'),
      to(cursor, 'postgres', 'list_tables', 'allow'),
      to(codex, 'filesystem', '*', 'allow'),
      to(codex, 'filesystem', 'write_file', 'deny'),
      to(codex, 'github', '*', 'allow'),
      to(codex, 'browser', '*', 'allow'),
      to(codex, 'github', 'delete_repository', 'deny'),
    ],
  });
  await ui.request('agents.update', { id: claude.id, limit: { count: 600, per: 'min' } });
}

type Step = readonly [agent: keyof Cast, tool: string, given: Record<string, unknown>];

const morning: readonly Step[] = [
  ['claude', 'filesystem__list_directory', { path: 'apps/web' }],
  ['claude', 'github__list_issues', { repository: 'acme/web', state: 'open' }],
  ['codex', 'filesystem__read_file', { path: 'docs/images.md' }],
  ['cursor', 'filesystem__read_file', { path: 'package.json' }],
  ['cursor', 'filesystem__edit_file', { path: 'src/lib/cart.ts', edits: '+12 −4' }],
  ['claude', 'postgres__execute', { database: 'shop', sql: 'delete from sessions where seen < now()' }],
  ['claude', 'github__create_issue', { repository: 'acme/web', title: 'Fix login redirect loop', body: 'Seen today.' }],
  ['codex', 'github__list_pull_requests', { repository: 'acme/docs', state: 'open' }],
  ['claude', 'postgres__list_tables', { database: 'analytics' }],
  ['claude', 'postgres__query', { database: 'shop', sql: 'select count(*) from orders_archive' }],
  ['claude', 'github__get_pull_request', { repository: 'acme/web', number: '412' }],
  ['cursor', 'filesystem__search_files', { query: 'applyDiscount' }],
  ['cursor', 'filesystem__read_file', { path: 'src/lib/cart.ts' }],
  ['cursor', 'filesystem__read_file', { path: 'src/routes/checkout.tsx' }],
  ['codex', 'filesystem__write_file', { path: '~/.ssh/authorized_keys', content: 'ssh-ed25519 AAAAC3NzaC1lZDI1' }],
  ['claude', 'github__list_pull_requests', { repository: 'acme/web', state: 'open' }],
];

/** Nobody waits for these two: a person is asked. */
const asked: readonly Step[] = [
  [
    'claude',
    'github__delete_repository',
    {
      owner: 'acme',
      repo: 'legacy-site',
      confirm: 'acme/legacy\u200b-site',
      options: { archive_first: false, note: 'Superseded by acme/web. Last deploy 2022-03-14, no open pull requests.' },
    },
  ],
  ['cursor', 'postgres__query', { database: 'shop_staging', sql: "select id, total from orders where state = 'open'" }],
];

async function playCalls(ui: UiClient, cast: Cast, pauseMs: number): Promise<void> {
  for (const [agent, name, given] of morning) {
    // a blocked tool answers as an unknown one, which the client throws
    await cast[agent].client.callTool({ name, arguments: given }).catch(() => {});
    await sleep(pauseMs);
  }
  // this one answers after a minute: it stays a running row
  const navigating = { name: 'browser__navigate', arguments: { url: 'https://docs.astro.build/en/guides/images' } };
  void cast.codex.client.callTool(navigating, undefined, { timeout: 600_000 }).catch(() => {});
  await sleep(pauseMs);
  for (const [count, [agent, name, given]] of asked.entries()) {
    void cast[agent].client.callTool({ name, arguments: given }, undefined, { timeout: 600_000 }).catch(() => {});
    while ((await ui.request('snapshot', {})).approvals.length <= count) await sleep(50);
    await sleep(pauseMs);
  }
}
