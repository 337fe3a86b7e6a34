import type { Outcome } from '../../shared/index.ts';
import { hashBytes } from '../core/canonical.ts';
import { told } from '../core/refusals.ts';
import type { ArmedCall } from '../core/stages.ts';
import { readUrlElicitations } from '../eras/url-elicitations.ts';
import { type CallIo, LinkFault, type UpstreamLink } from '../upstream/link.ts';
import type { RawResponse, Reply } from '../wire/json-rpc.ts';
import { resultIsToolError } from '../wire/raw-response.ts';
import { makeCallIo } from './call-io.ts';
import type { CallRoute } from './call-route.ts';
import { finishResponse } from './finish-response.ts';
import { exchangeTowards, linkUserOf } from './link-user.ts';
import type { PipelinePorts } from './ports.ts';
import { auditFacts, endOfFault, replyRefused, settleRefused } from './settle.ts';

/** A call on its way: what a route's own effect works with. */
export interface ForwardedCall {
  call: ArmedCall;
  link: UpstreamLink;
  io: CallIo;
}

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
  try {
    let link: UpstreamLink;
    try {
      link = await ports.link(serverId, call.exchange.signal, linkUserOf(ports, call.exchange, serverId));
    } catch (error) {
      if (!(error instanceof LinkFault)) throw error;
      return settleRefused(ports, call, call.decision, { ...endOfFault(error, serverName), about: call }, waitedMs);
    }
    // opening the agent's own link may have shown that the tool is another one there
    if (route.isPinned && route.find()?.tool.definitionHash !== call.tool.definitionHash) {
      const end = { outcome: 'denied', reasonCode: 'changed', told: told.changed, about: call } as const;
      return settleRefused(ports, call, call.decision, end, waitedMs);
    }
    const committed = ports.audit.append({
      ...auditFacts(call, call.decision),
      event: 'call.decided',
      actor: 'agent',
      effect: 'allow',
      reasonCode: call.decision.reasonCode,
      approvalId: call.approvalId,
    });
    if (!committed) {
      const end = { outcome: 'degraded', reasonCode: 'audit', told: told.degraded, about: call } as const;
      return settleRefused(ports, call, call.decision, end, waitedMs);
    }
    ports.journal.running(call.id);
    const ended = await send(ports, call, link, route);
    return settleForwarded(ports, call, ended, waitedMs);
  } finally {
    release();
  }
}

interface Ended {
  outcome: Outcome;
  reasonCode: string;
  reply: Reply;
  response: RawResponse | null;
  told: string | null;
}

async function send(ports: PipelinePorts, call: ArmedCall, link: UpstreamLink, route: CallRoute): Promise<Ended> {
  const { exchange } = call;
  try {
    await ports.logLevels.raise(link, ports.sessions.logLevel(exchange.agent.id, exchange.session?.id ?? null));
    const forwarded: ForwardedCall = { call, link, io: makeCallIo(ports, call) };
    const response = await (route.effect?.(forwarded) ?? sendAndOpenPages(forwarded));
    const isToolError = response.has === 'error' || resultIsToolError(response);
    return {
      outcome: isToolError ? 'tool_error' : 'ok',
      reasonCode: response.has === 'error' ? 'rpc_error' : call.decision.reasonCode,
      reply: { kind: 'raw', response: finishResponse(ports, call, link.era, response) },
      response,
      told: null,
    };
  } catch (error) {
    if (!(error instanceof LinkFault)) throw error;
    const end = endOfFault(error, call.tool.serverName);
    const text = end.told ?? told.internal;
    return {
      outcome: end.outcome ?? 'upstream_error',
      reasonCode: end.reasonCode,
      reply: replyRefused(exchange.method, text),
      response: null,
      told: text,
    };
  }
}

/**
 * Sends the call. A legacy server may refuse it until a page was opened (-32042), which modern agents do not know: they
 * are asked to open it, and the call is sent again.
 */
async function sendAndOpenPages({ call, link, io }: ForwardedCall): Promise<RawResponse> {
  for (let round = 0; ; round += 1) {
    const response = await link.send(call, io);
    if (call.exchange.era !== 'modern' || link.era !== 'legacy' || round === maxUrlRounds) return response;
    const pages = call.exchange.canAsk('elicitation/create') ? readUrlElicitations(response) : [];
    if (pages.length === 0) return response;
    for (const page of pages) {
      const answer = await io.ask('elicitation/create', page);
      const isAccepted =
        answer.kind === 'result' &&
        typeof answer.result === 'object' &&
        answer.result !== null &&
        'action' in answer.result &&
        answer.result.action === 'accept';
      if (!isAccepted) return response;
    }
  }
}

function settleForwarded(ports: PipelinePorts, call: ArmedCall, ended: Ended, waitedMs: number | null): Reply {
  const bytes = ended.response?.bytes ?? null;
  const resultDigest = bytes ? hashBytes(bytes) : null;
  const written = ports.audit.append({
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
    approvalId: call.approvalId,
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
