import type { Risk } from '../../shared/index.ts';
import type { ResolvedTool } from '../core/stages.ts';
import type { JsonObject, RawResponse, RpcErrorBody } from '../wire/json-rpc.ts';
import type { ForwardedCall } from './forward-call.ts';

/** What a request reaches for, as it stands at this instant. */
export interface Target {
  tool: ResolvedTool;
  risk: Risk;
  /** What is decided on, shown and bound by an approval. */
  arguments: JsonObject;
  /** The parameters as they will be sent. */
  params: JsonObject;
  subject: string;
}

/**
 * How requests of one method find their target. Everything else (limits, policy, approval, audit, forwarding) is the same
 * for all of them.
 */
export interface CallRoute {
  /** The target, if it is there for this agent. Asked again just before the effect. */
  find(): Target | null;
  /** Reads what is not known yet (lists of servers); `find` is asked again after it. */
  learn(): Promise<void>;
  /** The target whoever may see it: for telling the person, never the agent. */
  findHidden(): Target | null;
  /** The target with arguments a person wrote instead; null: this kind of request cannot be edited. */
  withArguments(args: JsonObject): Target | null;
  /** Why the arguments cannot be sent; null: they can. */
  check(target: Target): { reasonCode: string; told: string } | null;
  /** What the agent is told where there is no target for it. */
  missing: RpcErrorBody;
  /** The target has a pinned definition: its server must be connected and read before the decision. */
  isPinned: boolean;
  /** An approval given before that stands for this call too; null: none. */
  standingApproval(): string | null;
  /** What is done at the server, where it is not the request itself. */
  effect: ((call: ForwardedCall) => Promise<RawResponse>) | null;
}

/** The parts most routes share. */
export const plainRoute: Pick<
  CallRoute,
  'learn' | 'findHidden' | 'withArguments' | 'check' | 'isPinned' | 'standingApproval' | 'effect'
> = {
  learn: async () => {},
  findHidden: () => null,
  withArguments: () => null,
  check: () => null,
  isPinned: false,
  standingApproval: () => null,
  effect: null,
};
