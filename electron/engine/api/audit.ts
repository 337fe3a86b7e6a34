import type { AuditEntry, AuditEntryDetail, AuditFilter, AuditOverview } from '../../shared/index.ts';
import { exportPiece } from '../audit-export.ts';
import { compileFilter, countEntries, findPage } from '../audit-search.ts';
import { makeEvidenceReport } from '../evidence-report.ts';
import { BridgeFault } from '../faults.ts';
import type { AuditRow } from '../store/contract.ts';
import type { EngineParts } from './context.ts';
import type { Handlers } from './handlers.ts';

/** How long a request waits for the index to catch up with the log, milliseconds; then it answers with what is there. */
const patienceMs = 400;
const maxSavedSearches = 100;
const maxTerms = 8;

type Methods = Extract<keyof Handlers, `audit.${string}`>;
/** What this file answers; how the log is proven and kept stands elsewhere. */
type Own =
  | 'audit.overview'
  | 'audit.page'
  | 'audit.count'
  | 'audit.entry'
  | 'audit.terms'
  | 'audit.saveSearch'
  | 'audit.removeSearch'
  | 'audit.setTextSearch'
  | 'audit.export'
  | 'audit.evidence';

export function makeAuditHandlers(parts: EngineParts): Pick<Handlers, Extract<Methods, Own>> {
  const { store, indexer } = parts;
  return {
    ...makeListHandlers(parts),
    'audit.overview': () => overviewOf(parts),
    'audit.entry': ({ seq }) => detailOfEntry(parts, seq),
    'audit.terms': ({ key, part }) => ({
      values: [...new Set(store.searchTerms(key, part, false, maxTerms).map(({ label }) => label))],
    }),
    'audit.saveSearch': ({ name, query }) => {
      if (store.savedSearches().length >= maxSavedSearches)
        throw new BridgeFault('conflict', `${maxSavedSearches} searches are saved already.`, 'Remove one first.');
      return store.putSavedSearch(name, query, parts.ports.clock.now());
    },
    'audit.removeSearch': ({ id }) => {
      store.deleteSavedSearch(id);
      return {};
    },
    'audit.setTextSearch': ({ on }) => {
      record(parts, 'audit.text_search_changed', { on });
      indexer.setTextSearch(on);
      return {};
    },
    'audit.evidence': async (period) => {
      record(parts, 'audit.report_made', { from: period.from, to: period.to });
      await indexer.catchUp(patienceMs);
      return { html: await makeEvidenceReport({ ...parts, verification: () => parts.prover.report }, period) };
    },
  };
}

function makeListHandlers(parts: EngineParts): Pick<Handlers, 'audit.page' | 'audit.count' | 'audit.export'> {
  const { store, indexer } = parts;
  /** `through` of null is now; then the index is brought up with it. */
  const startAt = async (through: number | null): Promise<number> => {
    if (through === null) await indexer.catchUp(patienceMs);
    return through ?? store.searchState().headSeq;
  };
  return {
    'audit.page': async ({ filter, through, before, limit }) => {
      const end = await startAt(through);
      const query = compileSearch(parts, filter);
      if (query === null) return { entries: [], through: end, more: false };
      const { seqs, more } = await findPage(store, query, before === null ? end : Math.min(end, before - 1), limit);
      return { entries: store.auditRows(seqs).map(entryOf), through: end, more };
    },
    'audit.count': async ({ filter, through, pageSize }) => {
      const end = await startAt(through);
      const query = compileSearch(parts, filter);
      if (query === null) return { total: 0, marks: [], through: end };
      return { ...(await countEntries(store, query, end, pageSize)), through: end };
    },
    'audit.export': async ({ filter, format, through, before }) => {
      if (before === null) record(parts, 'audit.exported', { format, filter: withoutEmpty(filter) });
      const end = await startAt(through);
      return {
        ...(await exportPiece(store, { query: compileSearch(parts, filter), format, end, before })),
        through: end,
      };
    },
  };
}

function compileSearch({ store }: EngineParts, filter: AuditFilter) {
  if (filter.text.length > 0 && !store.searchState().textOn)
    throw new BridgeFault(
      'unavailable',
      'Words are not searched for: their index is turned off.',
      'Turn it on under Settings of this page, or filter by names only.',
    );
  return compileFilter(store, filter);
}

/** What reads the log for somebody is in the log as well. */
function record(parts: EngineParts, event: string, details: AuditRow['details']): void {
  if (parts.audit.append({ event, actor: 'person', details })) return;
  throw new BridgeFault(
    'unavailable',
    'The audit log cannot be written, so nothing was done.',
    'Free disk space or mend the data folder.',
  );
}

function withoutEmpty(filter: AuditFilter): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(filter)
      .filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value !== null))
      .map(([key, value]) => [key, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}

function overviewOf({ store, indexer }: EngineParts): AuditOverview {
  const { readThrough, textThrough, textOn, firstSeq, firstAt, headSeq, headAt, headHash, callsWithArguments } =
    store.searchState();
  const read = textOn ? Math.min(readThrough, textThrough) : readThrough;
  return {
    ...{ firstSeq, firstAt, headSeq, headAt, headHash, callsWithArguments },
    unread: Math.max(0, headSeq - Math.max(read, firstSeq - 1)),
    indexProblem: indexer.problem,
    searchesText: textOn,
    saved: store.savedSearches(),
  };
}

function detailOfEntry({ store }: EngineParts, seq: number): AuditEntryDetail {
  const [row] = store.auditRows([seq]);
  if (!row) throw new BridgeFault('not_found', 'This entry is not in the log.', 'It may have been pruned.');
  const rows = row.callId === null ? [row] : store.callRows(row.callId);
  return {
    entry: entryOf(row),
    details: row.details,
    argumentsDigest: row.argumentsDigest,
    resultDigest: row.resultDigest,
    resultBytes: row.resultBytes,
    osUser: row.osUser,
    process: row.process,
    findings: row.findings,
    rows: rows.map(({ seq: number, at, event, prevHash, hash }) => ({ seq: number, at, event, prevHash, hash })),
  };
}

const maxChange = 120;

/** One line on what a row without a subject changed, from the facts written with it. */
function describeChange({ event, details }: AuditRow): string | null {
  if (details === null) return null;
  const { kind, id, server, tool, serverId, effect, name, after, before, format, version, days } = details;
  const parts =
    event === 'policy.changed'
      ? [kind, nameOf(after) ?? nameOf(before) ?? id ?? tool, serverId]
      : [server ?? name ?? days, tool, effect === undefined ? null : (effect ?? 'inherited'), format ?? null];
  const words = parts.filter((part) => typeof part === 'string' || typeof part === 'number');
  if (words.length === 0 && typeof version === 'string') return version;
  return words.length === 0 ? null : words.join(' · ').slice(0, maxChange);
}

function nameOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('name' in value)) return null;
  return typeof value.name === 'string' ? value.name : null;
}

function entryOf(row: AuditRow): AuditEntry {
  const { seq, at, event, actor, agentId, agentName, serverId, tool, callId, effect, outcome, reasonCode } = row;
  const { riskTier, policyVersion, ruleId, credential, approvalId, subject, durationMs, waitedMs, upstreamMs } = row;
  return {
    ...{ seq, at, event, actor, agentId, agentName, serverId, tool, callId, effect, outcome, reasonCode },
    ...{ riskTier, policyVersion, ruleId, credential, approvalId, durationMs, waitedMs, upstreamMs },
    subject: subject ?? describeChange(row),
  };
}
