import { useState } from 'react';
import type { ApprovalView, DenyReason } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { useBridge } from '../../state/engine-context.tsx';

export interface Verdict {
  verdict: 'approve' | 'deny';
  input: 'pointer' | 'keyboard';
  denyReason?: DenyReason;
  denyNote?: string;
}

export interface Deciding {
  isBusy: boolean;
  /** Why the last answer did not count. */
  failure: { message: string; fix: string } | null;
  decide: (verdict: Verdict, timing: { shownAt: number; armedAt: number | null }) => void;
  extend: () => void;
}

/** Sends a person's answer for exactly what was shown; the engine alone decides whether it still counts. */
export function useDecide(approval: ApprovalView): Deciding {
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
    decide: ({ verdict, input, denyReason, denyNote }, timing) =>
      run(
        bridge.call('approvals.decide', {
          id: approval.id,
          digest: approval.digest,
          verdict,
          denyReason: denyReason ?? null,
          denyNote: denyNote ?? null,
          input,
          ...timing,
        }),
      ),
    extend: () => run(bridge.call('approvals.extend', { id: approval.id })),
  };
}
