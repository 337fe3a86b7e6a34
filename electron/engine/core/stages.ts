import type { Decision, Effect, Risk } from '../../shared/index.ts';
import type { Exchange } from '../exchange.ts';
import type { JsonObject } from '../wire/json-rpc.ts';

/**
 * The stages of one governed call. Each is made from the one before; `PermittedCall` and `ArmedCall` carry brands that
 * only this module can give, so a call that skipped a step does not compile.
 */

/**
 * What a governed call reaches for. Tools are pinned; prompts, resources and the rest stand for themselves. `ask` is a
 * server's question to an agent, which goes the other way.
 */
export type TargetKind = 'tool' | 'prompt' | 'resource' | 'completion' | 'task' | 'vendor' | 'ask';

/** The target of a call, as it was resolved for the life of this call. */
export interface ResolvedTool {
  kind: TargetKind;
  serverId: string;
  serverName: string;
  /** The server's own name of the tool or prompt, the URI of the resource, the method of a vendor request. */
  name: string;
  exposedName: string;
  definition: JsonObject;
  definitionHash: string;
  /** The definition is the one a person accepted (or was declared). */
  reviewed: boolean;
  /** The tool's tier by itself, before any arguments. */
  risk?: Risk;
  /** When that tier last rose, milliseconds since the epoch. */
  tierRoseAt?: number | null;
}

export interface ReceivedCall {
  id: string;
  /** Wall clock, milliseconds since the epoch. */
  at: number;
  exchange: Exchange;
}

export interface ResolvedCall extends ReceivedCall {
  tool: ResolvedTool;
  /** The one value that is decided on, shown, and sent. */
  arguments: JsonObject;
  /** Every member of params but the target's name and `arguments`, sent on as they came. */
  otherParams: JsonObject;
  /** The parameters as they will be sent: the agent's own with the server's name in place of the exposed one. */
  params: JsonObject;
  /** HMAC-SHA-256, hex, of the canonical arguments alone, for the audit. */
  argumentsDigest: string;
  subject: string;
  risk: Risk;
}

export interface DecidedCall extends ResolvedCall {
  decision: Decision;
}

declare const permitted: unique symbol;
declare const armed: unique symbol;

/** The last look at policy said yes, just before the effect. */
export interface PermittedCall extends DecidedCall {
  readonly [permitted]: true;
  /** The approval that satisfied Ask, if one did. */
  approvalId: string | null;
}

/** May be sent to its server: permitted, and every credential it needs is at hand. */
export interface ArmedCall extends PermittedCall {
  readonly [armed]: true;
  /** By id and name, for the audit; their values are nowhere but in the request itself. */
  credentials: readonly { id: string; name: string }[];
}

export type Permission = { ok: true; call: PermittedCall } | { ok: false; decision: Decision };

/**
 * Step 9. `decision` is the fresh decision of this instant; an approval satisfies Ask and never Deny.
 */
export function permit(call: DecidedCall, decision: Decision, approvalId: string | null): Permission {
  if (!isPermitting(decision.effect, approvalId)) return { ok: false, decision };
  return { ok: true, call: { ...call, decision, approvalId } as PermittedCall };
}

/** Step 10. Credentials join the call here: the link it goes over is armed with these. */
export function arm(call: PermittedCall, credentials: ArmedCall['credentials']): ArmedCall {
  return { ...call, credentials } as ArmedCall;
}

function isPermitting(effect: Effect, approvalId: string | null): boolean {
  return effect === 'allow' || (effect === 'ask' && approvalId !== null);
}
