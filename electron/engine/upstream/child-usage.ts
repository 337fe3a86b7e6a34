import type { ChildProcessView, ServerUsage } from '../../shared/index.ts';
import type { LinkPool, ServerState } from './contract.ts';
import { readProcessTree } from './process-tree.ts';

interface History {
  starts: number;
  failures: number;
  /** Of the run that was told last; null before the first. */
  startedAt: number | null;
  isRunning: boolean;
  lastFaultAt: number | null;
  lastEnd: ServerUsage['lastEnd'];
}

interface Measured {
  at: number;
  processes: Promise<Pick<ServerUsage, 'processes' | 'unmeasured'>>;
}

/** However many look: one measurement a second. */
const sampleMs = 1000;

/** Health and cost of servers: counts what the pool tells, and measures programs at the moment somebody asks. */
export class ServerUsageBook {
  readonly #pool: () => LinkPool | null;
  readonly #now: () => number;
  readonly #histories = new Map<string, History>();
  readonly #measured = new Map<string, Measured>();

  /** `pool`: null until the engine stands. */
  constructor(pool: () => LinkPool | null, now: () => number) {
    this.#pool = pool;
    this.#now = now;
  }

  /** The state of a server changed. */
  follow(serverId: string, state: ServerState): void {
    const history = this.#of(serverId);
    if (state.status === 'running' && state.startedAt !== null && state.startedAt !== history.startedAt) {
      history.starts++;
      history.startedAt = state.startedAt;
    }
    const fault = state.lastError;
    if (state.status === 'failing' && fault !== null && fault.at !== history.lastFaultAt) {
      history.failures++;
      history.lastFaultAt = fault.at;
      history.lastEnd = { at: fault.at, isFault: true, reason: fault.message };
    } else if (history.isRunning && (state.status === 'idle' || state.status === 'off')) {
      history.lastEnd = { at: this.#now(), isFault: false, reason: this.#lastNote(serverId) };
    }
    history.isRunning = state.status === 'running';
  }

  async usageOf(serverId: string): Promise<ServerUsage> {
    const { starts, failures, lastEnd } = this.#of(serverId);
    const pool = this.#pool();
    const startedAt = pool?.state(serverId).startedAt ?? null;
    const plans = pool?.plans(serverId) ?? { retryAt: null, idleStopAt: null };
    const measured = await this.#measure(serverId);
    return { ...measured, startedAt, starts, failures, lastEnd, ...plans };
  }

  #measure(serverId: string): Measured['processes'] {
    const now = this.#now();
    const last = this.#measured.get(serverId);
    if (last && now - last.at >= 0 && now - last.at < sampleMs) return last.processes;
    const processes = measureAll(this.#pool()?.children(serverId) ?? []);
    this.#measured.set(serverId, { at: now, processes });
    return processes;
  }

  #of(serverId: string): History {
    const known = this.#histories.get(serverId);
    if (known) return known;
    const fresh = { starts: 0, failures: 0, startedAt: null, isRunning: false, lastFaultAt: null, lastEnd: null };
    this.#histories.set(serverId, fresh);
    return fresh;
  }

  /** What the gateway wrote into the server's log when it stopped it is the reason. */
  #lastNote(serverId: string): string {
    const lines = this.#pool()?.logs(serverId) ?? [];
    const notes = lines.filter((line) => line.stream === 'gateway');
    return notes.at(-1)?.text ?? 'It was stopped.';
  }
}

async function measureAll(
  children: { pid: number; startedAt: number }[],
): Promise<Pick<ServerUsage, 'processes' | 'unmeasured'>> {
  if (children.length === 0) return { processes: [], unmeasured: null };
  const measurer = await loadMeasurer();
  const processes = await Promise.all(children.map((child) => measureTree(child, measurer)));
  const isMeasured = processes.some((child) => child.memoryBytes !== null);
  return { processes, unmeasured: isMeasured ? null : 'This system does not say what the program costs.' };
}

type Measurer = (pid: number) => Promise<{ cpu: number; memory: number }>;

/** Loaded when somebody first looks; null where the package does not run. */
async function loadMeasurer(): Promise<Measurer | null> {
  return import('pidusage').then(
    (module) => module.default,
    () => null,
  );
}

async function measureTree(
  child: { pid: number; startedAt: number },
  measurer: Measurer | null,
): Promise<ChildProcessView> {
  const tree = await readProcessTree(child.pid);
  const found = measurer === null ? [] : await Promise.all(tree.map((pid) => measurer(pid).catch(() => null)));
  const figures = found.filter((figure) => figure !== null);
  if (figures.length === 0) return { ...child, memoryBytes: null, cpuPercent: null, processes: tree.length };
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  return {
    ...child,
    memoryBytes: sum(figures.map(({ memory }) => memory)),
    cpuPercent: Math.round(sum(figures.map(({ cpu }) => cpu)) * 10) / 10,
    processes: figures.length,
  };
}
