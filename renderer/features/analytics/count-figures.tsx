import type { Analytics } from '../../../electron/shared/index.ts';
import { auditLink } from '../../lib/audit-link.ts';
import { countOf, formatBytes, formatCount, formatDuration } from '../../lib/format.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { writeTime } from '../audit/audit-query.ts';
import { type BarRow, BarRows } from './bar-rows.tsx';
import { ChartFigure, type ChartTable } from './chart-figure.tsx';
import { callsLink } from './chart-links.ts';

/** What is counted over the whole range. */
export function CountFigures({ data }: { data: Analytics }) {
  return (
    <>
      <ToolFigure data={data} />
      <AnswerFigure data={data} />
      <AgentFigure data={data} />
      <ServerFigure data={data} />
      <RuleFigure data={data} />
      <DefinitionFigure data={data} />
    </>
  );
}

function rangeOf({ from, to }: Analytics) {
  return { at: from, to };
}

/** The same rows as a table: name, numbers, and the way to the entries on the first number. */
function tableOf(
  titles: readonly string[],
  rows: readonly { row: BarRow; name: string; numbers: string[] }[],
): ChartTable {
  return {
    titles,
    rows: rows.map(({ row, name, numbers }) => ({
      key: row.key,
      cells: [
        { text: name },
        ...numbers.map((text, index) => (index === 0 && row.href !== undefined ? { text, href: row.href } : { text })),
      ],
    })),
  };
}

const callParts = ({ calls, denied }: { calls: number; denied: number }) => [
  { value: calls - denied, className: 'fill-allowed' },
  { value: denied, className: 'fill-denied' },
];

function ToolFigure({ data }: { data: Analytics }) {
  const rows = data.tools.map(({ serverId, tool, calls, denied }) => {
    const name = `${makeVisibleLine(serverId)}: ${makeVisibleLine(tool)}`;
    const isAmbiguous = data.tools.some((other) => other.tool === tool && other.serverId !== serverId);
    const text = denied === 0 ? formatCount(calls) : `${formatCount(calls)} · ${formatCount(denied)} denied`;
    const tokens = [
      { key: 'server', value: serverId },
      { key: 'tool', value: tool },
    ];
    const row: BarRow = {
      key: JSON.stringify([serverId, tool]),
      name: (
        <>
          {isAmbiguous && <span className="t3">{makeVisibleLine(serverId)} </span>}
          <code title={name}>{makeVisibleLine(tool)}</code>
        </>
      ),
      label: `${name}, ${text}`,
      parts: callParts({ calls, denied }),
      text,
      href: callsLink(rangeOf(data), [], tokens),
    };
    return { row, name, numbers: [formatCount(calls), formatCount(denied)] };
  });
  return (
    <ChartFigure
      title="Tools"
      note="calls, denied in red"
      none="No calls in this range."
      table={tableOf(['Tool', 'Calls', 'Denied'], rows)}
    >
      <BarRows rows={rows.map(({ row }) => row)} />
    </ChartFigure>
  );
}

function AgentFigure({ data }: { data: Analytics }) {
  const rows = data.agents.map(({ agentId, agentName, calls, denied, rateLimited }) => {
    const name = makeVisibleLine(agentName);
    const extra = [
      denied === 0 ? null : `${formatCount(denied)} denied`,
      rateLimited === 0 ? null : `${formatCount(rateLimited)} by a limit`,
    ].filter((part) => part !== null);
    const text = [formatCount(calls), ...extra].join(' · ');
    const row: BarRow = {
      key: agentId,
      name,
      label: `${name}, ${text}`,
      parts: callParts({ calls, denied }),
      text,
      href: callsLink(rangeOf(data), [], [{ key: 'agent', value: agentId }]),
    };
    return { row, name, numbers: [calls, denied, rateLimited].map(formatCount) };
  });
  return (
    <ChartFigure
      title="Agents"
      note="calls, denied in red"
      none="No calls in this range."
      table={tableOf(['Agent', 'Calls', 'Denied', 'By a limit'], rows)}
    >
      <BarRows rows={rows.map(({ row }) => row)} />
    </ChartFigure>
  );
}

function AnswerFigure({ data }: { data: Analytics }) {
  const { spread, unanswered, asked } = data.approvals;
  const href = auditLink([
    { key: 'event', value: 'approval.decided' },
    { key: 'after', value: writeTime(data.from) },
    { key: 'before', value: writeTime(data.to) },
  ]);
  const counts = [
    ...spread.map(({ fromMs, toMs, count }) => ({ name: describeSpan(fromMs, toMs), count })),
    { name: 'No answer', count: unanswered },
  ];
  const rows = counts.map(({ name, count }) => {
    const row: BarRow = {
      key: name,
      name,
      label: `${name}, ${countOf(count, 'question')}`,
      parts: [{ value: count, className: 'fill-allowed' }],
      text: formatCount(count),
      href,
    };
    return { row, name, numbers: [formatCount(count)] };
  });
  return (
    <ChartFigure
      title="Time to answer"
      note={countOf(asked, 'question')}
      none="Nobody was asked in this range."
      table={tableOf(['Time', 'Questions'], asked === 0 ? [] : rows)}
    >
      <BarRows rows={rows.map(({ row }) => row)} />
    </ChartFigure>
  );
}

function describeSpan(fromMs: number, toMs: number | null): string {
  const write = (ms: number) => (ms < 60_000 ? `${ms / 1000} s` : `${ms / 60_000} min`);
  if (fromMs === 0 && toMs !== null) return `under ${write(toMs)}`;
  return toMs === null ? `over ${write(fromMs)}` : `${write(fromMs)} to ${write(toMs)}`;
}

function ServerFigure({ data }: { data: Analytics }) {
  const write = (ms: number | null | undefined) => (ms == null ? '' : formatDuration(ms));
  const rows = data.servers.map(({ serverId, total, upstream, added }) => {
    const name = makeVisibleLine(serverId);
    const p50 = total.p50 ?? 0;
    const own = Math.min(added?.p50 ?? 0, p50);
    const text = `${write(p50)} · p95 ${write(total.p95)}`;
    const row: BarRow = {
      key: serverId,
      name,
      label: `${name}, median ${text}${added === null ? '' : `, of which ScopeGate ${write(added.p50)}`}`,
      parts: [
        { value: p50 - own, className: 'fill-allowed' },
        { value: own, className: 'fill-own' },
      ],
      text,
      href: callsLink(rangeOf(data), [], [{ key: 'server', value: serverId }]),
    };
    const times = [total.p50, total.p95, total.p99, upstream?.p50, upstream?.p95, added?.p50, added?.p95];
    return { row, name, numbers: [formatCount(total.count), ...times.map(write)] };
  });
  return (
    <ChartFigure
      title="Servers"
      note={
        <>
          median, <i className="swatch bg-own" />
          added by ScopeGate
        </>
      }
      none="No call went through in this range."
      table={tableOf(
        ['Server', 'Calls', 'p50', 'p95', 'p99', 'Server p50', 'Server p95', 'Added p50', 'Added p95'],
        rows,
      )}
    >
      <BarRows rows={rows.map(({ row }) => row)} />
    </ChartFigure>
  );
}

function RuleFigure({ data }: { data: Analytics }) {
  const rows = data.rules.map(({ ruleId, name, blocked }) => {
    const title = makeVisibleLine(name ?? `${ruleId} (removed)`);
    const row: BarRow = {
      key: ruleId,
      name: title,
      label: `${title}, ${countOf(blocked, 'call')} blocked`,
      parts: [{ value: blocked, className: 'fill-denied' }],
      text: formatCount(blocked),
      href: callsLink(rangeOf(data), [], [{ key: 'rule', value: ruleId }]),
    };
    return { row, name: title, numbers: [formatCount(blocked)] };
  });
  return (
    <ChartFigure
      title="Blocked by rule"
      note="and never-list"
      none="No rule blocked a call in this range."
      table={tableOf(['Rule', 'Calls'], rows)}
    >
      <BarRows rows={rows.map(({ row }) => row)} />
    </ChartFigure>
  );
}

function DefinitionFigure({ data }: { data: Analytics }) {
  const rows = data.definitions
    .filter(({ tools }) => tools > 0)
    .map(({ agentId, agentName, tools, bytes, tokens }) => {
      const name = makeVisibleLine(agentName);
      const text = `${formatCount(tokens)} · ${countOf(tools, 'tool')}`;
      const row: BarRow = {
        key: agentId,
        name,
        label: `${name}, about ${formatCount(tokens)} tokens for ${countOf(tools, 'tool')}`,
        parts: [{ value: tokens, className: 'fill-allowed' }],
        text,
        href: callsLink(rangeOf(data), [], [{ key: 'agent', value: agentId }]),
      };
      return { row, name, numbers: [formatCount(tokens), formatCount(tools), formatBytes(bytes)] };
    });
  return (
    <ChartFigure
      title="Tokens of tool definitions"
      note="estimated now, bytes divided by 4"
      none="No agent sees a tool."
      table={tableOf(['Agent', 'Tokens', 'Tools', 'Bytes'], rows)}
    >
      <BarRows rows={rows.map(({ row }) => row)} />
    </ChartFigure>
  );
}
