import type { ApprovalView } from '../../shared/index.ts';
import type { DecidedCall } from '../core/stages.ts';
import type { JsonObject } from '../wire/json-rpc.ts';

export interface ApprovalTiming {
  /** How long a person has, milliseconds. */
  timeoutMs: number;
  /** What "add time" adds, milliseconds. */
  extendMs: number;
  /** How long an approval without a waiting call stays good for one identical call, milliseconds. */
  armedMs: number;
}

/**
 * How a wait ended. `parked`: the agent is told to call again; the card stays. `full`: too many cards of this agent wait.
 * `reconsidered`: policy no longer asks, decide again. `edited`: send these arguments instead.
 */
export type Answer =
  | { kind: 'approved'; approvalId: string; edited: JsonObject | null }
  | { kind: 'denied'; note: string | null; cause: 'person' | 'cooldown' | 'away' }
  | { kind: 'expired' }
  | { kind: 'cancelled' }
  | { kind: 'full' }
  | { kind: 'reconsidered' }
  | { kind: 'parked' };

export interface Waiter {
  callId: string;
  answer(answer: Answer): void;
}

/** A card of the queue with everything that hangs on it. */
export interface Item {
  card: ApprovalView;
  /** The newest call that asked; null on a card taken over from before a restart. */
  call: DecidedCall | null;
  waiters: Waiter[];
  /** Calls whose agent was told to call again, oldest first. */
  parked: string[];
  timer: NodeJS.Timeout | null;
  /** A person's answer is being carried out: what it changes must not take the card from under it. */
  isAnswering: boolean;
  /** Characters of the request as JSON. */
  size: number;
}

export function makeItem(card: ApprovalView, more: Partial<Pick<Item, 'call' | 'waiters' | 'parked'>> = {}): Item {
  const size = sizeOfRequest(card.arguments, card.otherParams);
  return { card, call: null, waiters: [], parked: [], timer: null, isAnswering: false, size, ...more };
}

/** What a card holds of its request, in characters of JSON. */
export function sizeOfRequest(args: unknown, otherParams: unknown): number {
  return JSON.stringify([args, otherParams]).length;
}

/** Why a parked call ended without having been called again. */
export type Abandonment = 'approval_denied' | 'approval_expired' | 'cancelled';

const denyWords = {
  not_asked: 'this is not what I asked for',
  wrong_target: 'wrong account or target',
  too_broad: 'too broad',
  other: null,
} as const;

/** What the agent is told of a denial besides that it is one. */
export function noteOf({ denyNote, denyReason }: ApprovalView): string | null {
  return denyNote?.trim() || (denyReason ? denyWords[denyReason] : null);
}
