import { formatDuration } from '../../lib/format.ts';

/** `4.2`, `12`: questions a day over the whole span, days without any counted. */
export function perDayAverage({ asked, days }: { asked: number; days: number }): string {
  const average = asked / Math.max(1, days);
  return average < 10 ? average.toFixed(1) : String(Math.round(average));
}

/** `1.8 s`, `2:05`; `–` when nobody answered. */
export function describeAnswerTime(medianMs: number | null): string {
  return medianMs === null ? '–' : formatDuration(medianMs);
}

/** `92 %`; `–` of nothing. */
export function describeRate(part: number, whole: number): string {
  return whole === 0 ? '–' : `${Math.round((part / whole) * 100)} %`;
}
