import { useQuery } from '@tanstack/react-query';
import type { ApprovalView, Remember, RememberPreview } from '../../../electron/shared/index.ts';
import type { Json } from '../../lib/lay-out-tree.ts';
import { useSettled } from '../../lib/use-settled.ts';
import { useBridge } from '../../state/engine-context.tsx';

export interface Preview {
  /** Past calls it would have matched; null while that is not known. */
  past: RememberPreview['past'] | null;
  /** Why the engine would not remember this; null when it would, or has not said yet. */
  refusal: string | null;
}

/** Milliseconds a choice stands before the engine is asked about it. */
const settleMs = 150;

/** What the engine says of a permission before it is given. */
export function usePreview(
  { id, digest }: ApprovalView,
  remember: Remember | null,
  edited: { [key: string]: Json } | null,
): Preview {
  const bridge = useBridge();
  const asked = useSettled({ remember, edited }, settleMs);
  const isSettled = JSON.stringify(asked) === JSON.stringify({ remember, edited });
  const { data } = useQuery({
    queryKey: ['approvals.preview', id, digest, asked],
    queryFn: () =>
      asked.remember === null
        ? null
        : bridge.call('approvals.preview', { id, digest, remember: asked.remember, edited: asked.edited }),
    enabled: asked.remember !== null,
  });
  if (!isSettled || remember === null || data === undefined || data === null) return { past: null, refusal: null };
  return { past: data.past, refusal: data.refusal };
}
