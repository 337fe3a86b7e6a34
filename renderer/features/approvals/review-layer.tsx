import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { selectPending } from '../../state/selectors.ts';
import { ApprovalDialog } from './approval-dialog.tsx';
import { ReviewContext } from './use-review.ts';

interface ReviewLayerProps {
  /** The page already shows the cards: nothing opens by itself. */
  isOnApprovals: boolean;
  children: ReactNode;
}

/**
 * Lets any page open a card, and in a browser opens it by itself when a new question comes: there is no window of its
 * own for it there. Never over a field somebody types in, nor over another dialog.
 */
export function ReviewLayer({ isOnApprovals, children }: ReviewLayerProps) {
  const { host } = useBridge();
  const pending = useEngineStore(useShallow(selectPending));
  const [start, setStart] = useState<{ id: string; isChosen: boolean } | null>(null);
  const [isOpen, setOpen] = useState(false);
  const announced = useRef(new Set<string>());

  useEffect(() => {
    const fresh = pending.filter((approval) => !announced.current.has(approval.id));
    for (const approval of fresh) announced.current.add(approval.id);
    const first = fresh[0];
    if (host !== 'browser' || isOnApprovals || first === undefined || isBusyElsewhere()) return;
    setStart((before) => before ?? { id: first.id, isChosen: false });
    setOpen(true);
  }, [pending, host, isOnApprovals]);

  const close = () => {
    setOpen(false);
    setStart(null);
  };
  // Every question is answered: the next one starts with a new dialog.
  if (isOpen && pending.length === 0) close();

  return (
    <ReviewContext
      value={(approvalId) => {
        setStart({ id: approvalId, isChosen: true });
        setOpen(true);
      }}
    >
      {children}
      {isOpen && pending.length > 0 && (
        <ApprovalDialog
          key={start?.id}
          pending={pending}
          startId={start?.id ?? null}
          isChosen={start?.isChosen ?? false}
          onLater={close}
        />
      )}
    </ReviewContext>
  );
}

function isBusyElsewhere(): boolean {
  const focused = document.activeElement;
  const isTyping = focused?.matches('input:not([type=checkbox]):not([type=radio]), textarea, select') === true;
  return isTyping || document.querySelector('[role=dialog], [role=alertdialog], [role=menu]') !== null;
}
