import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import type { Analytics, CallClass } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { auditLink } from '../../lib/audit-link.ts';
import { countOf, formatCount, formatDuration } from '../../lib/format.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { EmptyState, LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { Segment } from '../../ui/segment.tsx';
import { callsLink } from './chart-links.ts';
import { CountFigures } from './count-figures.tsx';
import { TimeFigures } from './time-figures.tsx';
import './analytics.css';

const ranges = [
  { value: '1', label: '24 hours' },
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
] as const;
type Range = (typeof ranges)[number]['value'];
const daysOf = { '1': 1, '7': 7, '30': 30, '90': 90 } as const satisfies Record<Range, number>;
/** Figures on the screen are read again so often. Milliseconds. */
const refreshMs = 30_000;

/** Analytics: what agents do, how it ends, what it costs. Every figure leads to the entries behind it. */
export function AnalyticsPage() {
  const bridge = useBridge();
  const epoch = useEngineStore((state) => state.epoch);
  const [range, setRange] = useState<Range>('1');
  const query = useQuery({
    queryKey: ['analytics.get', epoch, range],
    queryFn: () =>
      bridge.call('analytics.get', { days: daysOf[range], offsetMinutes: -new Date().getTimezoneOffset() }),
    refetchInterval: refreshMs,
    placeholderData: (before: Analytics | undefined) => before,
  });
  return (
    <>
      <header className="bar">
        <h1>Analytics</h1>
        <span className="grow" />
        <Segment label="Range" value={range} options={ranges} onChange={setRange} />
      </header>
      {query.data === undefined && query.isPending && <Skeleton label="Loading figures" />}
      {query.data === undefined && query.isError && (
        <LoadError
          title="The figures could not be read"
          detail={`${explainError(query.error).message} ${explainError(query.error).fix}`.trim()}
          stillWorks="Calls are still decided and written down."
          onRetry={() => void query.refetch()}
        />
      )}
      {query.data !== undefined && <Figures data={query.data} />}
    </>
  );
}

function Figures({ data }: { data: Analytics }) {
  if (data.calls === 0 && data.approvals.asked === 0 && data.definitions.every(({ tools }) => tools === 0)) {
    return (
      <EmptyState
        title="No calls in this range"
        action={
          <Link href="/audit" className="btn">
            Look at the log
          </Link>
        }
      >
        Figures stand here as soon as an agent has called a tool.
      </EmptyState>
    );
  }
  return (
    <section className="pane" aria-label="Figures">
      {data.unread > 0 && (
        <p className="note" role="status">
          {formatCount(data.unread)} of the newest rows of the log are not counted yet.
        </p>
      )}
      <Numbers data={data} />
      <div className="charts">
        <TimeFigures data={data} />
        <CountFigures data={data} />
      </div>
    </section>
  );
}

function Numbers({ data }: { data: Analytics }) {
  const { approvals, outcomes, latency, rateLimited, agents } = data;
  const stretch = { at: data.from, to: data.to };
  const link = (...classes: CallClass[]) => callsLink(stretch, classes);
  const questions = auditLink([{ key: 'event', value: 'approval.decided' }]);
  const failing = data.outcomes.failed === 0 ? 'nothing broke' : share(outcomes.failed, data.calls, 'of calls');
  return (
    <dl className="nums">
      <Figure name="Calls" value={formatCount(data.calls)} note={countOf(agents.length, 'agent')} href={link()} />
      <Figure
        name="Asked"
        value={formatCount(approvals.asked)}
        note={approvals.medianMs === null ? 'nobody answered' : `median answer ${formatDuration(approvals.medianMs)}`}
        href={questions}
      />
      <Figure
        name="Approved"
        value={formatCount(approvals.approved)}
        note={share(approvals.approved, approvals.asked, 'of asked')}
        href={questions}
      />
      <Figure
        name="Denied"
        value={formatCount(outcomes.denied)}
        note={rateLimited === 0 ? 'none by a limit' : `${formatCount(rateLimited)} by a limit`}
        href={link('denied')}
      />
      <Figure name="Failed" value={formatCount(outcomes.failed)} note={failing} href={link('failed')} />
      <Figure
        name="Latency p95"
        value={latency.all.p95 === null ? 'none' : formatDuration(latency.all.p95)}
        note={latency.added?.p50 == null ? 'without waiting' : `ScopeGate adds ${formatDuration(latency.added.p50)}`}
        href={link()}
      />
    </dl>
  );
}

function Figure({ name, value, note, href }: { name: string; value: string; note: ReactNode; href: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <Link href={href}>{value}</Link>
        <span className="t3 f12 cut">{note}</span>
      </dd>
    </div>
  );
}

function share(part: number, whole: number, of: string): string {
  return whole === 0 ? 'none' : `${Math.round((part / whole) * 100)} % ${of}`;
}
