import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createEngine } from '../../electron/engine/engine.ts';
import { createHeadlessPorts } from '../../electron/headless/ports.ts';
import type { BridgeMethod, PolicyChange, Rule } from '../../electron/shared/index.ts';
import { openHttp } from './client.ts';
import { endProcess, findChildren, noteStart, startOf } from './processes.ts';
import type { RunningTarget, Target, Upstream } from './targets.ts';

const root = join(import.meta.dirname, '..', '..');
const token = 'bench-agent-token-of-more-than-32-characters';
const upstreamFile = join(import.meta.dirname, 'upstream.ts');

export interface ScopeGateOptions {
  name: string;
  front: 'http' | 'stdio';
  /** When a row counts as written; the product's own default when absent. */
  durability?: 'normal' | 'full';
  /** Rules in policy; 100 unless told. */
  rules?: number;
  /** The fixture is declared this many times, as servers up, up2, up3 … */
  servers?: number;
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
  const child = noteStart(
    spawn(process.execPath, [entry, 'serve', '--data-dir', dataDir, '--config', config], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, BENCH_TOKEN: token },
    }),
  );
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)));
    createInterface({ input: child.stdout }).once('line', (line) => resolve((JSON.parse(line) as { mcp: string }).mcp));
  });
  const pid = child.pid ?? 0;
  return {
    connect: (era) => openHttp({ url, headers: { authorization: `Bearer ${token}` } }, era),
    toolName: (name) => `up__${name}`,
    pid,
    spawnedAt: startOf(child),
    fixtures: () => findChildren(pid, upstreamFile),
    async stop() {
      await endProcess(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function describe({ front, servers = 1 }: ScopeGateOptions, { url, command: [command, ...args] }: Upstream): object {
  const server = front === 'http' ? { url } : { command, args };
  const names = Array.from({ length: servers }, (_, at) => (at === 0 ? 'up' : `up${at + 1}`));
  return {
    port: 0,
    servers: Object.fromEntries(names.map((name) => [name, server])),
    agents: { bench: { token: 'env:BENCH_TOKEN', default: 'allow', limit: '1000000/s' } },
  };
}

/** Writes rules and settings the way a person would: over the bridge, before the gateway starts. */
async function prepare(dataDir: string, { rules = 100, durability }: ScopeGateOptions): Promise<void> {
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
    if (durability) await send('audit.setDurability' as BridgeMethod, { durability });
  } finally {
    await engine.stop();
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
