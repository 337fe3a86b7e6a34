import type { AuditReport } from '../shared/audit-proof.ts';
import { type AuditFilter, everyEntry } from '../shared/index.ts';
import type { AgentRegistry } from './agent-registry.ts';
import { nextTurn } from './audit-indexer.ts';
import { compileFilter, walkEntries } from './audit-search.ts';
import { writeEvidence } from './evidence-html.ts';
import { type Permissions, permissionEvents, replayPermissions } from './evidence-permissions.ts';
import type { EnginePorts } from './ports.ts';
import { hourMs } from './store/analytics-buckets.ts';
import type { AuditSearchReader } from './store/audit-search-contract.ts';
import type { AuditRow } from './store/contract.ts';

export interface EvidencePeriod {
  /** Milliseconds since the epoch; `from` included, `to` not. */
  from: number;
  to: number;
  /** Of local time to UTC, minutes. */
  offsetMinutes: number;
}

/** What a report is written from. */
export interface Evidence extends EvidencePeriod {
  madeAt: number;
  version: string;
  host: string;
  permissions: Permissions;
  /** Agents a configuration file declares now; their switches are in no row. */
  declared: { name: string; defaultEffect: string | null; tools: [string, string][] }[];
  calls: Totals;
  approvals: Listing;
  denials: Listing;
  changes: Listing;
  /** The oldest row there is; null: the log is empty. */
  firstAt: number | null;
  /** Rows the index had not read. */
  unread: number;
  verification: (AuditReport & { at: number }) | null;
}

/** Rows of one kind: all counted, the newest shown. */
export interface Listing {
  total: number;
  rows: AuditRow[];
}

/** Calls that ended in the period, by what became of them. */
export interface Totals {
  total: number;
  byAgent: { name: string; outcomes: Map<string, number> }[];
}

interface Ports {
  ports: EnginePorts;
  store: Pick<AuditSearchReader, 'searchState' | 'searchTerms' | 'searchWindow' | 'auditRows' | 'countsBetween'>;
  agents: AgentRegistry;
  /** The last verification of the log since the start; null: there was none. */
  verification(): (AuditReport & { at: number }) | null;
}

/** Rows of one table of the report. */
const mostRows = 500;
/** Rows of permission history the report plays; there are far fewer in any log a person made. */
const mostHistory = 100_000;
const rowsPerRead = 200;
const dayMs = 24 * hourMs;

const refusals = [
  'denied',
  'approval_denied',
  'approval_expired',
  'paused',
  'degraded',
  'rate_limited',
  'invalid_arguments',
  'not_found',
];
const changeEvents = [
  ...permissionEvents.filter((event) => event !== 'engine.stopped'),
  'agent.token_rotated',
  'server.added',
  'server.changed',
  'server.enabled',
  'server.disabled',
  'server.removed',
  'server.restored',
  'server.accepted',
  'approvals.settings_changed',
  'engine.port_changed',
  'engine.key_replaced',
];

/** A self-contained HTML page on what agents did and were allowed to do in a period, which is made to hold whole hours. */
export async function makeEvidenceReport(from: Ports, asked: EvidencePeriod): Promise<string> {
  const { ports, store, agents } = from;
  const period = {
    ...asked,
    from: Math.floor(asked.from / hourMs) * hourMs,
    to: Math.ceil(asked.to / hourMs) * hourMs,
  };
  const inPeriod: AuditFilter = { ...everyEntry, after: period.from, before: period.to };
  const { firstAt, headSeq, readThrough, firstSeq } = store.searchState();
  const history = await listRows(store, [...permissionEvents], { ...everyEntry, before: period.to }, mostHistory);
  return writeEvidence({
    ...period,
    madeAt: ports.clock.now(),
    version: ports.version,
    host: ports.host,
    permissions: replayPermissions([...history.rows].reverse(), period.to),
    declared: agents
      .all()
      .flatMap(({ name, declared }) =>
        declared === null
          ? []
          : [{ name, defaultEffect: declared.defaultEffect, tools: Object.entries(declared.tools) }],
      ),
    calls: await countCalls(store, period),
    approvals: await listRows(store, ['approval.decided'], inPeriod, mostRows),
    denials: await listRows(store, ['call.refused', 'call.settled'], { ...inPeriod, outcome: refusals }, mostRows),
    changes: await listRows(store, changeEvents, inPeriod, mostRows),
    firstAt,
    unread: Math.max(0, headSeq - Math.max(readThrough, firstSeq - 1)),
    verification: from.verification(),
  });
}

/** Rows of these events that fit, newest first, the newest `most` of them read. */
async function listRows(store: Ports['store'], events: string[], filter: AuditFilter, most: number): Promise<Listing> {
  const seqs: number[] = [];
  let total = 0;
  for await (const found of walkEvents(store, events, filter)) {
    total += found.length;
    for (const seq of found.slice(0, most - seqs.length)) seqs.push(seq);
  }
  const rows: AuditRow[] = [];
  for (let at = 0; at < seqs.length; at += rowsPerRead) {
    for (const row of store.auditRows(seqs.slice(at, at + rowsPerRead))) rows.push(row);
    await nextTurn();
  }
  return { total, rows };
}

/** Names of events are whole here, where a filter takes a part of them. */
async function* walkEvents(store: Ports['store'], events: readonly string[], filter: AuditFilter) {
  const query = compileFilter(store, filter);
  const numbers = events.flatMap((event) => store.searchTerms('event', event, true, 1).map(({ id }) => id));
  if (query === null || numbers.length === 0) return;
  yield* walkEntries(store, { ...query, terms: { ...query.terms, event: numbers } }, store.searchState().headSeq);
}

/** From the counts by the hour, a day at a time. */
async function countCalls(store: Ports['store'], { from, to }: EvidencePeriod): Promise<Totals> {
  const byAgent = new Map<string, { name: string; outcomes: Map<string, number> }>();
  let total = 0;
  for (let at = from; at < to; at += dayMs) {
    for (const row of store.countsBetween('agent', at, Math.min(to, at + dayMs))) {
      total += row.calls;
      const agent = byAgent.get(row.id) ?? { name: row.label, outcomes: new Map<string, number>() };
      byAgent.set(row.id, agent);
      agent.outcomes.set(row.outcome, (agent.outcomes.get(row.outcome) ?? 0) + row.calls);
    }
    await nextTurn();
  }
  return { total, byAgent: [...byAgent.values()] };
}
