import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
 * works, writes nothing. `--no-peers`: without the programs of the field. Prints and writes bench/RESULTS.md,
 * results.json and chart.svg.
 */
const root = join(import.meta.dirname, '..');
const isSmoke = process.argv.includes('--smoke');
const effort: Effort = isSmoke ? { rounds: 1, scale: 0.02 } : { rounds: 7, scale: 1 };
const manyCalls = isSmoke ? 100 : 20_000;
const leftOut: string[] = [];
const say = (line: string) => {
  process.stderr.write(`bench: ${line}\n`);
  if (line.startsWith('left out: ')) leftOut.push(line.slice('left out: '.length));
};

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
    leftOut,
  };
  try {
    const targets: Target[] = [
      direct,
      rawHttp,
      makeScopeGate({ name: 'ScopeGate', front: 'http' }),
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
    await measureLists(results);
    await measureModern(results);
    for (const target of targets.filter(({ kind }) => kind !== 'direct')) {
      results.coldStarts.push(await measureColdStart(target, upstream, isSmoke ? 1 : 3));
    }
  } finally {
    await endProcess(upstream.child);
    rmSync(tempDir, { recursive: true, force: true });
  }
  const text = writeReport(results);
  console.log(text);
  if (isSmoke) return;
  writeFileSync(join(root, 'bench', 'RESULTS.md'), text);
  writeFileSync(join(root, 'bench', 'results.json'), `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(join(root, 'bench', 'chart.svg'), drawChart(results.rows, 'echo, 1 at a time'));
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

/** The same echo in the stateless era, agent and server both. */
async function measureModern(results: Results): Promise<void> {
  const upstream = await startUpstream(4, 'modern');
  try {
    const targets = [direct, rawHttp, makeScopeGate({ name: 'ScopeGate', front: 'http' })];
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
