import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { onTestFinished, vi } from 'vitest';
import { stringify } from 'yaml';
import type { ApprovalView, CallView } from '../../electron/shared/index.ts';
import { type CliRun, runCli } from '../headless/run-cli.ts';
import { openUi, type UiClient } from '../headless/ui-client.ts';

/** A real `scopegate serve` in a process of its own, with a page logged in to it. */
export interface Gateway {
  run: CliRun;
  mcp: string;
  ui: UiClient;
  /** A connected client of the official SDK. */
  connect(token: string): Promise<Client>;
  /** SIGTERM; gives the exit code. */
  stop(): Promise<number | string>;
  /** SIGKILL: no chance to write or to clean up. */
  kill(): Promise<void>;
}

export interface GatewayOptions {
  dataDir: string;
  /** What the configuration file holds; none: everything comes from the store. */
  config?: object;
  env?: Record<string, string>;
  /** Further options of `serve`. */
  args?: string[];
}

export const patient = { timeout: 30_000, interval: 25 };

/** A folder that goes away with the test that asked for it. */
export function makeTempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'scopegate-run-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A gateway that ends with the test that asked for it, however that ends. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const gateway = await startGateway(options);
  onTestFinished(() => gateway.kill());
  return gateway;
}

/** Starts the host and waits until it is ready. The caller stops it. */
export async function startGateway({ dataDir, config, env = {}, args = [] }: GatewayOptions): Promise<Gateway> {
  const run = runCli(['serve', '--data-dir', dataDir, '--login-link', ...args, ...declare(dataDir, config)], env);
  const mcp = String((await run.nextLine()).mcp);
  const ui = await openUi(String((await run.nextLine()).url));
  const clients: Client[] = [];
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    for (const client of clients.splice(0)) await client.close().catch(() => {});
    ui.close();
    run.child.kill(signal);
    return run.ended;
  };
  return {
    run,
    mcp,
    ui,
    async connect(token) {
      const client = await connectAgent(mcp, token);
      clients.push(client);
      return client;
    },
    stop: () => end('SIGTERM'),
    kill: async () => {
      await end('SIGKILL');
    },
  };
}

function declare(dataDir: string, config: object | undefined): string[] {
  if (config === undefined) return ['--port', '0'];
  const file = join(dataDir, '..', 'scopegate.yaml');
  mkdirSync(join(dataDir, '..'), { recursive: true });
  writeFileSync(file, stringify({ port: 0, ...config }));
  return ['--config', file];
}

/** The official client with a bearer token. */
export async function connectAgent(url: string, token: string): Promise<Client> {
  const client = new Client({ name: 'test-agent', version: '1.0.0' });
  const headers = { Authorization: `Bearer ${token}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }) as never);
  return client;
}

/** The one call the page shows that fits, as soon as there is one. */
export function waitForCall(ui: UiClient, fits: (call: CallView) => boolean): Promise<CallView> {
  return vi.waitFor(async () => {
    const found = (await ui.request('snapshot', {})).calls.find(fits);
    if (!found) throw new Error('no such call yet');
    return found;
  }, patient);
}

/** The oldest question that waits for a person. */
export function waitForCard(ui: UiClient): Promise<ApprovalView> {
  return vi.waitFor(async () => {
    const found = (await ui.request('snapshot', {})).approvals.find(({ status }) => status === 'pending');
    if (!found) throw new Error('no question yet');
    return found;
  }, patient);
}

/** A person's answer to a card, as the page sends it. */
export function answerCard(ui: UiClient, card: ApprovalView, verdict: 'approve' | 'deny'): Promise<unknown> {
  const now = Date.now();
  const { id, digest } = card;
  return ui.request('approvals.decide', {
    id,
    digest,
    verdict,
    denyReason: null,
    denyNote: null,
    input: 'pointer',
    shownAt: now - 1000,
    armedAt: now - 300,
  });
}
