/** What a process held at one moment; `atMs` since the start of the run. */
export interface Holding {
  atMs: number;
  rssMiB: number;
  handles: number;
  children: number;
}

/** Growth that counts as a leak, between the middle third and the last one. */
const limits = { rssMiB: 32, rssShare: 0.15, handles: 12, children: 2 };

export interface Drift {
  figure: 'rssMiB' | 'handles' | 'children';
  middle: number;
  last: number;
  isLeak: boolean;
}

/** The first third is warm-up: caches fill, code is compiled. Medians, because what is sampled goes up and down. */
export function findDrift(samples: readonly Holding[]): Drift[] {
  const third = Math.floor(samples.length / 3);
  const typical = (figure: Drift['figure'], from: number, to: number) => {
    const sorted = samples.slice(from, to).map((sample) => sample[figure]);
    sorted.sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  };
  return (['rssMiB', 'handles', 'children'] as const).map((figure) => {
    const middle = typical(figure, third, 2 * third);
    const last = typical(figure, 2 * third, samples.length);
    const allowed = figure === 'rssMiB' ? Math.max(limits.rssMiB, middle * limits.rssShare) : limits[figure];
    return { figure, middle, last, isLeak: last - middle > allowed };
  });
}
