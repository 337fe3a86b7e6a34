import { useState } from 'react';
import type { ApprovalView, DenyReason, Remember } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import type { Json } from '../../lib/lay-out-tree.ts';
import { useBridge } from '../../state/engine-context.tsx';

export type Input = 'pointer' | 'keyboard';

export interface Verdict {
  verdict: 'approve' | 'deny';
  input: Input;
  denyReason?: DenyReason | undefined;
  denyNote?: string | undefined;
  /** What to let through from now on; null: this call only. */
  remember: Remember | null;
  /** What to send instead; null: the arguments as they are. */
  edited: { [key: string]: Json } | null;
}

export interface Timing {
  shownAt: number;
  armedAt: number;
}

export interface Deciding {
  isBusy: boolean;
  /** Why the last answer did not count. */
  failure: { message: string; fix: string } | null;
  decide: (verdict: Verdict, timing: Timing) => void;
  /** Answers an item under review: one identical call later, or nothing and its arguments are erased. */
  settleReview: (answer: 'allow' | 'dismiss', input: Input, timing: Timing) => void;
  extend: () => void;
}

/** Sends a person's answer for exactly what was shown; the engine alone decides whether it still counts. */
export function useDecide({ id, digest }: ApprovalView): Deciding {
  const bridge = useBridge();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Deciding['failure']>(null);

  const run = (action: Promise<unknown>) => {
    setBusy(true);
    setFailure(null);
    action.catch((error: unknown) => setFailure(explainError(error))).finally(() => setBusy(false));
  };

  return {
    isBusy,
    failure,
    decide: ({ verdict, input, denyReason, denyNote, remember, edited }, timing) => {
      const more = verdict === 'approve' ? { remember, edited } : {};
      const reason = { denyReason: denyReason ?? null, denyNote: denyNote ?? null };
      run(bridge.call('approvals.decide', { id, digest, verdict, ...reason, input, ...timing, ...more }));
    },
    settleReview: (answer, input, timing) =>
      run(
        answer === 'allow'
          ? bridge.call('approvals.allowNext', { id, digest, input, ...timing })
          : bridge.call('approvals.dismiss', { ids: [id] }),
      ),
    extend: () => run(bridge.call('approvals.extend', { id })),
  };
}
