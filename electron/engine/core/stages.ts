import type { Decision, Effect, Risk } from '../../shared/index.ts';
import type { Exchange } from '../exchange.ts';
import type { JsonObject } from '../wire/json-rpc.ts';

/**
 * The stages of one governed call. Each is made from the one before; `PermittedCall` and `ArmedCall` carry brands that
 * only this module can give, so a call that skipped a step does not compile.
 */

/** A tool as the catalog knows it, pinned for the life of one call. */
export interface ResolvedTool {
  serverId: string;
  serverName: string;
  name: string;
  exposedName: string;
  definition: JsonObject;
  definitionHash: string;
  /** The definition is the one a person accepted (or was declared). */
  reviewed: boolean;
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
  /** `_meta` and every other member of params but `name` and `arguments`, sent on as they came. */
  otherParams: JsonObject;
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
}

export type Permission = { ok: true; call: PermittedCall } | { ok: false; decision: Decision };

/**
 * Step 9. `decision` is the fresh decision of this instant; an approval satisfies Ask and never Deny.
 */
export function permit(call: DecidedCall, decision: Decision, approvalId: string | null): Permission {
  if (!isPermitting(decision.effect, approvalId)) return { ok: false, decision };
  return { ok: true, call: { ...call, decision, approvalId } as PermittedCall };
}

/** Step 10. Credentials join the call here. */
export function arm(call: PermittedCall): ArmedCall {
  return call as ArmedCall;
}

function isPermitting(effect: Effect, approvalId: string | null): boolean {
  return effect === 'allow' || (effect === 'ask' && approvalId !== null);
}
