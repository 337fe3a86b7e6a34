import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { createEngine } from '../../electron/engine/engine.ts';
import { openStore } from '../../electron/engine/store/open.ts';
import { createHeadlessPorts } from '../../electron/headless/ports.ts';
import type { BridgeMethod, PolicyChange, Rule } from '../../electron/shared/index.ts';
import { openUi } from '../../test/headless/ui-client.ts';
import { fillLog } from '../../test/helpers/busy-log.ts';
import { openHttp } from './client.ts';
import { endProcess, findChildren, noteStart, startOf } from './processes.ts';
import type { LoopDelay, RunningTarget, Target, Upstream } from './targets.ts';

const root = join(import.meta.dirname, '..', '..');
const tokenOf = (agent: number) => `bench-agent-${agent}-token-of-more-than-32-characters`;
const upstreamFile = join(import.meta.dirname, 'upstream.ts');

export interface ScopeGateOptions {
  name: string;
  front: 'http' | 'stdio';
  /** When a row counts as written: `normal` unless told; `by-tier` is how the product is shipped. */
  durability?: 'normal' | 'full' | 'by-tier';
  /** Rules in policy; 100 unless told. */
  rules?: number;
  /** The fixture is declared this many times, as servers up, up2, up3 … */
  servers?: number;
  /** Agents with a token each; sessions are opened for them in turn. */
  agents?: number;
  /** A page watches Live; one, as a login link is good for one. */
  page?: boolean;
  /** Watches the event loop, which costs a little. */
  watchLoop?: boolean;
  /** Rows in the audit log before the start. */
  logRows?: number;
}

/** The headless gateway from its bundle with everything on: token, policy, limits, result filter, audit. */
export function makeScopeGate(options: ScopeGateOptions): Target {
  return { name: options.name, kind: 'ours', front: options.front, start: (upstream) => start(options, upstream) };
}

/** Builds what is stale, once for a run. */
export function buildHeadless(): void {
  execFileSync(process.execPath, [join(root, 'scripts', 'bootstrap.mjs'), 'build'], { stdio: ['ignore', 'ignore', 2] });
}

async function start(options: ScopeGateOptions, upstream: Upstream): Promise<RunningTarget> {
  const folder = mkdtempSync(join(tmpdir(), 'scopegate-bench-'));
  const dataDir = join(folder, 'data');
  await prepare(dataDir, options);
  const config = join(folder, 'gateway.yaml');
  writeFileSync(config, JSON.stringify(describe(options, upstream)));
  const entry = join(root, 'dist', 'headless', 'main.mjs');
  const delayFile = join(folder, 'loop-delay.json');
  const { agents = 1, page = false } = options;
  const tokens = Object.fromEntries(Array.from({ length: agents }, (_, at) => [`BENCH_TOKEN_${at}`, tokenOf(at)]));
  const flags = options.watchLoop ? ['--import', join(import.meta.dirname, 'loop-delay.ts')] : [];
  const linkFlag = page ? ['--login-link'] : [];
  const child = noteStart(
    spawn(process.execPath, [...flags, entry, 'serve', '--data-dir', dataDir, '--config', config, ...linkFlag], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...tokens, LOOP_DELAY_FILE: delayFile },
    }),
  );
  const [url, link] = await readAddresses(child, page);
  const watching = page ? await openUi(link) : null;
  let opened = 0;
  const pid = child.pid ?? 0;
  return {
    connect: (era) => openHttp({ url, headers: { authorization: `Bearer ${tokenOf(opened++ % agents)}` } }, era),
    toolName: (name) => `up__${name}`,
    pid,
    spawnedAt: startOf(child),
    fixtures: () => findChildren(pid, upstreamFile),
    async loopDelay() {
      rmSync(delayFile, { force: true });
      child.kill('SIGUSR2');
      while (!existsSync(delayFile)) await delay(20);
      return JSON.parse(readFileSync(delayFile, 'utf8')) as LoopDelay;
    },
    async stop() {
      watching?.close();
      await endProcess(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The gateway's first lines: where agents connect, and, if it was asked for, the link a page logs in with. */
function readAddresses(child: ChildProcess, withLink: boolean): Promise<[mcp: string, link: string]> {
  return new Promise((resolve, reject) => {
    if (!child.stdout) throw new Error('the gateway has no output');
    let mcp = '';
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as { mcp?: string; url?: string };
      mcp ||= said.mcp ?? '';
      if (!withLink || said.url !== undefined) resolve([mcp, said.url ?? '']);
    });
  });
}

function describe(
  { front, servers = 1, agents = 1 }: ScopeGateOptions,
  { url, command: [command, ...args] }: Upstream,
): object {
  const server = front === 'http' ? { url } : { command, args };
  const names = Array.from({ length: servers }, (_, at) => (at === 0 ? 'up' : `up${at + 1}`));
  return {
    port: 0,
    servers: Object.fromEntries(names.map((name) => [name, server])),
    agents: Object.fromEntries(
      Array.from({ length: agents }, (_, at) => [
        `bench-${at}`,
        { token: `env:BENCH_TOKEN_${at}`, default: 'allow', limit: '1000000/s' },
      ]),
    ),
  };
}

/** Writes rules and settings the way a person would: over the bridge, before the gateway starts. */
async function prepare(
  dataDir: string,
  { rules = 100, durability = 'normal', logRows = 0 }: ScopeGateOptions,
): Promise<void> {
  const quiet = { info: () => {}, warn: () => {}, error: () => {} };
  const ports = await createHeadlessPorts({ dataDir, version: 'bench', log: quiet, env: process.env });
  const engine = await createEngine(ports, { declared: null, port: 0 });
  try {
    const changes: PolicyChange[] = Array.from({ length: rules }, (_, at) => ({
      kind: 'rule',
      id: `bench-${at}`,
      value: makeRule(at),
    }));
    for (let at = 0; at < changes.length; at += 100) {
      await send('policy.change', { changes: changes.slice(at, at + 100), version: null });
    }
    await send('audit.setDurability', { durability });
  } finally {
    await engine.stop();
  }
  if (logRows > 0) {
    const store = openStore({ file: join(dataDir, 'scopegate.db') });
    fillLog(store, logRows, Date.now(), 30);
    store.close();
  }

  async function send(method: BridgeMethod, params: object): Promise<void> {
    const response = await engine.dispatch({ id: 1, method, params });
    if (!response.ok) throw new Error(`${method}: ${response.error.message}`);
  }
}

/** In scope for every call, so each is looked at; none applies. */
function makeRule(at: number): Rule {
  return {
    id: `bench-${at}`,
    name: `Rule ${at}`,
    enabled: true,
    effect: at % 2 === 0 ? 'deny' : 'ask',
    agent: '*',
    server: '*',
    tool: '*',
    conditions: [{ argument: 'text', op: 'startsWith', value: `never-${at}-` }],
    limit: null,
    expiresAt: null,
  };
}
