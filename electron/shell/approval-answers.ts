import type { ApprovalDecision, ApprovalView } from '../shared/index.ts';

/** An answer given where no arguments are shown: for exactly the call the item was about, once, and nothing more. */
export function quickAnswer(
  { id, digest }: ApprovalView,
  verdict: 'approve' | 'deny',
  input: 'menu' | 'notification',
): ApprovalDecision {
  return { id, digest, verdict, denyReason: null, denyNote: null, input, shownAt: Date.now(), armedAt: null };
}
