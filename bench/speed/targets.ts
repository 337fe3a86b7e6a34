import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { type BenchClient, type Era, openHttp, startPrinting } from './client.ts';
import { endProcess, findChildren, startOf } from './processes.ts';

const here = import.meta.dirname;
const upstreamFile = join(here, 'upstream.ts');

/** Something between a client and the fixture, or the fixture itself. */
export interface Target {
  name: string;
  kind: 'direct' | 'limit' | 'ours' | 'peer';
  /** Which fixture it can stand in front of. */
  front: 'http' | 'stdio';
  start(upstream: Upstream): Promise<RunningTarget>;
}

export interface LoopDelay {
  p50: number;
  p99: number;
  max: number;
}

export interface RunningTarget {
  /** Opens one more session. */
  connect(era?: Era): Promise<BenchClient>;
  /** What the target calls a tool of the fixture. */
  toolName(name: string): string;
  pid: number;
  /** `performance.now()` when the program was started. */
  spawnedAt: number;
  /** How late the event loop was since the last time this was asked, milliseconds; only of our own gateway. */
  loopDelay?(): Promise<LoopDelay>;
  /** Processes in its tree that are the fixture's. */
  fixtures(): ReadonlySet<number>;
  stop(): Promise<void>;
}

/** The fixture: over HTTP it runs once and is shared, over stdio each target starts its own. */
export interface Upstream {
  url: string;
  /** Starts it over stdio. */
  command: string[];
  tools: number;
  era: Era;
  child: ChildProcess;
}

export async function startUpstream(tools: number, era: Era = 'legacy'): Promise<Upstream> {
  const [child, port] = await startPrinting([upstreamFile, 'http', String(tools), era]);
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    command: [process.execPath, upstreamFile, 'stdio', String(tools), era],
    tools,
    era,
    child,
  };
}

/** For targets that keep the fixture's names. */
export const asIs = (name: string) => name;

/** A target whose front is Streamable HTTP at an address. */
export function runningHttp(child: ChildProcess, url: string, more: Partial<RunningTarget> = {}): RunningTarget {
  const pid = child.pid ?? 0;
  return {
    connect: (era) => openHttp({ url }, era),
    toolName: asIs,
    pid,
    spawnedAt: startOf(child),
    fixtures: () => findChildren(pid, upstreamFile),
    stop: () => endProcess(child),
    ...more,
  };
}

export const direct: Target = {
  name: 'direct',
  kind: 'direct',
  front: 'http',
  start: async ({ url, child }) => runningHttp(child, url, { stop: async () => {} }),
};

export const rawHttp: Target = {
  name: 'raw forwarder',
  kind: 'limit',
  front: 'http',
  async start({ url }) {
    const [child, port] = await startPrinting([join(here, 'raw-http.ts'), url]);
    return runningHttp(child, `http://127.0.0.1:${port}/mcp`);
  },
};

export const rawStdio: Target = {
  name: 'raw over stdio',
  kind: 'limit',
  front: 'stdio',
  async start({ command }) {
    const [child, port] = await startPrinting([join(here, 'raw-stdio.ts'), ...command]);
    return runningHttp(child, `http://127.0.0.1:${port}/mcp`);
  },
};
