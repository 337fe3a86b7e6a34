import type { Decision } from '../../shared/index.ts';
import { told } from '../core/refusals.ts';
import { type DecidedCall, type PermittedCall, permit, type ResolvedCall } from '../core/stages.ts';
import type { CallRoute } from './call-route.ts';
import type { PipelinePorts } from './ports.ts';
import type { End } from './settle.ts';

type Again = { ok: true; call: PermittedCall } | { ok: false; decision: Decision; end: End };

/** Policy on this call with the world as it is at this instant. */
export function decideNow(ports: PipelinePorts, call: ResolvedCall): Decision {
  return ports.guards.decide(call);
}

/**
 * Step 9, and the same look right before everything that is sent later: policy, pause and pin as they are at this
 * instant, with the target found anew. Synchronous, so that nothing can change between the look and the sending. An
 * approval satisfies Ask, never Block or a pause. `call` must hold the exchange it came in with: suspicions go by it.
 */
export function decideAgain(
  ports: PipelinePorts,
  call: DecidedCall,
  route: CallRoute,
  approvalId: string | null,
): Again {
  const current = route.find();
  const isSame =
    current?.tool.definitionHash === call.tool.definitionHash && current.tool.serverId === call.tool.serverId;
  if (!current || !isSame) {
    const paused = decideNow(ports, call);
    const end: End = isPause(paused)
      ? endOfDenial(paused)
      : { outcome: 'denied', reasonCode: 'changed', told: told.changed };
    return { ok: false, decision: isPause(paused) ? paused : call.decision, end: { ...end, about: call } };
  }
  const risk = ports.guards.riskFor(call.exchange, current.risk, call.arguments);
  const decision = decideNow(ports, { ...call, tool: current.tool, risk });
  const permission = permit(call, decision, approvalId);
  if (permission.ok) return permission;
  const end: End =
    permission.decision.effect === 'ask'
      ? { outcome: 'denied', reasonCode: 'changed', told: told.changed }
      : endOfDenial(permission.decision);
  return { ok: false, decision: permission.decision, end: { ...end, about: call } };
}

export function endOfDenial(decision: Decision): End {
  return {
    outcome: isPause(decision) ? 'paused' : 'denied',
    reasonCode: decision.reasonCode,
    told: isPause(decision) ? told.paused : told.blocked,
  };
}

export function isPause({ reasonCode }: Decision): boolean {
  return reasonCode === 'paused_all' || reasonCode === 'paused_agent';
}
