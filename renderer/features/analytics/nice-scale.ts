/** The top of an axis and its marks: three round numbers from 0 that hold `most`. */
export function niceScale(most: number): { top: number; ticks: number[] } {
  const half = most / 2;
  const power = 10 ** Math.floor(Math.log10(half));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((value) => value >= half) ?? half;
  return { top: step * 2, ticks: [0, step, step * 2] };
}
