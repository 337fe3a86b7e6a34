import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { growthSteps, measureGrowth } from './speed/growth.ts';
import { installPeers, makePeers } from './speed/peers.ts';
import { describeMachine, endProcess } from './speed/processes.ts';
import { drawChart, type Results, writeReport } from './speed/report.ts';
import {
  type Effort,
  loadScenarios,
  measureBesideLarge,
  measureColdStart,
  measureMemory,
  measureSetUp,
  runLoads,
  withTargets,
} from './speed/scenarios.ts';
import { buildHeadless, makeScopeGate } from './speed/scopegate.ts';
import { direct, rawHttp, rawStdio, startUpstream, type Target } from './speed/targets.ts';

/**
 * ScopeGate beside the limit and the field, measured in one run. `--smoke`: a few calls of each, to see that everything
 * works, writes nothing. `--no-peers`: without the programs of the field. `--rounds=N`: 7 unless told;
 * `--memory-calls=N`: 20,000. `--deep`: a log of
 * ten million rows as well. Prints and writes bench/RESULTS.md,
 * results.json and chart.svg.
 */
const root = join(import.meta.dirname, '..');
const isSmoke = process.argv.includes('--smoke');
const rounds = readNumber('--rounds=', 7);
const effort: Effort = isSmoke ? { rounds: 1, scale: 0.02 } : { rounds, scale: 1 };
const manyCalls = isSmoke ? 100 : readNumber('--memory-calls=', 20_000);
const leftOut: string[] = [];
const say = (line: string) => {
  process.stderr.write(`bench: ${line}\n`);
  if (line.startsWith('left out: ')) leftOut.push(line.slice('left out: '.length));
};

function readNumber(flag: string, fallback: number): number {
  return Number(process.argv.find((arg) => arg.startsWith(flag))?.slice(flag.length) ?? fallback);
}

async function main(): Promise<void> {
  buildHeadless();
  const modules = isSmoke || process.argv.includes('--no-peers') ? null : installPeers(root, say);
  const tempDir = mkdtempSync(join(tmpdir(), 'scopegate-peers-'));
  const upstream = await startUpstream(4);
  const results: Results = {
    at: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    version: (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version,
    rounds: effort.rounds,
    rows: [],
    memory: [],
    coldStarts: [],
    growth: [],
    leftOut,
  };
  try {
    const targets: Target[] = [
      direct,
      rawHttp,
      makeScopeGate({ name: 'ScopeGate', front: 'http' }),
      makeScopeGate({ name: 'ScopeGate, every row synced', front: 'http', durability: 'full' }),
      rawStdio,
      makeScopeGate({ name: 'ScopeGate, stdio', front: 'stdio' }),
      ...(modules ? makePeers(modules, tempDir) : []),
    ];
    await withTargets(targets, upstream, say, async (started) => {
      for (const one of started) results.memory.push({ ...(await measureMemory(one, manyCalls)) });
      say('measured memory');
      results.rows.push(...(await runLoads(started, loadScenarios, effort, say)));
      results.rows.push(
        ...(await measureSetUp(
          started.filter(({ target }) => target.front === 'http'),
          effort,
        )),
      );
      say('measured session set-up');
      results.rows.push(...(await measureBesideLarge(started, effort)));
      say('measured small calls beside large ones');
    });
    save(results);
    await measureLists(results);
    await measureModern(results);
    save(results);
    for (const target of targets.filter(({ kind }) => kind !== 'direct')) {
      results.coldStarts.push(await measureColdStart(target, upstream, isSmoke ? 1 : 3));
    }
  } finally {
    await endProcess(upstream.child);
    rmSync(tempDir, { recursive: true, force: true });
  }
  save(results);
  const steps = growthSteps(isSmoke, process.argv.includes('--deep'));
  for (const step of steps) {
    results.growth.push(await measureGrowth(step, { ...effort, rounds: Math.min(effort.rounds, 3) }));
    say(`measured ${step.axis}: ${step.at}`);
    save(results);
  }
  console.log(save(results));
}

/** Writes what is there so far, so that a run cut short leaves its tables; returns them. */
function save(results: Results): string {
  const text = writeReport(results);
  if (isSmoke) return text;
  writeFileSync(join(root, 'bench', 'RESULTS.md'), text);
  writeFileSync(join(root, 'bench', 'results.json'), `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(join(root, 'bench', 'chart.svg'), drawChart(results.rows, 'echo, 1 at a time'));
  return text;
}

/** Lists of growing length, in front of fixtures with that many tools. */
async function measureLists(results: Results): Promise<void> {
  for (const tools of [10, 100, 1_000]) {
    const upstream = await startUpstream(tools);
    try {
      const targets = [direct, rawHttp, makeScopeGate({ name: 'ScopeGate', front: 'http' })];
      const scenario = { name: `tools/list, ${tools} tools`, calls: 200, inFlight: 1, method: 'tools/list' };
      await withTargets(targets, upstream, say, async (started) => {
        results.rows.push(...(await runLoads(started, [scenario], effort, say)));
      });
    } finally {
      await endProcess(upstream.child);
    }
  }
}

/** The same echo in the stateless era, agent and server both, over HTTP and over stdio. */
async function measureModern(results: Results): Promise<void> {
  const upstream = await startUpstream(4, 'modern');
  try {
    const http = makeScopeGate({ name: 'ScopeGate', front: 'http' });
    const stdio = makeScopeGate({ name: 'ScopeGate, stdio', front: 'stdio' });
    const targets = [direct, rawHttp, http, rawStdio, stdio];
    const [single, , many] = loadScenarios;
    const scenarios = [single, many].flatMap((one) => (one ? [{ ...one, name: `${one.name}, 2026-07-28` }] : []));
    const work = async (started: Parameters<typeof runLoads>[0]) => {
      results.rows.push(...(await runLoads(started, scenarios, effort, say)));
    };
    await withTargets(targets, upstream, say, work, 'modern');
  } finally {
    await endProcess(upstream.child);
  }
}

await main();
