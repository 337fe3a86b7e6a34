import { readUsage } from './processes.ts';
import type { RunningTarget } from './targets.ts';

/** What one scenario found for one target in one round. Milliseconds unless the name says otherwise. */
export interface Sample {
  p50: number;
  p95: number;
  p99: number;
  perSecond: number;
  /** Processor time of the target for one call, microseconds; null where the system does not tell. */
  cpuUs: number | null;
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export interface Load {
  calls: number;
  /** Calls under way at once. */
  inFlight: number;
  call(): Promise<unknown>;
}

/** Runs a load against a target and returns what it took. */
export async function runLoad(target: RunningTarget, { calls, inFlight, call }: Load): Promise<Sample> {
  const took: number[] = [];
  let left = calls;
  const fixtures = target.fixtures();
  const before = readUsage(target.pid, fixtures);
  const started = performance.now();
  async function worker(): Promise<void> {
    while (left > 0) {
      left -= 1;
      const at = performance.now();
      await call();
      took.push(performance.now() - at);
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker));
  const elapsed = performance.now() - started;
  const after = readUsage(target.pid, fixtures);
  return {
    p50: quantile(took, 0.5),
    p95: quantile(took, 0.95),
    p99: quantile(took, 0.99),
    perSecond: (calls / elapsed) * 1000,
    cpuUs: before && after ? (after.cpuUs - before.cpuUs) / calls : null,
  };
}
