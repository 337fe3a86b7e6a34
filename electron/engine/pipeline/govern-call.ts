import { randomUUID } from 'node:crypto';
import type { Decision } from '../../shared/index.ts';
import { digestArguments } from '../core/canonical.ts';
import { evaluate } from '../core/evaluate.ts';
import { told } from '../core/refusals.ts';
import {
  arm,
  type DecidedCall,
  type PermittedCall,
  permit,
  type ReceivedCall,
  type ResolvedCall,
} from '../core/stages.ts';
import { describeSubject } from '../core/subject.ts';
import type { Exchange } from '../exchange.ts';
import type { CatalogTool } from '../upstream/catalog.ts';
import { LinkFault } from '../upstream/link.ts';
import type { JsonObject, JsonValue, Reply } from '../wire/json-rpc.ts';
import { forwardCall } from './forward-call.ts';
import type { PipelinePorts } from './ports.ts';
import { auditFacts, type End, endOfFault, settleRefused } from './settle.ts';

type Step<T> = { ok: true; call: T } | { ok: false; end: End };

/**
 * One tool call from receipt to reply: the sixteen steps of ARCHITECTURE.md, in order, as an explicit sequence because
 * order is a security property here. Steps 0–3 (guards, token, parse, leg) lie before it. Expected ends are values; an
 * exception is a bug and refuses the call.
 */
export async function governCall(ports: PipelinePorts, exchange: Exchange): Promise<Reply> {
  const name = typeof exchange.params.name === 'string' ? exchange.params.name : null;
  if (name === null)
    return { kind: 'error', error: { code: -32602, message: 'Invalid params: name must be a string' } };
  const controller = new AbortController();
  const forwarded: Exchange = { ...exchange, signal: linkSignals(exchange.signal, controller) };
  const received: ReceivedCall = { id: randomUUID(), at: ports.clock.now(), exchange: forwarded };
  try {
    return await runCall(ports, received, name, () => controller.abort());
  } catch (error) {
    // the one place where a bug in the pipeline ends a call: refused, recorded, logged without its data
    ports.log.error('a call failed inside the pipeline', {
      call: received.id,
      error: error instanceof Error ? error.message : 'unknown',
    });
    return settleRefused(ports, received, null, {
      outcome: 'internal_error',
      reasonCode: 'internal',
      told: told.internal,
    });
  }
}

async function runCall(ports: PipelinePorts, received: ReceivedCall, name: string, cancel: () => void): Promise<Reply> {
  const resolved = await resolve(ports, received, name);
  if (!resolved.ok) return refuseUnresolved(ports, received, name, resolved.end);
  const entered = enter(ports, resolved.call, cancel);
  if (!entered.isResumed) {
    const limited = limit(ports, entered.call);
    if (!limited.ok) return settleRefused(ports, entered.call, null, limited.end);
  }

  const decided = await decide(ports, entered.call, name);
  if (!decided.ok) return settleRefused(ports, entered.call, decided.decision, decided.end);

  const startedWaiting = performance.now();
  const approved = await approve(ports, decided.call);
  const waitedMs = decided.call.decision.effect === 'ask' ? performance.now() - startedWaiting : null;
  if (!approved.ok) return settleRefused(ports, decided.call, decided.call.decision, approved.end, waitedMs);

  const permitted = decideAgain(ports, decided.call, approved.approvalId);
  if (!permitted.ok) return settleRefused(ports, decided.call, permitted.decision, permitted.end, waitedMs);
  return forwardCall(ports, arm(permitted.call), waitedMs);
}

function refuseUnresolved(ports: PipelinePorts, received: ReceivedCall, name: string, end: End): Reply {
  openRow(ports, received, name, () => {});
  if (!end.about) return settleRefused(ports, received, null, end);
  const { about } = end;
  const decision = decideNow(ports, about);
  ports.journal.resolved(received.id, { ...about, serverId: about.tool.serverId, tool: about.tool.name });
  ports.journal.decided(received.id, decision);
  return settleRefused(ports, received, decision, end);
}

/** Step 4: a row of its own for this call. */
function openRow(ports: PipelinePorts, call: ReceivedCall, name: string, cancel: () => void): void {
  const { agent, session, receivedAt } = call.exchange;
  const client = session?.clientInfo;
  ports.journal.open({
    id: call.id,
    at: call.at,
    startedAt: receivedAt,
    agentId: agent.id,
    agentName: agent.name,
    clientName: client ? `${client.name} ${client.version}` : null,
    serverId: '',
    tool: name.slice(0, 128),
    cancel,
  });
}

/** Step 4: a call that was told to call again goes on under its own id and row, and takes no further token. */
function enter(
  ports: PipelinePorts,
  resolved: ResolvedCall,
  cancel: () => void,
): { call: ResolvedCall; isResumed: boolean } {
  const parkedId = ports.approvals.takeParked(resolved);
  const isResumed = parkedId !== null && ports.journal.view(parkedId)?.status === 'awaiting_approval';
  const call = isResumed ? { ...resolved, id: parkedId } : resolved;
  if (isResumed) {
    ports.journal.resume(call.id, cancel);
    ports.audit.append({ ...auditFacts(call, null), event: 'call.resumed', actor: 'agent' });
  } else {
    openRow(ports, call, call.tool.exposedName, cancel);
    ports.journal.resolved(call.id, { ...call, serverId: call.tool.serverId, tool: call.tool.name });
  }
  return { call, isResumed };
}

/** Step 5: for the agent a tool that is not listed for it and one that does not exist end alike; the person is told apart. */
async function resolve(ports: PipelinePorts, received: ReceivedCall, name: string): Promise<Step<ResolvedCall>> {
  const agentId = received.exchange.agent.id;
  if (!ports.findListed(agentId, name)) await ports.firstSync(received.exchange.signal);
  const tool = ports.findListed(agentId, name);
  if (tool) return resolveTool(ports, received, tool);
  const end: End = { outcome: 'not_found', reasonCode: 'not_listed', told: null, unknownTool: name };
  const hidden = ports.findOffered(name);
  if (!hidden) return { ok: false, end };
  return {
    ok: false,
    end: { ...end, outcome: 'denied', about: describeCall(ports, received, hidden, argumentsOf(received) ?? {}) },
  };
}

function resolveTool(ports: PipelinePorts, received: ReceivedCall, tool: CatalogTool): Step<ResolvedCall> {
  const args = argumentsOf(received);
  if (!args) {
    const about = describeCall(ports, received, tool, {});
    return {
      ok: false,
      end: { outcome: 'invalid_arguments', reasonCode: 'arguments_type', told: told.argumentsType, about },
    };
  }
  const call = describeCall(ports, received, tool, args);
  const valid = ports.validator.check(tool.definitionHash, tool.definition, args);
  if (valid.ok) return { ok: true, call };
  return {
    ok: false,
    end: { outcome: 'invalid_arguments', reasonCode: 'arguments_schema', told: valid.message, about: call },
  };
}

/** The arguments of a call, none given being none; null when they are no object. */
function argumentsOf(received: ReceivedCall): JsonObject | null {
  const { arguments: given } = received.exchange.params;
  if (given === undefined) return {};
  return isObject(given) ? given : null;
}

function describeCall(ports: PipelinePorts, received: ReceivedCall, tool: CatalogTool, args: JsonObject): ResolvedCall {
  const { name: _name, arguments: _arguments, ...otherParams } = received.exchange.params;
  return {
    ...received,
    tool,
    arguments: args,
    otherParams,
    argumentsDigest: digestArguments(ports.key, args),
    subject: describeSubject(args),
    risk: tool.risk,
  };
}

/** Step 6: before approvals, so that nobody can flood the person with questions. */
function limit(ports: PipelinePorts, call: ResolvedCall): Step<ResolvedCall> {
  const { agent } = call.exchange;
  const taken = ports.limiter.take(agent.id, call.tool.exposedName, ports.limitsOf(agent.id), ports.clock.now());
  if (taken.ok) return { ok: true, call };
  return {
    ok: false,
    end: {
      outcome: 'rate_limited',
      reasonCode: 'rate_limited',
      told: null,
      retryAfterMs: taken.retryAfterMs,
      about: call,
    },
  };
}

/**
 * Step 7. A call that may go on needs its server connected and its tools read since then, because the pin must be
 * compared with what the server says now; if that changed anything the call is resolved and decided anew.
 */
async function decide(
  ports: PipelinePorts,
  call: ResolvedCall,
  name: string,
): Promise<{ ok: true; call: DecidedCall } | { ok: false; decision: Decision | null; end: End }> {
  const first = decideNow(ports, call);
  ports.journal.decided(call.id, first);
  if (first.effect === 'deny') return { ok: false, decision: first, end: { ...endOfDenial(first), about: call } };
  if (ports.isFresh(call.tool.serverId)) return { ok: true, call: { ...call, decision: first } };

  try {
    await ports.refresh(call.tool.serverId, call.exchange.signal);
  } catch (error) {
    if (!(error instanceof LinkFault)) throw error;
    return { ok: false, decision: first, end: { ...endOfFault(error, call.tool.serverName), about: call } };
  }
  const tool = ports.findListed(call.exchange.agent.id, name);
  if (!tool)
    return {
      ok: false,
      decision: first,
      end: { outcome: 'not_found', reasonCode: 'gone', told: null, unknownTool: name, about: call },
    };
  const again = resolveTool(ports, call, tool);
  if (!again.ok) return { ok: false, decision: first, end: again.end };
  const decision = decideNow(ports, again.call);
  ports.journal.decided(call.id, decision);
  if (decision.effect === 'deny') return { ok: false, decision, end: { ...endOfDenial(decision), about: call } };
  return { ok: true, call: { ...again.call, id: call.id, decision } };
}

/** Step 8. */
async function approve(
  ports: PipelinePorts,
  call: DecidedCall,
): Promise<{ ok: true; approvalId: string | null } | { ok: false; end: End }> {
  if (call.decision.effect !== 'ask') return { ok: true, approvalId: null };
  const stopProgress = reportWaiting(ports, call);
  const answer = await ports.approvals.wait(call, ports.timing.giveUpMs, (card) =>
    ports.journal.awaitingApproval(call.id, card.id, card.expiresAt),
  );
  stopProgress();
  ports.journal.note(call.id, 'answered', answer.kind);
  switch (answer.kind) {
    case 'approved':
      return { ok: true, approvalId: answer.approvalId };
    case 'denied':
      return {
        ok: false,
        end: {
          outcome: 'approval_denied',
          reasonCode: 'denied_by_user',
          told: told.deniedBy(answer.note),
          about: call,
        },
      };
    case 'expired':
      return {
        ok: false,
        end: { outcome: 'approval_expired', reasonCode: 'timeout', told: told.expired, about: call },
      };
    case 'cancelled':
      return { ok: false, end: { outcome: 'cancelled', reasonCode: 'cancelled', told: told.cancelled, about: call } };
    case 'parked':
      return { ok: false, end: { outcome: null, reasonCode: 'call_again', told: told.callAgain, about: call } };
  }
}

/** Step 9: policy and pin as they are at this instant; an approval satisfies Ask, never Block. */
function decideAgain(
  ports: PipelinePorts,
  call: DecidedCall,
  approvalId: string | null,
): { ok: true; call: PermittedCall } | { ok: false; decision: Decision; end: End } {
  const current = ports.findListed(call.exchange.agent.id, call.tool.exposedName);
  if (!current || current.definitionHash !== call.tool.definitionHash || current.serverId !== call.tool.serverId) {
    return {
      ok: false,
      decision: call.decision,
      end: { outcome: 'denied', reasonCode: 'changed', told: told.changed, about: call },
    };
  }
  const permission = permit(call, decideNow(ports, { ...call, tool: current, risk: current.risk }), approvalId);
  if (permission.ok) return permission;
  ports.journal.decided(call.id, permission.decision);
  const end: End =
    permission.decision.effect === 'ask'
      ? { outcome: 'denied', reasonCode: 'changed', told: told.changed }
      : endOfDenial(permission.decision);
  return { ok: false, decision: permission.decision, end: { ...end, about: call } };
}

/** Policy on this call with the world as it is at this instant. */
function decideNow(ports: PipelinePorts, call: ResolvedCall): Decision {
  const { exchange, tool, arguments: args, risk } = call;
  return evaluate(ports.world(), { agentId: exchange.agent.id, tool, arguments: args, risk, at: ports.clock.now() });
}

function endOfDenial(decision: Decision): End {
  const isPause = decision.reasonCode === 'paused_all' || decision.reasonCode === 'paused_agent';
  return {
    outcome: isPause ? 'paused' : 'denied',
    reasonCode: decision.reasonCode,
    told: isPause ? told.paused : told.blocked,
  };
}

/** Tells an agent that gave a progress token that a person is being asked; harmless where it does not listen. */
function reportWaiting(ports: PipelinePorts, call: DecidedCall): () => void {
  const meta = call.otherParams._meta;
  const token = isObject(meta) ? meta.progressToken : undefined;
  if (typeof token !== 'string' && typeof token !== 'number') return () => {};
  let progress = 0;
  const report = () => {
    progress += 1;
    call.exchange.notify('notifications/progress', {
      progressToken: token,
      progress,
      message: 'Waiting for the user’s approval',
    });
  };
  const timer = setInterval(report, ports.timing.progressMs);
  return () => clearInterval(timer);
}

function linkSignals(outer: AbortSignal, inner: AbortController): AbortSignal {
  if (outer.aborted) inner.abort();
  else outer.addEventListener('abort', () => inner.abort(), { once: true });
  return inner.signal;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
