import type { Analytics, CallClass } from '../../../electron/shared/index.ts';
import { formatCount, formatDuration } from '../../lib/format.ts';
import { callsLink } from './chart-links.ts';
import { niceScale } from './nice-scale.ts';

type Bucket = Analytics['buckets'][number];

const width = 480;
const height = 150;
const left = 38;
const right = 476;
const top = 8;
const bottom = 126;

/** From the bottom of a bar to its top; what is usual is grey. */
export const stackOrder = ['allowed', 'approved', 'cancelled', 'failed', 'denied'] as const satisfies CallClass[];

export const classNames: Readonly<Record<CallClass, string>> = {
  allowed: 'allowed',
  approved: 'asked, then allowed',
  denied: 'denied',
  failed: 'failed',
  cancelled: 'cancelled',
};

interface TimeChartProps {
  buckets: readonly Bucket[];
  label: (bucket: Bucket) => string;
  tick: (bucket: Bucket) => string;
}

/** Calls over time, stacked by how they ended. Each bar leads to its calls. */
export function CallBars({ buckets, label, tick }: TimeChartProps) {
  const scale = niceScale(Math.max(1, ...buckets.map(sumOf)));
  const yOf = (count: number) => bottom - ((bottom - top) * count) / scale.top;
  const step = (right - left) / buckets.length;
  const bar = Math.max(1, step * 0.65);
  return (
    <svg viewBox={`0 0 ${width} ${height}`} className="chart-svg">
      <title>Calls over time</title>
      <Grid ticks={scale.ticks} yOf={yOf} write={formatCount} />
      {buckets.map((bucket, index) => {
        const x = left + index * step;
        let under = 0;
        const name = `${label(bucket)}: ${describeBucket(bucket)}`;
        return (
          <a key={bucket.at} href={`#${callsLink(bucket)}`} aria-label={name}>
            <title>{name}</title>
            <rect x={x} y={top} width={step} height={bottom - top} className="chart-hit" />
            {stackOrder.map((key) => {
              const count = bucket[key];
              if (count === 0) return null;
              const y = yOf(under + count);
              const rect = <rect key={key} x={x} y={y} width={bar} height={yOf(under) - y} className={`fill-${key}`} />;
              under += count;
              return rect;
            })}
          </a>
        );
      })}
      <TimeTicks buckets={buckets} step={step} shift={bar / 2} tick={tick} />
    </svg>
  );
}

/** The median and the 95th percentile over time, gaps where nothing was measured. */
export function LatencyLines({ buckets, label, tick }: TimeChartProps) {
  const scale = niceScale(Math.max(1, ...buckets.map(({ p95 }) => p95 ?? 0)));
  const yOf = (ms: number) => bottom - ((bottom - top) * ms) / scale.top;
  const step = (right - left) / buckets.length;
  return (
    <svg viewBox={`0 0 ${width} ${height}`} className="chart-svg">
      <title>Latency over time</title>
      <Grid ticks={scale.ticks} yOf={yOf} write={formatCount} />
      <path d={linePath(buckets, ({ p50 }) => p50, step, yOf)} className="chart-line" />
      <path d={linePath(buckets, ({ p95 }) => p95, step, yOf)} className="chart-line dashed" />
      {buckets.map((bucket, index) => {
        const { p50, p95 } = bucket;
        const what =
          p50 === null || p95 === null ? 'no calls' : `p50 ${formatDuration(p50)}, p95 ${formatDuration(p95)}`;
        const name = `${label(bucket)}: ${what}`;
        return (
          <a key={bucket.at} href={`#${callsLink(bucket)}`} aria-label={name}>
            <title>{name}</title>
            <rect x={left + index * step} y={top} width={step} height={bottom - top} className="chart-hit" />
          </a>
        );
      })}
      <TimeTicks buckets={buckets} step={step} shift={step / 2} tick={tick} />
    </svg>
  );
}

/** A line from point to point; a single measurement between gaps is a short dash. */
function linePath(
  buckets: readonly Bucket[],
  pick: (bucket: Bucket) => number | null,
  step: number,
  yOf: (ms: number) => number,
): string {
  const half = Math.min(3, step / 2);
  let isOpen = false;
  return buckets
    .map((bucket, index) => {
      const value = pick(bucket);
      const command = isOpen ? 'L' : 'M';
      isOpen = value !== null;
      if (value === null) return '';
      const x = left + (index + 0.5) * step;
      const y = yOf(value).toFixed(1);
      return command === 'M' ? `M${(x - half).toFixed(1)} ${y}h${(2 * half).toFixed(1)}` : `L${x.toFixed(1)} ${y}`;
    })
    .join('');
}

interface GridProps {
  ticks: readonly number[];
  yOf: (value: number) => number;
  write: (value: number) => string;
}

function Grid({ ticks, yOf, write }: GridProps) {
  return (
    <g>
      {ticks.map((value) => (
        <g key={value}>
          <path d={`M${left} ${yOf(value)}H${right}`} className="chart-grid" />
          <text x={left - 6} y={yOf(value) + 4} textAnchor="end">
            {write(value)}
          </text>
        </g>
      ))}
    </g>
  );
}

interface TimeTicksProps extends Pick<TimeChartProps, 'buckets' | 'tick'> {
  step: number;
  shift: number;
}

const mostTicks = 8;

function TimeTicks({ buckets, step, shift, tick }: TimeTicksProps) {
  const every = Math.max(1, Math.ceil(buckets.length / mostTicks));
  return (
    <g>
      {buckets.map((bucket, index) =>
        index % every === 0 ? (
          <text key={bucket.at} x={left + index * step + shift} y={142} textAnchor="middle">
            {tick(bucket)}
          </text>
        ) : null,
      )}
    </g>
  );
}

export function sumOf(bucket: Bucket): number {
  return stackOrder.reduce((sum, key) => sum + bucket[key], 0);
}

function describeBucket(bucket: Bucket): string {
  const parts = stackOrder
    .filter((key) => bucket[key] > 0)
    .map((key) => `${formatCount(bucket[key])} ${classNames[key]}`);
  return parts.length === 0 ? 'no calls' : parts.join(', ');
}
