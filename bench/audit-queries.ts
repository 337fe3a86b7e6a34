import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFigures } from '../electron/engine/analytics.ts';
import { AuditIndexer } from '../electron/engine/audit-indexer.ts';
import { compileFilter, countEntries, findPage } from '../electron/engine/audit-search.ts';
import type { StoreWriter } from '../electron/engine/store/contract.ts';
import { openStore } from '../electron/engine/store/open.ts';
import { type AuditFilter, everyEntry } from '../electron/shared/index.ts';
import { fillLog } from '../test/helpers/busy-log.ts';

/**
 * What searches and figures over a large log take, and how long each holds up the event loop.
 * Run: npm run bench, or this file alone with a number of rows (1000000 when absent)
 */
const rows = Number(process.argv.find((word) => /^\d+$/.test(word)) ?? 1_000_000);
const rounds = 5;
const days = 30;
const now = Date.now();

const folder = mkdtempSync(join(tmpdir(), 'scopegate-bench-'));
const file = join(folder, 'scopegate.db');

async function main(): Promise<void> {
  const store = openStore({ file });
  const began = performance.now();
  fillLog(store, rows, now, days);
  say('log written', performance.now() - began);
  const before = statSync(file).size;
  await index(store);
  console.log(`database ${mib(before)} MiB before the index, ${mib(statSync(file).size)} MiB with it`);
  console.log(`\n${`${rows} rows`.padEnd(36)}   median ms      CPU ms    block ms`);
  await measureAll(store);
  store.close();
}

async function index(store: StoreWriter): Promise<void> {
  const log = { info: () => {}, warn: console.log, error: console.log };
  const indexer = new AuditIndexer({ store, log, flushKept: () => {}, argumentsOf: () => null });
  const watch = watchLoop();
  const began = performance.now();
  await indexer.catchUp(2_000_000_000);
  say(`index made, longest block ${watch().toFixed(1)} ms`, performance.now() - began);
  await indexer.close();
}

async function measureAll(store: StoreWriter): Promise<void> {
  const page =
    (filter: Partial<AuditFilter>, before = store.searchState().headSeq) =>
    async () => {
      const query = compileFilter(store, { ...everyEntry, ...filter });
      if (query) store.auditRows((await findPage(store, query, before, 100)).seqs);
    };
  const count = (filter: Partial<AuditFilter>) => async () => {
    const query = compileFilter(store, { ...everyEntry, ...filter });
    if (query) await countEntries(store, query, store.searchState().headSeq, 200);
  };
  const figures = (range: 1 | 7 | 30 | 90) => async () =>
    void (await readFigures(store, { days: range, offsetMinutes: 60, now }));
  await measure('newest page', page({}));
  await measure('a page from the middle', page({}, Math.floor(rows / 2)));
  await measure('page: one agent and outcome', page({ agent: ['Agent 3'], outcome: ['denied'] }));
  await measure('page: a rare word', page({ text: ['zebra-77'] }));
  await measure('page: a word in every row', page({ text: ['project'] }));
  await measure('page: words and names', page({ text: ['project 5'], tool: ['write'], outcome: ['denied'] }));
  await measure('page: nothing fits', page({ text: ['project'], outcome: ['internal_error'] }));
  await measure('count: all', count({}));
  await measure('count: one agent', count({ agent: ['Agent 3'] }));
  await measure('count: a word in every row', count({ text: ['project'] }));
  for (const range of [1, 7, 30, 90] as const) await measure(`figures of ${range} days`, figures(range));
}

async function measure(name: string, work: () => Promise<void>): Promise<void> {
  const took: number[] = [];
  const used: number[] = [];
  let block = 0;
  for (let round = 0; round < rounds; round += 1) {
    const watch = watchLoop();
    const began = performance.now();
    const cpu = process.cpuUsage();
    await work();
    took.push(performance.now() - began);
    used.push(process.cpuUsage(cpu).user / 1000 + process.cpuUsage(cpu).system / 1000);
    block = Math.max(block, watch());
  }
  const cells = [medianOf(took), medianOf(used), block].map((ms) => ms.toFixed(1).padStart(12));
  console.log(`${name.padEnd(36)}${cells.join('')}`);
}

/** The longest time between two turns of the event loop since it was called, milliseconds. */
function watchLoop(): () => number {
  let longest = 0;
  let last = performance.now();
  let isOver = false;
  const tick = () => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (!isOver) setImmediate(tick);
  };
  setImmediate(tick);
  return () => {
    isOver = true;
    return Math.max(longest, performance.now() - last);
  };
}

function medianOf(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function say(what: string, ms: number): void {
  console.log(`${what}: ${(ms / 1000).toFixed(1)} s`);
}

function mib(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}

try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
