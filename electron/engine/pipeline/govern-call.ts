import { randomUUID } from 'node:crypto';
import type { Decision } from '../../shared/index.ts';
import { digestArguments } from '../core/canonical.ts';
import { evaluate } from '../core/evaluate.ts';
import { policySubject } from '../core/policy-subject.ts';
import { told } from '../core/refusals.ts';
import {
  arm,
  type DecidedCall,
  type PermittedCall,
  permit,
  type ReceivedCall,
  type ResolvedCall,
} from '../core/stages.ts';
import type { Exchange } from '../exchange.ts';
import { LinkFault } from '../upstream/link.ts';
import type { Reply } from '../wire/json-rpc.ts';
import { approveCall } from './approve-call.ts';
import type { CallRoute, Target } from './call-route.ts';
import { forwardCall } from './forward-call.ts';
import type { PipelinePorts } from './ports.ts';
import { auditFacts, type End, endOfFault, labelOf, labelTarget, settleRefused } from './settle.ts';

type Step<T> = { ok: true; call: T } | { ok: false; end: End };

/**
 * One request of an agent that reaches a server, from receipt to reply: the sixteen steps of ARCHITECTURE.md, in order,
 * as an explicit sequence because order is a security property here. Steps 0–3 (guards, token, parse, leg) lie before it.
 * `route` finds what the request reaches for. Expected ends are values; an exception is a bug and refuses the call.
 */
export async function governCall(ports: PipelinePorts, exchange: Exchange, route: CallRoute): Promise<Reply> {
  const controller = new AbortController();
  const forwarded = withSignal(exchange, linkSignals(exchange.signal, controller));
  const received: ReceivedCall = { id: randomUUID(), at: ports.clock.now(), exchange: forwarded };
  try {
    return await runCall(ports, received, route, () => controller.abort());
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

async function runCall(
  ports: PipelinePorts,
  received: ReceivedCall,
  route: CallRoute,
  cancel: () => void,
): Promise<Reply> {
  const resolved = await resolve(ports, received, route);
  if (!resolved.ok) return refuseUnresolved(ports, received, resolved.end);
  const entered = enter(ports, resolved.call, cancel);
  if (!entered.isResumed) {
    const limited = limit(ports, entered.call);
    if (!limited.ok) return settleRefused(ports, entered.call, null, limited.end);
  }

  const decided = await decide(ports, entered.call, route);
  if (!decided.ok) return settleRefused(ports, entered.call, decided.decision, decided.end);

  const startedWaiting = performance.now();
  const approved = await approveCall(ports, decided.call, route.standingApproval());
  const waitedMs = approved.hasWaited ? performance.now() - startedWaiting : null;
  if (!approved.ok) return settleRefused(ports, decided.call, decided.call.decision, approved.end, waitedMs);

  const permitted = decideAgain(ports, decided.call, route, approved.approvalId);
  if (!permitted.ok) return settleRefused(ports, decided.call, permitted.decision, permitted.end, waitedMs);
  return forwardCall(ports, arm(permitted.call), route, waitedMs);
}

function refuseUnresolved(ports: PipelinePorts, received: ReceivedCall, end: End): Reply {
  openRow(ports, received, labelOf(received.exchange), () => {});
  if (!end.about) return settleRefused(ports, received, null, end);
  const { about } = end;
  const decision = decideNow(ports, about);
  ports.journal.resolved(received.id, { ...about, serverId: about.tool.serverId, tool: labelTarget(about) });
  ports.journal.decided(received.id, decision);
  return settleRefused(ports, received, decision, end);
}

/** Step 4: a row of its own for this call. */
function openRow(ports: PipelinePorts, call: ReceivedCall, label: string, cancel: () => void): void {
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
    tool: label,
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
    openRow(ports, call, labelOf(call.exchange), cancel);
    ports.journal.resolved(call.id, { ...call, serverId: call.tool.serverId, tool: labelTarget(call) });
  }
  return { call, isResumed };
}

/** Step 5: for the agent what is not listed for it and what does not exist end alike; the person is told apart. */
async function resolve(ports: PipelinePorts, received: ReceivedCall, route: CallRoute): Promise<Step<ResolvedCall>> {
  let target = route.find();
  if (!target) {
    await route.learn();
    target = route.find();
  }
  if (target) return resolveTarget(ports, received, route, target);
  const end: End = { outcome: 'not_found', reasonCode: 'not_listed', told: null, missing: route.missing };
  const hidden = route.findHidden();
  if (!hidden) return { ok: false, end };
  return { ok: false, end: { ...end, outcome: 'denied', about: describeCall(ports, received, hidden) } };
}

function resolveTarget(
  ports: PipelinePorts,
  received: ReceivedCall,
  route: CallRoute,
  target: Target,
): Step<ResolvedCall> {
  const call = describeCall(ports, received, target);
  const problem = route.check(target);
  if (!problem) return { ok: true, call };
  return { ok: false, end: { outcome: 'invalid_arguments', ...problem, about: call } };
}

function describeCall(ports: PipelinePorts, received: ReceivedCall, target: Target): ResolvedCall {
  const { name: _name, arguments: _arguments, ...otherParams } = received.exchange.params;
  return { ...received, ...target, otherParams, argumentsDigest: digestArguments(ports.key, target.arguments) };
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
 * Step 7. A call of a tool that may go on needs its server connected and its tools read since then, because the pin must
 * be compared with what the server says now; if that changed anything the call is resolved and decided anew.
 */
async function decide(
  ports: PipelinePorts,
  call: ResolvedCall,
  route: CallRoute,
): Promise<{ ok: true; call: DecidedCall } | { ok: false; decision: Decision | null; end: End }> {
  const first = decideNow(ports, call);
  ports.journal.decided(call.id, first);
  if (first.effect === 'deny') return { ok: false, decision: first, end: { ...endOfDenial(first), about: call } };
  if (!route.isPinned || ports.isFresh(call.tool.serverId)) return { ok: true, call: { ...call, decision: first } };

  try {
    await ports.refresh(call.tool.serverId, call.exchange.signal);
  } catch (error) {
    if (!(error instanceof LinkFault)) throw error;
    return { ok: false, decision: first, end: { ...endOfFault(error, call.tool.serverName), about: call } };
  }
  const target = route.find();
  if (!target)
    return {
      ok: false,
      decision: first,
      end: { outcome: 'not_found', reasonCode: 'gone', told: null, missing: route.missing, about: call },
    };
  const again = resolveTarget(ports, call, route, target);
  if (!again.ok) return { ok: false, decision: first, end: again.end };
  const decision = decideNow(ports, again.call);
  ports.journal.decided(call.id, decision);
  if (decision.effect === 'deny') return { ok: false, decision, end: { ...endOfDenial(decision), about: call } };
  return { ok: true, call: { ...again.call, id: call.id, decision } };
}

/** Step 9: policy and pin as they are at this instant; an approval satisfies Ask, never Block. */
function decideAgain(
  ports: PipelinePorts,
  call: DecidedCall,
  route: CallRoute,
  approvalId: string | null,
): { ok: true; call: PermittedCall } | { ok: false; decision: Decision; end: End } {
  const current = route.find();
  const isSame =
    current?.tool.definitionHash === call.tool.definitionHash && current.tool.serverId === call.tool.serverId;
  if (!current || !isSame) {
    return {
      ok: false,
      decision: call.decision,
      end: { outcome: 'denied', reasonCode: 'changed', told: told.changed, about: call },
    };
  }
  const decision = decideNow(ports, { ...call, tool: current.tool, risk: current.risk });
  const permission = permit(call, decision, approvalId);
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
  const request = { agentId: exchange.agent.id, tool: policySubject(tool), arguments: args, risk };
  return evaluate(ports.world(), { ...request, at: ports.clock.now() });
}

function endOfDenial(decision: Decision): End {
  const isPause = decision.reasonCode === 'paused_all' || decision.reasonCode === 'paused_agent';
  return {
    outcome: isPause ? 'paused' : 'denied',
    reasonCode: decision.reasonCode,
    told: isPause ? told.paused : told.blocked,
  };
}

/** The same exchange, cancellable from Live too. A leg's exchange may be an object of a class, so it is not spread. */
function withSignal(exchange: Exchange, signal: AbortSignal): Exchange {
  const { era, agent, session, scope, id, method, params, receivedAt, patienceMs } = exchange;
  return {
    ...{ era, agent, session, scope, id, method, params, receivedAt, patienceMs, signal },
    notify: (name, body) => exchange.notify(name, body),
    canAsk: (name) => exchange.canAsk(name),
    ask: (name, body, key) => exchange.ask(name, body, key),
    setWaiting: (isWaiting) => exchange.setWaiting(isWaiting),
  };
}

function linkSignals(outer: AbortSignal, inner: AbortController): AbortSignal {
  if (outer.aborted) inner.abort();
  else outer.addEventListener('abort', () => inner.abort(), { once: true });
  return inner.signal;
}
