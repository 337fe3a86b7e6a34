import { setTimeout as delay } from 'node:timers/promises';
import type { BenchClient, Era } from './client.ts';
import { type Load, median, runLoad, type Sample } from './measure.ts';
import { readUsage } from './processes.ts';
import type { RunningTarget, Target, Upstream } from './targets.ts';

/** How much is done: a smoke run only shows that everything works. */
export interface Effort {
  rounds: number;
  /** Multiplies the number of calls of a round. */
  scale: number;
}

/** One line of the tables. `added`: over direct, in the same round. */
export interface Row {
  target: string;
  kind: Target['kind'];
  front: Target['front'];
  scenario: string;
  sample: Sample;
  /** Median over rounds of this target's p50 less direct's, milliseconds; null for direct itself. */
  added: number | null;
  /** Median over rounds of this target's p50 over direct's. */
  timesDirect: number | null;
}

export interface Started {
  target: Target;
  running: RunningTarget;
  client: BenchClient;
}

export interface LoadScenario {
  name: string;
  calls: number;
  inFlight: number;
  method?: string;
  tool?: string;
  args?: object;
  era?: Era;
}

export const loadScenarios: LoadScenario[] = [
  { name: 'echo, 1 at a time', calls: 400, inFlight: 1, tool: 'echo', args: { text: 'hello' } },
  { name: 'echo, 8 in flight', calls: 1200, inFlight: 8, tool: 'echo', args: { text: 'hello' } },
  { name: 'echo, 32 in flight', calls: 2400, inFlight: 32, tool: 'echo', args: { text: 'hello' } },
  { name: '64 KiB result', calls: 120, inFlight: 1, tool: 'size', args: { bytes: 65_536 } },
  { name: '1 MiB result', calls: 20, inFlight: 1, tool: 'size', args: { bytes: 1_048_576 } },
  { name: 'answered as a stream', calls: 200, inFlight: 1, tool: 'sse', args: { text: 'hello' } },
  { name: '64 calls of 50 ms at once', calls: 128, inFlight: 64, tool: 'wait', args: { ms: 50 } },
];

/** Runs load scenarios, every target in turn within a round, so that the machine's own drift falls on all alike. */
export async function runLoads(
  started: Started[],
  scenarios: LoadScenario[],
  { rounds, scale }: Effort,
  say: (line: string) => void,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const scenario of scenarios) {
    const samples = new Map<Started, Sample[]>(started.map((one) => [one, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const one of started) samples.get(one)?.push(await runLoad(one.running, loadOf(one, scenario, scale)));
    }
    rows.push(...summarise(samples, scenario.name));
    say(`measured ${scenario.name}`);
  }
  return rows;
}

/** A scenario as a load on one target. */
export function loadOf({ client, running }: Started, scenario: LoadScenario, scale: number): Load {
  const { method = 'tools/call', tool, args } = scenario;
  const params = tool === undefined ? {} : { name: running.toolName(tool), arguments: args };
  return {
    calls: Math.max(scenario.inFlight, Math.ceil(scenario.calls * scale)),
    inFlight: scenario.inFlight,
    call: () => client.send(method, params),
  };
}

function summarise(samples: Map<Started, Sample[]>, scenario: string): Row[] {
  const directs = [...samples].find(([{ target }]) => target.kind === 'direct')?.[1] ?? [];
  return [...samples].map(([{ target }, rounds]) => {
    const isDirect = target.kind === 'direct' || directs.length === 0;
    const over = (pick: (own: number, direct: number) => number) =>
      isDirect ? null : median(rounds.map((round, at) => pick(round.p50, directs[at]?.p50 ?? Number.NaN)));
    return {
      target: target.name,
      kind: target.kind,
      front: target.front,
      scenario,
      sample: medianSample(rounds),
      added: over((own, direct) => own - direct),
      timesDirect: over((own, direct) => own / direct),
    };
  });
}

export function medianSample(rounds: Sample[]): Sample {
  const cpu = rounds.map(({ cpuUs }) => cpuUs).filter((value) => value !== null);
  return {
    p50: median(rounds.map(({ p50 }) => p50)),
    p95: median(rounds.map(({ p95 }) => p95)),
    p99: median(rounds.map(({ p99 }) => p99)),
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    cpuUs: cpu.length > 0 ? median(cpu) : null,
  };
}

/** Starts targets in front of an upstream, gives them to `work`, ends them whatever happens. */
export async function withTargets<T>(
  targets: Target[],
  upstream: Upstream,
  say: (line: string) => void,
  work: (started: Started[]) => Promise<T>,
  era: Era = 'legacy',
): Promise<T> {
  const started: Started[] = [];
  try {
    for (const target of targets) {
      try {
        const running = await target.start(upstream);
        const one = { target, running, client: await running.connect(era) };
        started.push(one);
        await one.client.send('tools/list', {});
        for (let warm = 0; warm < 20; warm += 1) await loadOf(one, echo, 1).call();
      } catch (error) {
        if (target.kind !== 'peer') throw error;
        say(`left out: ${target.name} (${error instanceof Error ? error.message : 'unknown error'})`);
        const at = started.findIndex((one) => one.target === target);
        const [broken] = at === -1 ? [] : started.splice(at, 1);
        await broken?.running.stop();
      }
    }
    return await work(started);
  } finally {
    for (const { client, running } of started) {
      client.close();
      await running.stop();
    }
  }
}

const echo: LoadScenario = { name: 'echo', calls: 1, inFlight: 1, tool: 'echo', args: { text: 'warm' } };

/** How long a client takes from nothing to an open session. */
export async function measureSetUp(started: Started[], { rounds, scale }: Effort): Promise<Row[]> {
  const samples = new Map<Started, Sample[]>(started.map((one) => [one, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const one of started) {
      const open = async () => (await one.running.connect()).close();
      samples.get(one)?.push(await runLoad(one.running, { calls: Math.ceil(20 * scale), inFlight: 1, call: open }));
    }
  }
  return summarise(samples, 'session set-up');
}

/** How long small calls take while large results pass through the same target. */
export async function measureBesideLarge(started: Started[], { rounds, scale }: Effort): Promise<Row[]> {
  const samples = new Map<Started, Sample[]>(started.map((one) => [one, []]));
  const large: LoadScenario = { name: '', calls: 1, inFlight: 1, tool: 'size', args: { bytes: 1_048_576 } };
  for (let round = 0; round < rounds; round += 1) {
    for (const one of started) {
      let isOver = false;
      const other = await one.running.connect();
      const beside = (async () => {
        while (!isOver) await loadOf({ ...one, client: other }, large, 1).call();
      })();
      const small = loadOf(one, { ...echo, calls: 150, args: { text: 'hello' } }, scale);
      samples.get(one)?.push(await runLoad(one.running, small));
      isOver = true;
      await beside;
      other.close();
    }
  }
  return summarise(samples, 'echo beside 1 MiB results');
}

export interface Memory {
  target: string;
  idleMiB: number | null;
  calls: number;
  afterMiB: number | null;
}

/** Resident memory a while after the start and after many calls. */
export async function measureMemory({ target, running, client }: Started, calls: number): Promise<Memory> {
  const read = async () => {
    await delay(500);
    return readUsage(running.pid, running.fixtures())?.rssMiB ?? null;
  };
  const idleMiB = await read();
  await runLoad(running, loadOf({ target, running, client }, { ...echo, calls, inFlight: 32 }, 1));
  return { target: target.name, idleMiB, calls, afterMiB: await read() };
}

export interface ColdStart {
  target: string;
  /** From the spawn to the first successful call, milliseconds, median. */
  ms: number;
}

/** From nothing to the first answered call. */
export async function measureColdStart(target: Target, upstream: Upstream, times: number): Promise<ColdStart> {
  const took: number[] = [];
  for (let at = 0; at < times; at += 1) {
    const running = await target.start(upstream);
    const client = await running.connect();
    await client.send('tools/call', { name: running.toolName('echo'), arguments: { text: 'first' } });
    took.push(performance.now() - running.spawnedAt);
    client.close();
    await running.stop();
  }
  return { target: target.name, ms: median(took) };
}
