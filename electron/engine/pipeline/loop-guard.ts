import type { LoopLimit, LoopState } from '../../shared/index.ts';

/** One call as loops are counted: agent, tool and arguments together. */
export interface LoopKey {
  agentId: string;
  serverId: string;
  tool: string;
  argumentsDigest: string;
}

interface Run {
  serverId: string;
  tool: string;
  /** Times of the newest calls, oldest first, at most the limit's count. */
  times: number[];
}

/** Different calls remembered for one agent; more than this at once is no loop. */
const maxRuns = 500;

/** Counts how often an agent makes the very same call. Times are milliseconds since the epoch. */
export class LoopGuard {
  readonly #agents = new Map<string, Map<string, Run>>();

  /** Counts this call; how many of them came within the limit's time, this one included. */
  count(key: LoopKey, limit: LoopLimit, now: number): number {
    const runs = this.#agents.get(key.agentId) ?? new Map<string, Run>();
    this.#agents.set(key.agentId, runs);
    const id = `${key.serverId}\0${key.tool}\0${key.argumentsDigest}`;
    const run = runs.get(id) ?? { serverId: key.serverId, tool: key.tool, times: [] };
    const since = now - limit.seconds * 1000;
    run.times = [...run.times.filter((time) => time > since && time <= now), now].slice(-limit.count);
    // taken out and put back: the map stays in the order of last use
    runs.delete(id);
    runs.set(id, run);
    const [oldest] = runs.keys();
    if (runs.size > maxRuns && oldest !== undefined) runs.delete(oldest);
    return run.times.length;
  }

  /** The calls of an agent that look like a loop now. */
  states(agentId: string, limit: LoopLimit | null, now: number): LoopState[] {
    if (!limit) return [];
    const since = now - limit.seconds * 1000;
    const states: LoopState[] = [];
    for (const { serverId, tool, times } of this.#agents.get(agentId)?.values() ?? []) {
      const recent = times.filter((time) => time > since);
      const [first] = recent;
      if (recent.length >= limit.count && first !== undefined)
        states.push({ serverId, tool, count: recent.length, until: first + limit.seconds * 1000 });
    }
    return states;
  }

  forget(agentId: string): void {
    this.#agents.delete(agentId);
  }
}
