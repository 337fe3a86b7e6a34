import type { Decision, Outcome } from '../../shared/index.ts';
import { replyRateLimited, replyToolError, told } from '../core/refusals.ts';
import type { ReceivedCall, ResolvedCall } from '../core/stages.ts';
import type { Exchange } from '../exchange.ts';
import type { LinkFault, LinkFaultKind } from '../upstream/link.ts';
import type { JsonObject, Reply, RpcErrorBody } from '../wire/json-rpc.ts';
import type { Abandonment } from './approval-item.ts';
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
  /** The sentence for the person, where it says more than the agent may read. */
  shown?: string;
  /** What is answered where the target does not exist for this agent. */
  missing?: RpcErrorBody;
  retryAfterMs?: number;
  /** The call as far as it was resolved, for the audit. */
  about?: ResolvedCall;
}

/** A broken or cancelled link, as an end. */
export function endOfFault(error: LinkFault, serverName: string): End {
  if (error.kind === 'cancelled') return { outcome: 'cancelled', reasonCode: 'cancelled', told: told.cancelled };
  if (error.kind === 'withheld') return { outcome: 'denied', reasonCode: 'policy_changed', told: told.withheld };
  return {
    outcome: error.kind === 'credential' ? 'credential_unavailable' : 'upstream_error',
    reasonCode: error.kind,
    told: tellFault(error.kind, serverName),
    shown: `The server ${serverName} could not be used: ${error.fault.message}`,
  };
}

/** What an agent reads of a fault: addresses, paths and what the system said are the person's alone. */
const faultWords: Record<LinkFaultKind, string> = {
  cancelled: 'the call was cancelled',
  withheld: 'the user’s policy changed',
  not_found: 'it could not be started',
  exited: 'its connection ended',
  timeout: 'it did not answer in time',
  garbage: 'it answered with something that is not MCP',
  refused: 'it cannot be reached',
  http_status: 'it refused the request',
  protocol: 'it did not keep to the protocol',
  too_large: 'its answer is too large; ask for less at once',
  secret: 'it is not set up completely',
  credential: 'its credential cannot be used now; ask the person to look at Credentials in ScopeGate',
  consent: 'the user has not accepted what it runs',
  sandbox: 'it could not be started',
  other: 'its connection broke',
};

/** One fixed sentence for each kind of fault, with the server's name. */
export function tellFault(kind: LinkFaultKind, serverName: string): string {
  return `The server ${serverName} could not be used: ${faultWords[kind]}.`;
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
    process: processOf(call.exchange),
    ruleId: decision?.trace.find(({ hit, ruleId }) => hit && ruleId !== undefined)?.ruleId ?? null,
  };
  if (!('tool' in call)) return { ...common, tool: labelOf(call.exchange) };
  return {
    ...common,
    serverId: call.tool.serverId,
    tool: labelTarget(call),
    riskTier: call.risk.tier,
    // none: the arguments were not looked at
    argumentsDigest: call.argumentsDigest || null,
    subject: call.subject,
  };
}

/** The program the call came from, where it is known by now. */
function processOf({ caller }: Exchange): JsonObject | null {
  const process = caller?.current();
  if (!process) return null;
  const { pid, path, parent } = process;
  return { pid, path, parent: parent?.path ?? null };
}

const maxLabel = 128;

/** What a request is called in Live and in the audit before its target is known: the tool's name, else method and target. */
export function labelOf(exchange: Exchange): string {
  const { method, params } = exchange;
  const target = params.name ?? params.uri ?? params.taskId;
  const name = typeof target === 'string' ? target : '';
  return (method === 'tools/call' ? name : `${method} ${name}`.trim()).slice(0, maxLabel);
}

/** The same once it is known: a tool goes by its server's own name. */
export function labelTarget(call: Pick<ResolvedCall, 'tool' | 'exchange'>): string {
  const { kind, name } = call.tool;
  if (kind === 'tool' || kind === 'vendor') return name.slice(0, maxLabel);
  return `${call.exchange.method} ${name}`.slice(0, maxLabel);
}

/** A refusal as the model or the client reads it: a tool's error is a result, everything else has only JSON-RPC's own. */
export function replyRefused(method: string, text: string): Reply {
  if (method === 'tools/call') return replyToolError(text);
  return { kind: 'error', error: { code: refusedCode, message: text } };
}

/** JSON-RPC's range for implementations. */
const refusedCode = -32000;

/** Ends a call that never reached its server: one audit row for decision and outcome, before the reply. */
export async function settleRefused(
  ports: PipelinePorts,
  call: ReceivedCall,
  decision: Decision | null,
  end: End,
  waitedMs: number | null = null,
): Promise<Reply> {
  const about = end.about ? { ...end.about, id: call.id } : call;
  if (end.outcome === 'credential_unavailable' && end.about) {
    ports.credentials.want(call.exchange.agent.name, end.about.tool.serverName);
  }
  const facts = auditFacts(about, decision);
  if (end.outcome === null) {
    await ports.audit.commit({ ...facts, event: 'call.parked', actor: 'engine', reasonCode: end.reasonCode });
    return replyTo(call.exchange, end);
  }
  const written = await ports.audit.commit({
    ...facts,
    event: 'call.refused',
    actor: 'agent',
    outcome: end.outcome,
    reasonCode: end.reasonCode,
    durationMs: Math.max(0, performance.now() - call.exchange.receivedAt),
    waitedMs,
  });
  // a refusal stays a refusal when it cannot be written down; the agent learns why nothing works
  const isAnswerable = written || end.missing !== undefined;
  const reply = isAnswerable ? replyTo(call.exchange, end) : replyRefused(call.exchange.method, told.degraded);
  ports.journal.settle(call.id, {
    outcome: written ? end.outcome : 'degraded',
    told: (isAnswerable ? end.shown : undefined) ?? textOf(reply),
    result: null,
    resultDigest: null,
    waitedMs,
  });
  return reply;
}

function replyTo({ method }: Exchange, end: End): Reply {
  if (end.missing !== undefined) return { kind: 'error', error: end.missing };
  if (end.retryAfterMs === undefined) return replyRefused(method, end.told ?? told.internal);
  const limited = replyRateLimited(end.retryAfterMs);
  if (method === 'tools/call') return limited;
  const data = { 'scopegate/retryAfterMs': end.retryAfterMs };
  return { kind: 'error', error: { code: refusedCode, message: textOf(limited) ?? told.internal, data } };
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
export function settleAbandoned(audit: AuditGate, journal: CallJournal, callId: string, outcome: Abandonment): void {
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
