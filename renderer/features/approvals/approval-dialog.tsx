import { AlertDialog } from '@base-ui/react/alert-dialog';
import type { ApprovalView } from '../../../electron/shared/index.ts';
import { ApprovalStack } from './approval-stack.tsx';

interface ApprovalDialogProps {
  pending: readonly ApprovalView[];
  startId: string | null;
  isChosen: boolean;
  onLater: () => void;
}

/** The card over the page, for hosts without a window of its own for it, and for Review buttons. */
export function ApprovalDialog({ pending, startId, isChosen, onLater }: ApprovalDialogProps) {
  return (
    <AlertDialog.Root open={pending.length > 0} onOpenChange={(open) => !open && onLater()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="dlg-back" />
        <AlertDialog.Popup className="card-popup" initialFocus={false} aria-label="Approval">
          <ApprovalStack pending={pending} startId={startId} isChosen={isChosen} onLater={onLater} />
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
