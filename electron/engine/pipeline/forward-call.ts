import type { Outcome } from '../../shared/index.ts';
import { hashBytes } from '../core/canonical.ts';
import { replyToolError, told } from '../core/refusals.ts';
import type { ArmedCall } from '../core/stages.ts';
import { LinkFault } from '../upstream/link.ts';
import type { RawResponse, Reply } from '../wire/json-rpc.ts';
import { resultIsToolError } from '../wire/raw-response.ts';
import type { PipelinePorts } from './ports.ts';
import { auditFacts, endOfFault, settleRefused } from './settle.ts';

/**
 * Steps 11–15: the decision row, the effect, the outcome row, the reply – in this order and never otherwise. The result
 * is forwarded as the bytes the server sent.
 */
export async function forwardCall(ports: PipelinePorts, call: ArmedCall, waitedMs: number | null): Promise<Reply> {
  const release = ports.hold(call.tool.serverId);
  try {
    let link: Awaited<ReturnType<PipelinePorts['link']>>;
    try {
      link = await ports.link(call.tool.serverId, call.exchange.signal);
    } catch (error) {
      if (!(error instanceof LinkFault)) throw error;
      return settleRefused(
        ports,
        call,
        call.decision,
        { ...endOfFault(error, call.tool.serverName), about: call },
        waitedMs,
      );
    }
    const facts = auditFacts(call, call.decision);
    const committed = ports.audit.append({
      ...facts,
      event: 'call.decided',
      actor: 'agent',
      effect: 'allow',
      reasonCode: call.decision.reasonCode,
      approvalId: call.approvalId,
    });
    if (!committed)
      return settleRefused(
        ports,
        call,
        call.decision,
        { outcome: 'degraded', reasonCode: 'audit', told: told.degraded, about: call },
        waitedMs,
      );
    ports.journal.running(call.id);
    const ended = await send(ports, link, call);
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

async function send(
  ports: PipelinePorts,
  link: Awaited<ReturnType<PipelinePorts['link']>>,
  call: ArmedCall,
): Promise<Ended> {
  try {
    const response = await link.callTool(call, {
      signal: call.exchange.signal,
      timeoutMs: ports.timing.upstreamMs,
      onProgress: (params) => call.exchange.notify('notifications/progress', params),
    });
    const isToolError = response.has === 'error' || resultIsToolError(response);
    const reasonCode = response.has === 'error' ? 'rpc_error' : call.decision.reasonCode;
    return {
      outcome: isToolError ? 'tool_error' : 'ok',
      reasonCode,
      reply: { kind: 'raw', response },
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
      reply: replyToolError(text),
      response: null,
      told: text,
    };
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
  const reply = written ? ended.reply : replyToolError(told.unrecorded);
  ports.journal.settle(call.id, {
    outcome,
    told: written ? ended.told : told.unrecorded,
    result: bytes,
    resultDigest,
    waitedMs,
  });
  return reply;
}
