import type { Decision, Outcome } from '../../shared/index.ts';
import { replyRateLimited, replyToolError, replyUnknownTool, told } from '../core/refusals.ts';
import type { ReceivedCall, ResolvedCall } from '../core/stages.ts';
import type { LinkFault } from '../upstream/link.ts';
import type { Reply } from '../wire/json-rpc.ts';
import type { AuditFacts, AuditGate } from './audit-gate.ts';
import type { CallJournal } from './call-journal.ts';
import type { PipelinePorts } from './ports.ts';

/** How a call ended before any effect. */
export interface End {
  /** Null: not over, the agent was told to call again. */
  outcome: Outcome | null;
  reasonCode: string;
  /** The sentence for the agent; null where the reply has a form of its own. */
  told: string | null;
  /** The name to answer "unknown tool" with. */
  unknownTool?: string;
  retryAfterMs?: number;
  /** The call as far as it was resolved, for the audit. */
  about?: ResolvedCall;
}

/** A broken or cancelled link, as an end. */
export function endOfFault(error: LinkFault, serverName: string): End {
  if (error.kind === 'cancelled') return { outcome: 'cancelled', reasonCode: 'cancelled', told: told.cancelled };
  return {
    outcome: 'upstream_error',
    reasonCode: error.kind,
    told: `The server ${serverName} could not be used: ${error.fault.message}`,
  };
}

/** Who, what and why of a call, for its audit rows. */
export function auditFacts(
  call: ReceivedCall | ResolvedCall,
  decision: Decision | null,
): Omit<AuditFacts, 'event' | 'actor'> {
  const { agent } = call.exchange;
  const common = {
    agentId: agent.id,
    agentName: agent.name,
    callId: call.id,
    effect: decision?.effect ?? null,
    policyVersion: decision?.policyVersion ?? null,
  };
  if (!('tool' in call)) return { ...common, tool: String(call.exchange.params.name).slice(0, 128) };
  return {
    ...common,
    serverId: call.tool.serverId,
    tool: call.tool.name,
    riskTier: call.risk.tier,
    argumentsDigest: call.argumentsDigest,
    subject: call.subject,
  };
}

/** Ends a call that never reached its server: one audit row for decision and outcome, before the reply. */
export function settleRefused(
  ports: PipelinePorts,
  call: ReceivedCall,
  decision: Decision | null,
  end: End,
  waitedMs: number | null = null,
): Reply {
  const about = end.about ? { ...end.about, id: call.id } : call;
  const facts = auditFacts(about, decision);
  if (end.outcome === null) {
    ports.audit.append({ ...facts, event: 'call.parked', actor: 'engine', reasonCode: end.reasonCode });
    return replyTo(end);
  }
  const written = ports.audit.append({
    ...facts,
    event: 'call.refused',
    actor: 'agent',
    outcome: end.outcome,
    reasonCode: end.reasonCode,
    durationMs: Math.max(0, performance.now() - call.exchange.receivedAt),
    waitedMs,
  });
  // a refusal stays a refusal when it cannot be written down; the agent learns why nothing works
  const reply = written || end.unknownTool !== undefined ? replyTo(end) : replyToolError(told.degraded);
  ports.journal.settle(call.id, {
    outcome: written ? end.outcome : 'degraded',
    told: textOf(reply),
    result: null,
    resultDigest: null,
    waitedMs,
  });
  return reply;
}

function replyTo(end: End): Reply {
  if (end.unknownTool !== undefined) return replyUnknownTool(end.unknownTool);
  if (end.retryAfterMs !== undefined) return replyRateLimited(end.retryAfterMs);
  return replyToolError(end.told ?? told.internal);
}

/** The sentence of a reply made here, as the agent reads it. */
function textOf(reply: Reply): string | null {
  if (reply.kind === 'error') return reply.error.message;
  if (
    reply.kind !== 'result' ||
    typeof reply.result !== 'object' ||
    reply.result === null ||
    Array.isArray(reply.result)
  )
    return null;
  const [first] = Array.isArray(reply.result.content) ? reply.result.content : [];
  return typeof first === 'object' && first !== null && !Array.isArray(first) && typeof first.text === 'string'
    ? first.text
    : null;
}

/** Ends a call that was told to call again and whose card has ended without it. */
export function settleAbandoned(
  audit: AuditGate,
  journal: CallJournal,
  callId: string,
  outcome: 'approval_denied' | 'approval_expired',
): void {
  const view = journal.view(callId);
  // after a restart the call was closed as cancelled already; only its card was still listed
  if (view?.status !== 'awaiting_approval') return;
  audit.append({
    event: 'call.refused',
    actor: 'engine',
    agentId: view.agentId,
    agentName: view.agentName,
    serverId: view.serverId,
    tool: view.tool,
    callId,
    effect: view.effect,
    outcome,
    reasonCode: 'not_called_again',
    riskTier: view.riskTier,
    subject: view.subject,
  });
  journal.settle(callId, { outcome, told: null, result: null, resultDigest: null, waitedMs: null });
}
