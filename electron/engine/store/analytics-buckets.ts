import type { CountDimension, SpreadMeasure } from './audit-search-contract.ts';

export const hourMs = 3_600_000;

/** How dimensions are numbered in the table. */
export const dimensionNumbers: Readonly<Record<CountDimension, number>> = {
  all: 0,
  agent: 1,
  tool: 2,
  rule: 3,
  question: 4,
};

/** How measures are numbered in the table. */
export const measureNumbers: Readonly<Record<SpreadMeasure, number>> = { total: 0, upstream: 1, added: 2, answer: 3 };

/** The upper end of a bar of the histogram over its lower end: the middle is then within 8 % of every value in it. */
const ratio = 1.15;
/** Milliseconds; what is shorter counts as this. */
const shortest = 0.001;

/** The bar of the histogram a time falls into. */
export function bucketOf(ms: number): number {
  return Math.round(Math.log(Math.max(ms, shortest) / shortest) / Math.log(ratio));
}

/** Milliseconds in the middle of a bar. */
export function middleOf(bucket: number): number {
  return shortest * ratio ** bucket;
}
