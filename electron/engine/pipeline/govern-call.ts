import type { Decision } from '../../shared/index.ts';
import { makeCallId } from '../core/call-id.ts';
import { digestArguments } from '../core/canonical.ts';
import { told } from '../core/refusals.ts';
import type { DecidedCall, ReceivedCall, ResolvedCall } from '../core/stages.ts';
import { describeSubject } from '../core/subject.ts';
import type { Exchange } from '../exchange.ts';
import { LinkFault } from '../upstream/link.ts';
import type { JsonObject, Reply } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import { approveCall } from './approve-call.ts';
import { armCall } from './arm-call.ts';
import type { CallRoute, Target } from './call-route.ts';
import { decideAgain, decideNow, endOfDenial } from './decide-again.ts';
import { enterEdited } from './edited-call.ts';
import { withSignal } from './exchange-signal.ts';
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
  const at = ports.clock.now();
  const received: ReceivedCall = { id: makeCallId(at), at, exchange: forwarded };
  try {
    const reply = await runCall(ports, received, route, () => controller.abort());
    learnPatience(ports, exchange);
    return reply;
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

/** The call is over and recorded: what is learned from it must not change its end. */
function learnPatience(ports: PipelinePorts, exchange: Exchange): void {
  try {
    ports.patience.learn(exchange, performance.now() - exchange.receivedAt, !exchange.signal.aborted);
  } catch (error) {
    const message = error instanceof Error ? error.message : 'unknown';
    ports.log.warn('how long a client waits could not be noted', { error: message });
  }
}

async function runCall(
  ports: PipelinePorts,
  received: ReceivedCall,
  route: CallRoute,
  cancel: () => void,
): Promise<Reply> {
  // a connection so new that its program is still looked up, of an agent that has an expected one
  if (ports.programs.isLearning(received.exchange)) await ports.programs.known(received.exchange);
  const resolved = await resolve(ports, received, route);
  if (!resolved.ok && resolved.end.missing) return refuseMissing(ports, received, route, resolved.end);
  if (!resolved.ok) return refuseUnresolved(ports, received, resolved.end);
  const entered = enter(ports, resolved.call, cancel);
  if (!entered.isResumed) {
    const limited = limit(ports, entered.call);
    if (!limited.ok) return settleRefused(ports, entered.call, null, limited.end);
  }

  const decided = await decide(ports, entered.call, route);
  if (!decided.ok) return settleRefused(ports, entered.call, decided.decision, decided.end);
  // a call that goes on has taken the tokens of what asks, not of what allows it since
  const hasPaid = entered.isResumed && decided.call.decision.effect === 'ask';
  const paced = hasPaid ? { ok: true as const } : ports.guards.pace(decided.call.decision);
  if (!paced.ok)
    return settleRefused(ports, decided.call, decided.call.decision, endOfLimit(decided.call, 'rule_limit', paced));

  const startedWaiting = performance.now();
  const approved = await approveCall(ports, decided.call, route.standingApproval());
  const waitedMs = approved.hasWaited ? performance.now() - startedWaiting : null;
  if (!approved.ok) return settleRefused(ports, decided.call, decided.call.decision, approved.end, waitedMs);

  const final = approved.edited ? replaceArguments(ports, decided.call, route, approved.edited) : decided;
  if (!final.ok) return settleRefused(ports, decided.call, decided.call.decision, final.end, waitedMs);

  // links may have changed while a person was asked
  if (approved.hasWaited) await look(ports, final.call);
  const permitted = decideAgain(ports, final.call, route, approved.approvalId);
  if (!permitted.ok) {
    ports.journal.decided(final.call.id, permitted.decision);
    return settleRefused(ports, final.call, permitted.decision, permitted.end, waitedMs);
  }
  // nobody approved it: policy let it go while it waited, under limits of its own
  const isLetGo = approved.hasWaited && approved.approvalId === null;
  const late = isLetGo ? ports.guards.pace(permitted.call.decision) : { ok: true as const };
  if (!late.ok) {
    const end = endOfLimit(permitted.call, 'rule_limit', late);
    return settleRefused(ports, permitted.call, permitted.call.decision, end, waitedMs);
  }
  const arming = armCall(ports, permitted.call);
  const armed = arming instanceof Promise ? await arming : arming;
  if (!armed.ok) return settleRefused(ports, permitted.call, permitted.call.decision, armed.end, waitedMs);
  return forwardCall(ports, armed.call, route, waitedMs);
}

async function refuseUnresolved(ports: PipelinePorts, received: ReceivedCall, end: End): Promise<Reply> {
  openRow(ports, received, labelOf(received.exchange), () => {});
  const { about } = end;
  if (!about) return settleRefused(ports, received, null, end);
  const decision = decideNow(ports, about);
  ports.journal.resolved(received.id, { ...about, serverId: about.tool.serverId, tool: labelTarget(about) });
  ports.journal.decided(received.id, decision);
  return settleRefused(ports, received, decision, end);
}

/**
 * The agent hears the same of what is hidden from it and of what does not exist, and as soon: the arguments, which it
 * could make as costly as it likes, are looked at alike in both cases, and both are decided. The person sees what was tried.
 */
async function refuseMissing(ports: PipelinePorts, received: ReceivedCall, route: CallRoute, end: End): Promise<Reply> {
  openRow(ports, received, labelOf(received.exchange), () => {});
  const hidden = route.findHidden();
  const given = received.exchange.params.arguments;
  const args = isObject(given) ? given : {};
  const target = { tool: hidden?.tool ?? nowhere, risk: hidden?.risk ?? nowhereRisk };
  const about = describeCall(ports, received, {
    ...{ ...target, arguments: args, params: received.exchange.params },
    subject: describeSubject(args),
  });
  const decision = decideNow(ports, about);
  const tool = hidden ? labelTarget(about) : labelOf(received.exchange);
  ports.journal.resolved(received.id, { ...about, serverId: about.tool.serverId, tool });
  if (!hidden) return settleRefused(ports, received, null, end);
  ports.journal.decided(received.id, decision);
  return settleRefused(ports, received, decision, { ...end, outcome: 'denied', about });
}

/** Stands for a tool that does not exist. */
const nowhere: ResolvedCall['tool'] = {
  ...{ kind: 'tool', serverId: '', serverName: '', name: '', exposedName: '' },
  ...{ definition: {}, definitionHash: '', reviewed: true },
};
const nowhereRisk: ResolvedCall['risk'] = { tier: 'write', reasons: [] };

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
    ports.guards.resume(call);
    ports.journal.resume(call.id, cancel);
    ports.audit.append({ ...auditFacts(call, null), event: 'call.resumed', actor: 'agent' });
  } else {
    ports.guards.enter(call);
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
  return { ok: false, end };
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

export function describeCall(ports: PipelinePorts, received: ReceivedCall, target: Target): ResolvedCall {
  const { name: _name, arguments: _arguments, ...otherParams } = received.exchange.params;
  const risk = ports.guards.riskFor(received.exchange, target.risk, target.arguments);
  return { ...received, ...target, risk, otherParams, argumentsDigest: digestArguments(ports.key, target.arguments) };
}

/** Step 6: before approvals, so that nobody can flood the person with questions. */
function limit(ports: PipelinePorts, call: ResolvedCall): Step<ResolvedCall> {
  const { agent } = call.exchange;
  const { kind, serverId, exposedName } = call.tool;
  // addresses and vendor methods are the agent's to choose: a bucket for each would be no limit, and without end
  const name = kind === 'tool' ? exposedName : `${serverId}: ${kind}`;
  const taken = ports.limiter.take(agent.id, name, ports.limitsOf(agent.id), ports.clock.now());
  return taken.ok ? { ok: true, call } : { ok: false, end: endOfLimit(call, 'rate_limited', taken) };
}

function endOfLimit(call: ResolvedCall, reasonCode: string, { retryAfterMs }: { retryAfterMs: number }): End {
  return { outcome: 'rate_limited', reasonCode, told: null, retryAfterMs, about: call };
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
  await look(ports, call);
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
  await look(ports, again.call);
  const decision = decideNow(ports, again.call);
  ports.journal.decided(call.id, decision);
  if (decision.effect === 'deny') return { ok: false, decision, end: { ...endOfDenial(decision), about: call } };
  return { ok: true, call: { ...again.call, id: call.id, decision } };
}

/** Before a decision: finds the real places of paths, and takes no turn of the event loop where no rule looks at one. */
function look(ports: PipelinePorts, call: ResolvedCall): Promise<void> | undefined {
  return ports.guards.look(call) ?? undefined;
}

/** Step 8, when the person changed the arguments: the call is described anew from its target as it is now. */
function replaceArguments(
  ports: PipelinePorts,
  call: DecidedCall,
  route: CallRoute,
  edited: JsonObject,
): { ok: true; call: DecidedCall } | { ok: false; end: End } {
  const target = route.withArguments(edited);
  if (target?.tool.definitionHash === call.tool.definitionHash)
    return enterEdited(ports, call, describeCall(ports, call, target));
  return { ok: false, end: { outcome: 'denied', reasonCode: 'changed', told: told.changed, about: call } };
}

function linkSignals(outer: AbortSignal, inner: AbortController): AbortSignal {
  if (outer.aborted) inner.abort();
  else outer.addEventListener('abort', () => inner.abort(), { once: true });
  return inner.signal;
}
