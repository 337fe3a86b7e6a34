import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { openUi, type UiClient } from '../test/headless/ui-client.ts';
import { readAccount } from '../test/helpers/soak-account.ts';
import { findDrift, type Holding } from '../test/helpers/soak-drift.ts';
import { type BenchClient, openHttp, startPrinting } from './speed/client.ts';
import { endProcess, findChildren, readHoldings, readUsage } from './speed/processes.ts';
import { buildHeadless } from './speed/scopegate.ts';

/**
 * Mixed load for a while, `--minutes=N` (10 unless told): agents connect, call and leave, also in the middle of a call;
 * servers are killed and come back; questions are answered or ignored. Ends with 1 when memory, handles or children keep
 * growing, or when a call is not accounted for in the audit log. Run: npm run check:soak
 */
const root = join(import.meta.dirname, '..');
const upstreamFile = join(import.meta.dirname, 'speed', 'upstream.ts');
const minutes = Number(process.argv.find((arg) => arg.startsWith('--minutes='))?.slice('--minutes='.length) ?? 10);
const names = ['worker', 'asker', 'hasty'] as const;
type Name = (typeof names)[number];
const tokenOf = (name: Name) => `soak-${name}-token-of-more-than-32-characters`;

/** Requests sent, by how they ended for the agent. */
const counts = { answered: 0, failed: 0, abandoned: 0, approved: 0, ignored: 0, kills: 0, sessions: 0 };
let isOver = false;

interface Place {
  mcp: string;
  gateway: ChildProcess;
  ui: UiClient;
}

function writeConfig(folder: string, port: string): string {
  const file = join(folder, 'gateway.yaml');
  const agent = (name: Name, more: object) => ({ token: `env:SOAK_${name.toUpperCase()}`, ...more });
  const config = {
    port: 0,
    servers: {
      web: { url: `http://127.0.0.1:${port}/mcp` },
      pipe: { command: process.execPath, args: [upstreamFile, 'stdio', '4'] },
    },
    agents: {
      worker: agent('worker', { default: 'allow' }),
      asker: agent('asker', { default: 'ask' }),
      hasty: agent('hasty', { default: 'allow', limit: '5/s' }),
    },
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

async function startGateway(folder: string, port: string): Promise<Place> {
  const entry = join(root, 'dist', 'headless', 'main.mjs');
  const args = [entry, 'serve', '--data-dir', join(folder, 'data'), '--config', writeConfig(folder, port)];
  const tokens = Object.fromEntries(names.map((name) => [`SOAK_${name.toUpperCase()}`, tokenOf(name)]));
  const gateway = spawn(process.execPath, [...args, '--login-link'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...tokens },
  });
  const said = new Map<string, string>();
  await new Promise<void>((resolve, reject) => {
    gateway.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)));
    createInterface({ input: gateway.stdout }).on('line', (line) => {
      for (const [key, value] of Object.entries(JSON.parse(line) as object)) said.set(key, String(value));
      if (said.has('url')) resolve();
    });
  });
  return { mcp: said.get('mcp') ?? '', gateway, ui: await openUi(said.get('url') ?? '') };
}

/** One request, counted by its end; an agent that left does not know its end. */
async function call(client: BenchClient, tool: string, args: object, hasLeft: () => boolean): Promise<void> {
  try {
    await client.send('tools/call', { name: tool, arguments: args });
    counts.answered += 1;
  } catch {
    if (hasLeft()) counts.abandoned += 1;
    else counts.failed += 1;
  }
}

const mixes = [
  ['web__echo', { text: 'hello' }],
  ['pipe__echo', { text: 'hello' }],
  ['web__wait', { ms: 40 }],
  ['pipe__wait', { ms: 40 }],
  ['web__sse', { text: 'as a stream' }],
  ['web__size', { bytes: 65_536 }],
  ['web__nothing', {}],
] as const;

/** Sessions one after the other; every fourth is left in the middle of its calls. */
async function work(place: Place, name: Name, callsEach: number): Promise<void> {
  for (let session = 0; !isOver; session += 1) {
    const client = await openHttp({ url: place.mcp, headers: { authorization: `Bearer ${tokenOf(name)}` } });
    counts.sessions += 1;
    let hasLeft = false;
    await client.send('tools/list', {});
    const calls: Promise<void>[] = [];
    for (let at = 0; at < callsEach && !isOver; at += 1) {
      const [tool, args] = mixes[(session + at) % mixes.length] ?? mixes[0];
      calls.push(call(client, tool, args, () => hasLeft));
      if (calls.length % 4 === 0 && (session % 4 !== 3 || at < callsEach - 1)) await Promise.all(calls.splice(0));
    }
    if (session % 4 === 3) {
      hasLeft = true;
      client.close();
    }
    await Promise.all(calls);
    client.close();
    await delay(name === 'worker' ? 5 : 400);
  }
}

/** Approves two questions of three; the third runs out of time. */
async function answer({ ui }: Place): Promise<void> {
  const ignored = new Set<string>();
  for (let turn = 0; !isOver; await delay(300)) {
    const { approvals } = await ui.request('snapshot', {});
    for (const { id, digest, status } of approvals) {
      if (status !== 'pending' || ignored.has(id)) continue;
      turn += 1;
      if (turn % 3 === 0) {
        ignored.add(id);
        counts.ignored += 1;
        continue;
      }
      const now = Date.now();
      const shown = { shownAt: now - 2_000, armedAt: now - 1_000, input: 'pointer' as const };
      const decision = { id, digest, verdict: 'approve' as const, denyReason: null, denyNote: null, ...shown };
      await ui.request('approvals.decide', decision).then(
        () => {
          counts.approved += 1;
        },
        // it ended in this very moment
        () => undefined,
      );
    }
  }
}

/** Kills one server after the other; the one over HTTP is started again here, the other by the gateway. */
async function unsettle(
  { gateway }: Place,
  port: string,
  web: { child: ChildProcess },
  everyMs: number,
): Promise<void> {
  for (let round = 0; !isOver; round += 1) {
    for (let waited = 0; waited < everyMs && !isOver; waited += 250) await delay(250);
    if (isOver) return;
    counts.kills += 1;
    if (round % 2 === 0) {
      for (const pid of findChildren(gateway.pid ?? 0, upstreamFile)) process.kill(pid, 'SIGKILL');
      continue;
    }
    await endProcess(web.child);
    await delay(500);
    [web.child] = await startPrinting([upstreamFile, 'http', '4', 'legacy', port]);
  }
}

async function watch({ gateway }: Place, samples: Holding[], everyMs: number): Promise<void> {
  const started = performance.now();
  for (; !isOver; await delay(everyMs)) {
    const pid = gateway.pid ?? 0;
    const usage = readUsage(pid, findChildren(pid, upstreamFile));
    const held = readHoldings(pid);
    if (usage && held) samples.push({ atMs: performance.now() - started, rssMiB: usage.rssMiB, ...held });
  }
}

function judge(file: string, samples: readonly Holding[]): boolean {
  const sent = counts.answered + counts.failed;
  const { calls, forwarded, refused, rows, outcomes, wrong, isWhole } = readAccount(file);
  // what an agent walked away from may never have arrived
  const isComplete = calls >= sent && calls <= sent + counts.abandoned;
  const drifts = findDrift(samples);
  console.log(`${minutes} min: ${JSON.stringify(counts)}`);
  console.log(
    `audit: ${calls} calls, ${forwarded} forwarded, ${refused} refused, ${rows} rows, chain ${isWhole ? 'whole' : 'BROKEN'}`,
  );
  console.log(`ended as: ${JSON.stringify(outcomes)}`);
  if (!isComplete)
    console.log(`NOT ACCOUNTED FOR: agents sent ${sent} and left ${counts.abandoned}, the log has ${calls}`);
  if (wrong.length > 0) console.log(`WRONG ROWS: ${wrong.length} calls, such as ${wrong.slice(0, 3).join(', ')}`);
  for (const { figure, middle, last, isLeak } of drifts)
    console.log(
      `${figure}: ${middle.toFixed(0)} in the middle third, ${last.toFixed(0)} in the last${isLeak ? ': LEAK' : ''}`,
    );
  return isComplete && wrong.length === 0 && isWhole && !drifts.some(({ isLeak }) => isLeak);
}

async function main(): Promise<boolean> {
  buildHeadless();
  const folder = mkdtempSync(join(tmpdir(), 'scopegate-soak-'));
  const [child, port] = await startPrinting([upstreamFile, 'http', '4']);
  const web = { child };
  const samples: Holding[] = [];
  try {
    const place = await startGateway(folder, port);
    const end = setTimeout(() => {
      isOver = true;
    }, minutes * 60_000);
    try {
      await place.ui.request('approvals.setSettings', { timeoutMs: 30_000 });
      const agents = [
        work(place, 'worker', 40),
        work(place, 'worker', 12),
        work(place, 'hasty', 8),
        work(place, 'asker', 2),
      ];
      const killEveryMs = Math.max(2_000, Math.min(20_000, minutes * 6_000));
      const rest = [answer(place), unsettle(place, port, web, killEveryMs), watch(place, samples, 1_000)];
      await Promise.all([...agents, ...rest]);
    } finally {
      isOver = true;
      clearTimeout(end);
      place.ui.close();
      await endProcess(place.gateway);
    }
    return judge(join(folder, 'data', 'scopegate.db'), samples);
  } finally {
    await endProcess(web.child);
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = (await main()) ? 0 : 1;
