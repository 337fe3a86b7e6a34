import { controls, limitsOfReport } from './evidence-controls.ts';
import type { Evidence, Listing } from './evidence-report.ts';
import { evidenceStyle } from './evidence-style.ts';
import { type Html, html, join, table } from './html-text.ts';
import type { AuditRow } from './store/contract.ts';
import type { JsonObject } from './wire/json-rpc.ts';

const effectWords: Readonly<Record<string, string>> = { allow: 'Allow', ask: 'Ask', deny: 'Block' };

/** The whole page. Nothing in it is loaded from anywhere, nothing in it runs. */
export function writeEvidence(evidence: Evidence): string {
  const time = clockOf(evidence.offsetMinutes);
  const title = `Evidence report, ${time.day(evidence.from)} to ${time.day(evidence.to - 1)}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>ScopeGate: ${title}</title>
<style>${evidenceStyle}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p>Made by ScopeGate ${evidence.version} (${evidence.host}) on ${time.moment(evidence.madeAt)}. Times are ${time.zone}.
The period holds whole hours: from ${time.moment(evidence.from)} to ${time.moment(evidence.to)}.</p>
</header>
${writeSummary(evidence, time)}
${writeVerification(evidence, time)}
${writeAgents(evidence, time)}
${writePolicy(evidence)}
${writeApprovals(evidence, time)}
${writeRows('Calls that were refused', evidence.denials, 'No call was refused in the period.', refusalColumns, time)}
${writeRows('Changes of agents, servers and policy', evidence.changes, 'Nothing was changed in the period.', changeColumns, time)}
${writeControls()}
</body>
</html>
`;
  return page.text;
}

function writeSummary({ calls, approvals, denials, changes, firstAt, from, unread }: Evidence, time: Time): Html {
  const gaps = [
    firstAt === null || firstAt > from
      ? `The log begins ${firstAt === null ? 'after' : time.moment(firstAt)}${firstAt === null ? ' the period' : ''}, so what happened before is not in this report.`
      : null,
    unread > 0 ? `${unread} of the newest rows of the log had not been read when this report was made.` : null,
  ].filter((gap) => gap !== null);
  const outcomes = [...new Set(calls.byAgent.flatMap((agent) => [...agent.outcomes.keys()]))].sort();
  return html`<section>
<h2>Summary</h2>
<dl>
<div><dt>Calls</dt><dd>${calls.total}</dd></div>
<div><dt>Questions to a person that ended</dt><dd>${approvals.total}</dd></div>
<div><dt>Calls refused</dt><dd>${denials.total}</dd></div>
<div><dt>Changes</dt><dd>${changes.total}</dd></div>
</dl>
${join(gaps.map((gap) => html`<p class="note">${gap}</p>`))}
${
  calls.byAgent.length === 0
    ? html``
    : table(
        ['Agent', ...outcomes],
        calls.byAgent.map(({ name, outcomes: counts }) => [
          name,
          ...outcomes.map((outcome) => counts.get(outcome) ?? 0),
        ]),
      )
}
</section>`;
}

const verdicts = {
  whole: 'Whole: nothing was found that ScopeGate did not write, and nothing missing.',
  incomplete: 'Incomplete: rows were lost, and the log itself says so.',
  broken: 'Broken: what is stored is not what ScopeGate wrote, or not all of it.',
} as const;

function writeVerification({ verification }: Evidence, time: Time): Html {
  if (verification === null) {
    return html`<section>
<h2>Integrity of the log</h2>
<p class="note">Not verified: the log was not checked since ScopeGate was started. Run Verify all on the Audit page, or scopegate verify, and make this report again.</p>
</section>`;
  }
  const { verdict, problems, notes, firstKeys } = verification;
  return html`<section>
<h2>Integrity of the log</h2>
<p><strong>${verdicts[verdict]}</strong></p>
${table(
  ['Fact', 'Value'],
  [
    ['Checked on', time.moment(verification.at)],
    ['Rows', `${verification.firstSeq} to ${verification.lastSeq}`],
    ['Every row fits its hash and the one before, up to row', verification.chainedThrough],
    ['Covered by a signature, up to row', verification.signedThrough],
    ['Confirmed by the mark beside the database, up to row', verification.confirmedThrough],
    ['Removed by retention, up to row', verification.prunedThrough === 0 ? 'none' : verification.prunedThrough],
    ['Signed checkpoints', verification.checkpoints],
    ['First public keys', firstKeys.join(', ')],
    ['Hash of the last row', verification.lastHash],
  ],
)}
${join(problems.map(({ seq, message }) => html`<p class="note">${seq === null ? '' : `Row ${seq}: `}${message}</p>`))}
${join(notes.map((note) => html`<p class="note">${note}</p>`))}
</section>`;
}

function writeAgents({ permissions, declared, to }: Evidence, time: Time): Html {
  const shown = permissions.agents.filter(({ removedAt }) => removedAt === null);
  const removed = permissions.agents.filter(({ removedAt }) => removedAt !== null);
  return html`<section>
<h2>Agents and what they were allowed at the end of the period</h2>
<p>As the rows of the log up to ${time.moment(to)} tell. Where nothing is set, tools are blocked.</p>
${shown.length === 0 && declared.length === 0 ? html`<p>No agent is in the log.</p>` : html``}
${join(
  shown.map(
    (agent) => html`<h3>${agent.name}${agent.isPaused ? ' (paused)' : ''}</h3>
<p>${agent.createdAt === null ? 'Made before the log begins' : `Made ${time.moment(agent.createdAt)}`}. Limit: ${agent.limit ?? 'none set'}.</p>
${
  agent.switches.length === 0
    ? html`<p>No switches are set.</p>`
    : table(
        ['Server', 'Tool', 'Switch'],
        agent.switches.map(({ server, tool, effect }) => [
          server === '*' ? 'all' : server,
          tool === '*' ? 'all' : tool,
          effectWords[effect] ?? effect,
        ]),
      )
}
${
  agent.remembered.length === 0
    ? html``
    : table(
        ['Remembered approval', 'Tool', 'Until'],
        agent.remembered.map(({ summary, server, tool, expiresAt }) => [
          summary,
          `${server}: ${tool}`,
          expiresAt === null ? 'no end by time' : time.moment(expiresAt),
        ]),
      )
}`,
  ),
)}
${join(
  declared.map(
    ({ name, defaultEffect, tools }) => html`<h3>${name} (from the configuration file)</h3>
<p class="note">What a file declares is in no row of the log. This is what it says now, not at the end of the period.</p>
${table(['Tool', 'Switch'], [['start', effectWords[defaultEffect ?? 'deny'] ?? 'Block'], ...tools.map(([tool, effect]) => [tool, effectWords[effect] ?? effect])])}`,
  ),
)}
${removed.length === 0 ? html`` : html`<p>Removed by then: ${removed.map(({ name }) => name).join(', ')}.</p>`}
</section>`;
}

function writePolicy({ permissions }: Evidence): Html {
  const { rules, never, tiers, isPaused } = permissions;
  const ruleCells = (value: JsonObject) => [
    value.name,
    value.enabled === false ? 'off' : (effectWords[String(value.effect)] ?? value.effect),
    `${value.agent ?? 'every agent'} → ${value.server}: ${value.tool}`,
    JSON.stringify(value.conditions ?? []),
  ];
  return html`<section>
<h2>Policy at the end of the period</h2>
${isPaused ? html`<p><strong>All agents were paused.</strong></p>` : html``}
${
  rules.length === 0
    ? html`<p>No rule was in force.</p>`
    : table(
        ['Rule', 'Effect', 'Covers', 'Conditions'],
        rules.map(({ value }) => ruleCells(value)),
      )
}
${
  never.length === 0
    ? html`<p>The never-list was empty.</p>`
    : table(
        ['Never', 'Covers', 'Conditions'],
        never.map(({ value }) => [
          value.name,
          `${value.server}: ${value.tool}`,
          JSON.stringify(value.conditions ?? []),
        ]),
      )
}
${
  tiers.length === 0
    ? html``
    : table(
        ['Server', 'Tool', 'Risk tier set by a person'],
        tiers.map(({ server, tool, tier }) => [server, tool, tier]),
      )
}
</section>`;
}

type Columns = readonly (readonly [title: string, value: (row: AuditRow, time: Time) => unknown])[];

const who: Columns = [
  ['Time', (row, time) => time.moment(row.at)],
  ['Row', (row) => row.seq],
];
const refusalColumns: Columns = [
  ...who,
  ['Agent', (row) => row.agentName],
  ['Tool', (row) => `${row.serverId ?? ''}: ${row.tool ?? ''}`],
  ['Outcome', (row) => row.outcome],
  ['Reason', (row) => [row.reasonCode, row.ruleId].filter((part) => part !== null).join(', ')],
];
const changeColumns: Columns = [
  ...who,
  ['By', (row) => row.actor],
  ['Event', (row) => row.event],
  ['About', (row) => row.agentName ?? row.serverId],
  ['What', (row) => (row.details === null ? '' : JSON.stringify(row.details))],
];
const approvalColumns: Columns = [
  ...who,
  ['By', (row) => row.actor],
  ['Answer', (row) => row.reasonCode],
  ['Agent', (row) => row.agentName],
  ['Tool', (row) => `${row.serverId ?? ''}: ${row.tool ?? ''}`],
  ['Waited, s', (row) => (row.waitedMs === null ? '' : (row.waitedMs / 1000).toFixed(1))],
];

function writeApprovals({ approvals }: Evidence, time: Time): Html {
  return writeRows(
    'Questions to a person and their answers',
    approvals,
    'Nobody was asked in the period.',
    approvalColumns,
    time,
  );
}

function writeRows(title: string, { total, rows }: Listing, none: string, columns: Columns, time: Time): Html {
  return html`<section>
<h2>${title}</h2>
${total === 0 ? html`<p>${none}</p>` : html``}
${total > rows.length ? html`<p class="note">The newest ${rows.length} of ${total}. The rest is in the log; export it from the Audit page.</p>` : html``}
${
  rows.length === 0
    ? html``
    : table(
        columns.map(([name]) => name),
        rows.map((row) => columns.map(([, value]) => value(row, time))),
      )
}
</section>`;
}

function writeControls(): Html {
  return html`<section>
<h2>Controls this can support</h2>
<p>This report supports the work on the controls below. It certifies nothing: whether a control is met depends on the whole organisation, and is for its auditor to say.</p>
${table(['Control', 'What it asks for', 'What this report and the log add'], controls)}
<h2>What this does not show</h2>
<ul>${join(limitsOfReport.map((limit) => html`<li>${limit}</li>`))}</ul>
</section>`;
}

interface Time {
  zone: string;
  day(at: number): string;
  /** `2026-11-22 14:03:07` */
  moment(at: number): string;
}

function clockOf(offsetMinutes: number): Time {
  const text = (at: number) => new Date(at + offsetMinutes * 60_000).toISOString();
  const hours = String(Math.floor(Math.abs(offsetMinutes) / 60)).padStart(2, '0');
  const minutes = String(Math.abs(offsetMinutes) % 60).padStart(2, '0');
  return {
    zone: offsetMinutes === 0 ? 'UTC' : `UTC${offsetMinutes < 0 ? '−' : '+'}${hours}:${minutes}`,
    day: (at) => text(at).slice(0, 10),
    moment: (at) => text(at).slice(0, 19).replace('T', ' '),
  };
}
