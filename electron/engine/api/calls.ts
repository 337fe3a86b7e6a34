import type { CallDetail, CallView } from '../../shared/index.ts';
import { outcomeSchema, riskTierSchema } from '../../shared/index.ts';
import { BridgeFault } from '../faults.ts';
import { maskOnce } from '../pipeline/approval-mask.ts';
import type { AuditRow } from '../store/contract.ts';
import type { EngineParts } from './context.ts';
import type { HandlersFor } from './handlers.ts';

export function makeCallHandlers(parts: EngineParts): HandlersFor<'calls'> {
  const { audit, journal, store } = parts;
  return {
    'calls.detail': ({ id }) => {
      const detail = detailOf(parts, id);
      const known = maskOnce(detail.arguments);
      return known ? { ...detail, arguments: known.value, masked: known.masked } : detail;
    },
    'calls.reveal': ({ id }) => reveal(parts, id),
    'calls.older': ({ before, limit }) => {
      // one more than asked for tells whether there is another page
      const rows = store.settledCalls(before, limit + 1);
      return { calls: rows.slice(0, limit).map(viewOfRow), more: rows.length > limit };
    },
    'calls.cancel': ({ id }) => {
      const view = journal.view(id);
      if (!journal.cancel(id)) throw new BridgeFault('stale', 'This call is already over.');
      const { agentId = null, agentName = null, serverId = null, tool = null } = view ?? {};
      // how the call then ended has a row of its own
      audit.append({ event: 'call.cancelled', actor: 'person', callId: id, agentId, agentName, serverId, tool });
      return {};
    },
  };
}

/** A person looks at what is masked in Live. Throws `BridgeFault` when it is not known any more, or cannot be recorded. */
function reveal(parts: EngineParts, id: string): { arguments: CallDetail['arguments'] } {
  const { view, arguments: args, argumentsDigest } = detailOf(parts, id);
  if (args === null) throw new BridgeFault('not_found', 'The arguments are no longer known.');
  const { agentId, agentName, serverId, tool, riskTier, subject } = view;
  const written = parts.audit.append({
    ...{ event: 'call.revealed', actor: 'person', callId: id },
    ...{ agentId, agentName, serverId, tool, riskTier, subject, argumentsDigest },
    details: { values: maskOnce(args)?.masked.length ?? 0 },
  });
  if (!written)
    throw new BridgeFault(
      'unavailable',
      'The audit log cannot be written, so nothing is revealed.',
      'Free disk space or mend the data folder.',
    );
  return { arguments: args };
}

/** Everything still known of a call. Throws `BridgeFault` when it never was. */
export function detailOf({ journal, store }: EngineParts, id: string): CallDetail {
  return journal.detail(id) ?? readDetail(store.callRows(id));
}

/** A settled call as its last audit row tells it. */
function viewOfRow(row: AuditRow): CallView {
  return {
    id: row.callId ?? row.id,
    at: row.at - (row.durationMs ?? 0),
    agentId: row.agentId ?? '',
    agentName: row.agentName ?? '',
    serverId: row.serverId ?? '',
    tool: row.tool ?? '',
    subject: row.subject ?? '',
    status: 'settled',
    outcome: outcomeSchema.catch('unknown').parse(row.outcome),
    effect: row.effect,
    riskTier: riskTierSchema.catch('write').parse(row.riskTier),
    durationMs: row.durationMs,
    waitedMs: row.waitedMs,
    approvalId: null,
    expiresAt: null,
  };
}

/** What the audit log still knows of a call that has left memory. */
function readDetail(rows: AuditRow[]): CallDetail {
  const last = rows.at(-1);
  const first = rows[0];
  if (!last || !first) throw new BridgeFault('not_found', 'This call is not known.');
  return {
    view: viewOfRow(last),
    decision: null,
    risk: null,
    arguments: null,
    masked: [],
    argumentsDigest: last.argumentsDigest,
    result: null,
    resultDigest: last.resultDigest,
    told: null,
    timeline: rows.map((row) => ({ offsetMs: row.at - first.at, name: row.event, note: row.reasonCode })),
    clientName: null,
    forgotten: true,
  };
}
