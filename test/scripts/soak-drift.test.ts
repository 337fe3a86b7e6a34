import { expect, it } from 'vitest';
import { findDrift, type Holding } from '../helpers/soak-drift.ts';

const run = (of: (at: number) => Partial<Holding>): Holding[] =>
  Array.from({ length: 60 }, (_, at) => ({ atMs: at * 1000, rssMiB: 200, handles: 40, children: 2, ...of(at) }));
const leaks = (samples: Holding[]) => findDrift(samples).flatMap(({ figure, isLeak }) => (isLeak ? [figure] : []));

it('calls steady growth after the warm-up a leak', () => {
  expect(leaks(run((at) => ({ handles: 40 + at })))).toEqual(['handles']);
  expect(leaks(run((at) => ({ rssMiB: 200 + at * 2 })))).toEqual(['rssMiB']);
  expect(leaks(run((at) => ({ children: 2 + Math.floor(at / 6) })))).toEqual(['children']);
});

it('takes growth at the start, and what goes up and down, for no leak', () => {
  expect(leaks(run((at) => ({ rssMiB: Math.min(300, 120 + at * 10) })))).toEqual([]);
  expect(leaks(run((at) => ({ handles: 40 + (at % 7) * 5 })))).toEqual([]);
});
