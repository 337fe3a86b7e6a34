import type { Outcome, ResultFinding } from '../../shared/index.ts';
import { hashBytes } from '../core/canonical.ts';
import { told } from '../core/refusals.ts';
import type { ArmedCall } from '../core/stages.ts';
import { closeResponse } from '../eras/raw-message.ts';
import { readUrlRefusal } from '../eras/url-elicitations.ts';
import type { AskAnswer } from '../exchange.ts';
import { type CallIo, LinkFault, type UpstreamLink } from '../upstream/link.ts';
import { type JsonObject, type RawResponse, type Reply, rpcErrorCodes } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import { resultIsToolError } from '../wire/raw-response.ts';
import { makeCallIo } from './call-io.ts';
import type { CallRoute } from './call-route.ts';
import { decideAgain } from './decide-again.ts';
import { describeFindings, filterResult } from './filter-result.ts';
import { finishResponse } from './finish-response.ts';
import { governPages } from './govern-ask.ts';
import { exchangeTowards, linkUserOf } from './link-user.ts';
import { isPausedFor } from './paused.ts';
import type { PipelinePorts } from './ports.ts';
import { auditFacts, endOfFault, labelTarget, replyRefused, settleRefused } from './settle.ts';

/** A call on its way: what a route's own effect works with. */
export interface ForwardedCall {
  call: ArmedCall;
  link: UpstreamLink;
  io: CallIo;
}

/** Made once: without a reason of its own, ending a signal makes an error with a stack, for every call. */
const callOver = new Error('The call is over.');

/** A server that asks for pages to be opened, again and again, is told no. */
const maxUrlRounds = 3;

/**
 * Steps 11–15: the decision row, the effect, the outcome row, the reply – in this order and never otherwise. The result
 * is forwarded as the bytes the server sent, unless the agent is of another era.
 */
export async function forwardCall(
  ports: PipelinePorts,
  permitted: ArmedCall,
  route: CallRoute,
  waitedMs: number | null,
): Promise<Reply> {
  const { serverId, serverName } = permitted.tool;
  const call = { ...permitted, exchange: exchangeTowards(ports, permitted.exchange, serverId) };
  const release = ports.hold(serverId);
  const over = new AbortController();
  try {
    let link: UpstreamLink;
    try {
      link = await ports.link(
        serverId,
        call.exchange.signal,
        linkUserOf(ports, call.exchange, serverId),
        call.exchange.agent.id,
      );
      await raiseLogLevel(ports, call, link);
    } catch (error) {
      if (!(error instanceof LinkFault)) throw error;
      return settleRefused(ports, call, call.decision, { ...endOfFault(error, serverName), about: call }, waitedMs);
    }
    // opening took its time: policy may be another one, or the tool on the agent's own link, or where a path leads
    const looked = ports.guards.lookAgain(permitted);
    if (looked) await looked;
    const again = decideAgain(ports, permitted, route, permitted.approvalId);
    if (!again.ok) {
      ports.journal.decided(call.id, again.decision);
      return settleRefused(ports, call, again.decision, again.end, waitedMs);
    }
    const committed = await ports.audit.commit({
      ...auditFacts(call, call.decision),
      event: 'call.decided',
      actor: 'agent',
      effect: 'allow',
      reasonCode: call.decision.reasonCode,
      approvalId: call.approvalId,
      credential: credentialNames(call),
    });
    if (!committed) {
      const end = { outcome: 'degraded', reasonCode: 'audit', told: told.degraded, about: call } as const;
      return settleRefused(ports, call, call.decision, end, waitedMs);
    }
    // so did the commit: nothing may change between the last look and the effect
    const last = decideAgain(ports, permitted, route, permitted.approvalId);
    if (!last.ok) {
      ports.journal.decided(call.id, last.decision);
      return settleRefused(ports, call, last.decision, last.end, waitedMs);
    }
    noteCredentials(ports, call);
    ports.journal.running(call.id);
    ports.guards.forwarded(call);
    const mayGoOn = () => decideAgain(ports, permitted, route, permitted.approvalId).ok;
    const io = makeCallIo(ports, call, mayGoOn, over.signal);
    const ended = await send(ports, { call, link, io }, route);
    return await settleForwarded(ports, call, ended, waitedMs);
  } finally {
    over.abort(callOver);
    release();
  }
}

function credentialNames({ credentials }: ArmedCall): string | null {
  return credentials.length === 0 ? null : credentials.map(({ name }) => name).join(', ');
}

function noteCredentials(ports: PipelinePorts, call: ArmedCall): void {
  if (call.credentials.length === 0) return;
  const { serverId } = call.tool;
  const agentId = call.exchange.agent.id;
  ports.credentials.used(call.credentials, { callId: call.id, agentId, serverId, tool: labelTarget(call) });
}

interface Ended {
  /** Until the server's answer, milliseconds. */
  upstreamMs: number;
  outcome: Outcome;
  reasonCode: string;
  reply: Reply;
  response: RawResponse | null;
  told: string | null;
  findings: readonly ResultFinding[];
}

/** Housekeeping, and before the last look at policy: nothing may wait between that and the effect. */
async function raiseLogLevel(ports: PipelinePorts, { exchange }: ArmedCall, link: UpstreamLink): Promise<void> {
  if (isPausedFor(ports, exchange.agent.id)) return;
  await ports.logLevels.raise(link, ports.sessions.logLevel(exchange.agent.id, exchange.session?.id ?? null));
}

async function send(ports: PipelinePorts, forwarded: ForwardedCall, route: CallRoute): Promise<Ended> {
  const { call, link } = forwarded;
  const { exchange } = call;
  const sentAt = performance.now();
  try {
    const sent = await (route.effect?.(forwarded) ?? sendAndOpenPages(ports, forwarded));
    const { response, findings } = filterResult(ports, call, sent);
    if (response === null) return withheldBy(exchange.method, findings, performance.now() - sentAt);
    const isToolError = response.has === 'error' || resultIsToolError(response);
    return {
      upstreamMs: performance.now() - sentAt,
      outcome: isToolError ? 'tool_error' : 'ok',
      reasonCode: response.has === 'error' ? 'rpc_error' : call.decision.reasonCode,
      reply: { kind: 'raw', response: finishResponse(ports, call, link.era, response) },
      response,
      told: null,
      findings,
    };
  } catch (error) {
    if (!(error instanceof LinkFault)) return endOfBug(ports, call, error, performance.now() - sentAt);
    const end = endOfFault(error, call.tool.serverName);
    const text = end.told ?? told.internal;
    return {
      upstreamMs: performance.now() - sentAt,
      outcome: end.outcome ?? 'upstream_error',
      reasonCode: end.reasonCode,
      reply: replyRefused(exchange.method, text),
      response: null,
      told: end.shown ?? text,
      findings: [],
    };
  }
}

/** Something of ours broke after the call was sent: whatever it did is done, so it must not pass for a refused one. */
function endOfBug(ports: PipelinePorts, { id, exchange }: ArmedCall, error: unknown, upstreamMs: number): Ended {
  const message = error instanceof Error ? error.message : 'unknown';
  ports.log.error('a call failed inside the pipeline after it was sent', { call: id, error: message });
  const reply = replyRefused(exchange.method, told.unread);
  return {
    upstreamMs,
    outcome: 'unknown',
    reasonCode: 'internal',
    reply,
    response: null,
    told: told.unread,
    findings: [],
  };
}

function withheldBy(method: string, findings: readonly ResultFinding[], upstreamMs: number): Ended {
  const reply = replyRefused(method, told.filtered);
  const ended = { outcome: 'tool_error', reasonCode: 'result_filter', response: null, told: told.filtered } as const;
  return { ...ended, reply, findings, upstreamMs };
}

/**
 * Sends the call. A legacy server may refuse it until a page was opened (-32042). Modern agents do not know that: they
 * are asked to open it, and the call is sent again. Legacy agents get the error if the server may ask for such things.
 */
export async function sendAndOpenPages(ports: PipelinePorts, { call, link, io }: ForwardedCall): Promise<RawResponse> {
  for (let round = 0; ; round += 1) {
    const response = await link.send(call, io);
    const refusal = readUrlRefusal(response);
    if (!refusal) return response;
    if (call.exchange.era !== 'modern') {
      const { exchange, tool } = call;
      const about = { exchange, serverId: tool.serverId, serverName: tool.serverName, callId: call.id };
      const scene = { ...about, mayGoOn: () => io.mayGoOn() };
      return refusal.isWhole && (await governPages(ports, scene, refusal.pages)) ? response : unopened;
    }
    if (link.era !== 'legacy' || round === maxUrlRounds || !(await areOpened(io, refusal.pages))) return unopened;
    if (!io.mayGoOn()) {
      const fault = { code: 'other', message: told.withheld, fix: '', detail: '', at: ports.clock.now() } as const;
      throw new LinkFault('withheld', fault);
    }
  }
}

/** Asks the agent for one page after the other; false: there is none, or one was not opened. */
async function areOpened(io: CallIo, pages: JsonObject[]): Promise<boolean> {
  for (const page of pages) if (!isAccepted(await io.ask('elicitation/create', page))) return false;
  return pages.length > 0;
}

function isAccepted(answer: AskAnswer): boolean {
  return answer.kind === 'result' && isObject(answer.result) && answer.result.action === 'accept';
}

/** In place of an error whose pages may not be shown, or were not opened: no address goes to the agent. */
const unopened = closeResponse({
  has: 'error',
  error: { code: rpcErrorCodes.internal, message: 'The server wants a page opened first, and that was not done.' },
});

async function settleForwarded(
  ports: PipelinePorts,
  call: ArmedCall,
  ended: Ended,
  waitedMs: number | null,
): Promise<Reply> {
  const bytes = ended.response?.bytes ?? null;
  const resultDigest = bytes ? hashBytes(bytes) : null;
  const written = await ports.audit.commit({
    ...auditFacts(call, call.decision),
    event: 'call.settled',
    actor: 'engine',
    effect: 'allow',
    outcome: ended.outcome,
    reasonCode: ended.reasonCode,
    resultDigest,
    resultBytes: bytes?.length ?? null,
    durationMs: Math.max(0, performance.now() - call.exchange.receivedAt),
    waitedMs,
    upstreamMs: ended.upstreamMs,
    approvalId: call.approvalId,
    credential: credentialNames(call),
    findings: ended.findings.length === 0 ? null : describeFindings(ended.findings),
  });
  const outcome = written ? ended.outcome : 'unknown';
  const reply = written ? ended.reply : replyRefused(call.exchange.method, told.unrecorded);
  ports.journal.settle(call.id, {
    outcome,
    told: written ? ended.told : told.unrecorded,
    result: bytes,
    resultDigest,
    waitedMs,
  });
  return reply;
}
