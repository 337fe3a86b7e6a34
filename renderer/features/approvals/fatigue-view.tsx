import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Fatigue, FatigueRow } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { formatDay } from '../../lib/format.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { EmptyState, LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { describeAnswerTime, describeRate, perDayAverage } from './fatigue-words.ts';
import './approvals.css';

const days = 14;
const titles = ['Agent', 'Tool', 'Asked', 'Approved', 'To answer', 'What would spare questions'] as const;

/** How much is asked, how it is answered, and which narrower rule would ask less. */
export function FatigueView() {
  const bridge = useBridge();
  const query = useQuery({
    queryKey: ['approvals.fatigue', days],
    queryFn: () => bridge.call('approvals.fatigue', { days }),
  });
  if (query.isPending) return <Skeleton label="Loading figures" />;
  if (query.isError) {
    const { message, fix } = explainError(query.error);
    return (
      <LoadError
        title="The figures could not be read"
        detail={`${message} ${fix}`}
        stillWorks="Questions that wait can still be answered."
        onRetry={() => void query.refetch()}
      />
    );
  }
  const { data } = query;
  if (data.asked === 0) {
    return (
      <EmptyState title="Nothing was asked yet">
        How many questions come in a day and how quickly you answer them is shown here.
      </EmptyState>
    );
  }
  return (
    <div className="body">
      <section className="pane grid fatigue" aria-label="Figures of approvals">
        <Totals data={data} />
        <PerDay perDay={data.perDay} />
        <table className="plain-table" aria-label="By agent and tool">
          <thead>
            <tr className="hd">
              {titles.map((title) => (
                <th key={title} scope="col" className={isNumber(title) ? 'num' : undefined}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.rows.map((row) => (
              <ToolRow key={JSON.stringify([row.agentId, row.serverId, row.tool])} row={row} />
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function Totals({ data }: { data: Fatigue }) {
  const facts = [
    [perDayAverage(data), `questions a day, last ${data.days} days`],
    [describeAnswerTime(data.medianMs), 'median time to your answer'],
    [describeRate(data.approved, data.approved + data.denied), 'of your answers approved'],
    [String(data.unanswered), 'ended without an answer'],
  ] as const;
  return (
    <>
      <dl className="totals">
        {facts.map(([value, label]) => (
          <div key={label}>
            <dd>{value}</dd>
            <dt className="t3 f12">{label}</dt>
          </div>
        ))}
      </dl>
      {data.hastyShare !== null && data.hastyShare >= 0.25 && (
        <p className="sec t2 f12">
          {Math.round(data.hastyShare * 100)} % of your answers came within two seconds: too quick to have read the
          question. Fewer, narrower questions are safer than many.
        </p>
      )}
    </>
  );
}

function PerDay({ perDay }: { perDay: Fatigue['perDay'] }) {
  const most = Math.max(1, ...perDay.map(({ asked }) => asked));
  const now = Date.now();
  return (
    <figure className="per-day">
      <figcaption className="lab">Questions a day</figcaption>
      <ol>
        {perDay.map(({ day, asked }) => (
          <li key={day} title={`${formatDay(day, now)}: ${asked}`}>
            <span className="sr">
              {formatDay(day, now)}: {asked}
            </span>
            <span className="per-day-bar" style={{ height: `${(asked / most) * 100}%` }} />
          </li>
        ))}
      </ol>
    </figure>
  );
}

function ToolRow({ row }: { row: FatigueRow }) {
  const { agentName, agentId, serverId, tool, asked, approved, denied, medianMs, suggestion } = row;
  // A rule made from a call begins with its agent, its tool and conditions on its arguments.
  const callId = useEngineStore(
    ({ calls }) =>
      calls.find((call) => call.agentId === agentId && call.serverId === serverId && call.tool === tool)?.id,
  );
  const ruleLink = callId === undefined ? '/policy/new' : `/policy/new/${encodeURIComponent(callId)}/allow`;
  return (
    <tr className="r fatigue-row">
      <td className="cut">
        <RawText text={agentName} />
      </td>
      <td className="cut">
        <code>
          <RawText text={tool} />
        </code>{' '}
        <span className="t3">{serverId}</span>
      </td>
      <td className="num">{asked}</td>
      <td className="num">{describeRate(approved, approved + denied)}</td>
      <td className="num">{describeAnswerTime(medianMs)}</td>
      <td className="fatigue-hint t2">
        {suggestion === null ? (
          <span className="t3">Nothing narrow enough</span>
        ) : (
          <>
            <RawText text={suggestion.text} /> <Link href={ruleLink}>Make a rule…</Link>
          </>
        )}
      </td>
    </tr>
  );
}

function isNumber(title: string): boolean {
  return ['Asked', 'Approved', 'To answer'].includes(title);
}
