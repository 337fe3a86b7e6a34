import type { Analytics } from '../../../electron/shared/index.ts';
import { formatCount, formatDay, formatDuration } from '../../lib/format.ts';
import { ChartFigure, type ChartTable } from './chart-figure.tsx';
import { callsLink } from './chart-links.ts';
import { CallBars, classNames, LatencyLines, stackOrder, sumOf } from './time-charts.tsx';

type Bucket = Analytics['buckets'][number];

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** What changes over the range: calls by how they ended, and how long they took. */
export function TimeFigures({ data }: { data: Analytics }) {
  const { buckets } = data;
  const texts = writeTimes(buckets[0]);
  const isMeasured = buckets.some(({ p50 }) => p50 !== null);
  const shown = stackOrder.filter((key) => data.outcomes[key] > 0);
  return (
    <>
      <ChartFigure
        title={texts.title}
        note={shown.map((key) => (
          <span key={key} className="key">
            <i className={`swatch bg-${key}`} />
            {classNames[key]}
          </span>
        ))}
        none="No calls in this range."
        table={data.calls === 0 ? nothing : callTable(buckets, texts.label)}
      >
        <CallBars buckets={buckets} {...texts} />
      </ChartFigure>
      <ChartFigure
        title="Latency, ms"
        note="solid p50, dashed p95, without waiting for you"
        none="No call went through in this range."
        table={isMeasured ? latencyTable(buckets, texts.label) : nothing}
      >
        <LatencyLines buckets={buckets} {...texts} />
      </ChartFigure>
    </>
  );
}

const nothing: ChartTable = { titles: [], rows: [] };

function callTable(buckets: readonly Bucket[], label: (bucket: Bucket) => string): ChartTable {
  return {
    titles: ['Time', 'Calls', ...stackOrder.map((key) => classNames[key])],
    rows: buckets
      .filter((bucket) => sumOf(bucket) > 0)
      .map((bucket) => ({
        key: String(bucket.at),
        cells: [
          { text: label(bucket) },
          { text: formatCount(sumOf(bucket)), href: callsLink(bucket) },
          ...stackOrder.map((key) => ({ text: formatCount(bucket[key]), href: callsLink(bucket, [key]) })),
        ],
      })),
  };
}

function latencyTable(buckets: readonly Bucket[], label: (bucket: Bucket) => string): ChartTable {
  const write = (ms: number | null) => (ms === null ? '' : formatDuration(ms));
  return {
    titles: ['Time', 'p50', 'p95'],
    rows: buckets
      .filter(({ p50 }) => p50 !== null)
      .map((bucket) => ({
        key: String(bucket.at),
        cells: [
          { text: label(bucket), href: callsLink(bucket) },
          { text: write(bucket.p50) },
          { text: write(bucket.p95) },
        ],
      })),
  };
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit' });

/** How times are written under the bars and said of them, by the length of a bar. */
function writeTimes(first: Bucket | undefined) {
  const length = first === undefined ? hourMs : first.to - first.at;
  const day = ({ at }: Bucket) => formatDay(at, Date.now());
  if (length >= dayMs)
    return { title: 'Calls by day', label: day, tick: (bucket: Bucket) => day(bucket).split(' ')[0] ?? '' };
  const span = (bucket: Bucket) => `${day(bucket)} ${clock.format(bucket.at)}–${clock.format(bucket.to)}`;
  if (length > hourMs) return { title: 'Calls by 6 hours', label: span, tick: day };
  return { title: 'Calls by hour', label: span, tick: ({ at }: Bucket) => hour.format(at) };
}
