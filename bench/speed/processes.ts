import { type ChildProcess, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What a process and its children have used so far. Linux only; elsewhere null, and the tables show a dash. */
export interface Usage {
  /** Processor time since the start, microseconds. */
  cpuUs: number;
  /** Resident memory, MiB. */
  rssMiB: number;
}

/** `without`: processes that are the fixture's, not the target's. */
export function readUsage(pid: number, without: ReadonlySet<number> = new Set()): Usage | null {
  if (process.platform !== 'linux') return null;
  try {
    const pids = treeOf(pid).filter((one) => !without.has(one));
    return {
      cpuUs: pids.reduce((sum, one) => sum + cpuOf(one), 0),
      rssMiB: pids.reduce((sum, one) => sum + rssOf(one), 0),
    };
  } catch {
    // it ended while it was read
    return null;
  }
}

/** Files, sockets and timers a process holds open, and how many processes it has below it. Linux only; elsewhere null. */
export function readHoldings(pid: number): { handles: number; children: number } | null {
  if (process.platform !== 'linux') return null;
  try {
    return { handles: readdirSync(`/proc/${pid}/fd`).length, children: treeOf(pid).length - 1 };
  } catch {
    // a child ended while it was counted
    return null;
  }
}

/** Nanoseconds from the scheduler: the clock ticks of `stat` are too coarse for a few hundred calls. */
function cpuOf(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const ns = tasks.map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]));
  return ns.reduce((sum, one) => sum + one, 0) / 1000;
}

function rssOf(pid: number): number {
  const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1] ?? 0) / 1024;
}

function treeOf(pid: number): number[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const children = tasks.flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(treeOf)];
}

/** The children of a process whose command line holds a text: fixtures that a target started itself. */
export function findChildren(pid: number, text: string): Set<number> {
  if (process.platform !== 'linux') return new Set();
  const isMeant = (one: number) => readFileSync(`/proc/${one}/cmdline`, 'utf8').includes(text);
  return new Set(treeOf(pid).filter((one) => one !== pid && isMeant(one)));
}

const starts = new WeakMap<ChildProcess, number>();

/** Remembers when a program was started; to be called right after `spawn`. */
export function noteStart<T extends ChildProcess>(child: T): T {
  starts.set(child, performance.now());
  return child;
}

/** `performance.now()` at the start of a program. */
export function startOf(child: ChildProcess): number {
  return starts.get(child) ?? Number.NaN;
}

/** Ends a process and resolves when it is gone; after 5 s it is ended hard. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    const hard = setTimeout(() => child.kill('SIGKILL'), 5_000);
    child.once('exit', () => {
      clearTimeout(hard);
      resolve();
    });
    child.kill();
  });
}

/** One line on the machine, for the head of a table. */
export function describeMachine(): string {
  const cpu = process.platform === 'linux' ? readCpuName() : process.arch;
  return `${cpu}, Node ${process.versions.node}, ${process.platform}`;
}

function readCpuName(): string {
  const found = /model name\s*: (.+)/.exec(readFileSync('/proc/cpuinfo', 'utf8'));
  const count = execFileSync('nproc', { encoding: 'utf8' }).trim();
  return `${found?.[1] ?? 'unknown processor'}, ${count} cores`;
}
