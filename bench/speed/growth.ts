import { runLoad, type Sample } from './measure.ts';
import { endProcess } from './processes.ts';
import { loadOf, medianSample, type Started } from './scenarios.ts';
import { makeScopeGate, type ScopeGateOptions } from './scopegate.ts';
import { type LoopDelay, startUpstream } from './targets.ts';

/** What one size of one thing costs. */
export interface Growth {
  axis: string;
  at: number;
  one: Sample;
  many: Sample;
  /** tools/list, p50 in milliseconds. */
  listMs: number;
  /** How late the event loop was while 32 calls were in flight. */
  late: LoopDelay;
}

interface Step extends Partial<ScopeGateOptions> {
  axis: string;
  at: number;
  tools?: number;
}

/** Everything grows by itself, from one plain gateway. `isDeep`: a log of ten million rows, which takes minutes to write. */
export function growthSteps(isSmoke: boolean, isDeep: boolean): Step[] {
  if (isSmoke) return [{ axis: 'agents', at: 2, agents: 2, page: true, logRows: 50, servers: 2 }];
  const steps = (axis: string, sizes: number[], own: (at: number) => Partial<Step>): Step[] =>
    sizes.map((at) => ({ axis, at, ...own(at) }));
  return [
    ...steps('tools', [10, 100, 1_000, 10_000], (tools) => ({ tools })),
    ...steps('servers', [1, 10, 50], (servers) => ({ servers, tools: 10 })),
    ...steps('agents', [1, 10, 100], (agents) => ({ agents })),
    ...steps('rules', [0, 100, 1_000, 5_000], (rules) => ({ rules })),
    { axis: 'pages that watch Live', at: 0 },
    { axis: 'pages that watch Live', at: 1, page: true },
    ...steps('rows in the log', isDeep ? [0, 1_000_000, 10_000_000] : [0, 1_000_000], (logRows) => ({ logRows })),
  ];
}

/** One gateway at a time, so absolute times carry the machine's drift: read the processor time. */
export async function measureGrowth(
  { axis, at, tools = 4, ...options }: Step,
  { rounds, scale }: { rounds: number; scale: number },
): Promise<Growth> {
  const upstream = await startUpstream(tools);
  const target = makeScopeGate({ name: 'ScopeGate', front: 'http', watchLoop: true, ...options });
  const running = await target.start(upstream);
  try {
    const clients = await Promise.all(Array.from({ length: options.agents ?? 1 }, () => running.connect()));
    let turn = 0;
    const next = (): Started => {
      const client = clients[turn++ % clients.length];
      if (!client) throw new Error('nobody is connected');
      return { target, running, client };
    };
    const echo = { name: 'echo', calls: 0, inFlight: 1, tool: 'echo', args: { text: 'hello' } };
    const call = () => loadOf(next(), echo, 1).call();
    const list = () => next().client.send('tools/list', {});
    const load = (calls: number, inFlight: number, what: () => Promise<unknown>) =>
      runLoad(running, { calls: Math.max(inFlight, Math.ceil(calls * scale)), inFlight, call: what });
    await load(2_000, 32, call);
    await running.loopDelay?.();
    const one: Sample[] = [];
    const many: Sample[] = [];
    for (let round = 0; round < rounds; round += 1) {
      one.push(await load(300, 1, call));
      many.push(await load(1_000, 32, call));
    }
    const late = (await running.loopDelay?.()) ?? { p50: 0, p99: 0, max: 0 };
    const { p50: listMs } = await load(50, 1, list);
    for (const client of clients) client.close();
    return { axis, at, one: medianSample(one), many: medianSample(many), listMs, late };
  } finally {
    await running.stop();
    await endProcess(upstream.child);
  }
}
