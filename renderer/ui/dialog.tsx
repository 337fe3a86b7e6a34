import { AlertDialog as BaseAlertDialog } from '@base-ui/react/alert-dialog';
import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { type ReactNode, useRef } from 'react';
import { Button, IconButton } from './button.tsx';
import './dialog.css';

interface DialogProps {
  open: boolean;
  /** Called for Esc, the close button and, unless `keepOpen`, a press outside. */
  onClose: () => void;
  title: string;
  /** One sentence under the title. */
  description?: ReactNode;
  children: ReactNode;
  /** Buttons, the confirming one last. */
  footer?: ReactNode;
  /** Only a button closes it: it shows something that cannot be shown again. */
  keepOpen?: boolean;
}

/** A window over the page for one task. */
export function Dialog({ open, onClose, title, description, children, footer, keepOpen = false }: DialogProps) {
  const popup = useRef<HTMLDivElement>(null);
  const firstField = (): HTMLElement | null =>
    popup.current?.querySelector<HTMLElement>('.dlg-body input:not([type="radio"]), .dlg-body textarea') ??
    popup.current?.querySelector<HTMLElement>('.dlg-body button, .dlg-foot button') ??
    null;
  return (
    <BaseDialog.Root
      open={open}
      disablePointerDismissal
      onOpenChange={(next, details) => {
        if (next) return;
        if (keepOpen && details.reason === 'escape-key') details.cancel();
        else onClose();
      }}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="dlg-back" />
        <BaseDialog.Popup ref={popup} className="dlg" initialFocus={() => firstField() ?? true}>
          <header className="dlg-head">
            <BaseDialog.Title className="dlg-title">{title}</BaseDialog.Title>
            {!keepOpen && <BaseDialog.Close render={<IconButton icon="x" label="Close" ghost small />} />}
          </header>
          <div className="dlg-body">
            {description !== undefined && (
              <BaseDialog.Description className="dlg-desc">{description}</BaseDialog.Description>
            )}
            {children}
          </div>
          {footer !== undefined && <footer className="dlg-foot">{footer}</footer>}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

interface ConfirmDialogProps {
  open: boolean;
  title: string;
  /** What will happen and what will not. */
  children: ReactNode;
  /** A verb. */
  confirmLabel: string;
  cancelLabel?: string;
  onConfirm: () => void;
  onCancel: () => void;
  danger?: boolean;
}

/** Asks before something that has no undo. The focus starts on the way back. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, title, children, confirmLabel, cancelLabel = 'Cancel', onConfirm, onCancel, danger = false } = props;
  return (
    <BaseAlertDialog.Root open={open} onOpenChange={(next) => !next && onCancel()}>
      <BaseAlertDialog.Portal>
        <BaseAlertDialog.Backdrop className="dlg-back" />
        <BaseAlertDialog.Popup className="dlg" data-size="small">
          <header className="dlg-head">
            <BaseAlertDialog.Title className="dlg-title">{title}</BaseAlertDialog.Title>
          </header>
          <div className="dlg-body">
            <BaseAlertDialog.Description className="dlg-desc">{children}</BaseAlertDialog.Description>
          </div>
          <footer className="dlg-foot">
            <span className="grow" />
            <BaseAlertDialog.Close render={<Button />}>{cancelLabel}</BaseAlertDialog.Close>
            <Button variant={danger ? 'danger' : 'outline'} onClick={onConfirm}>
              {confirmLabel}
            </Button>
          </footer>
        </BaseAlertDialog.Popup>
      </BaseAlertDialog.Portal>
    </BaseAlertDialog.Root>
  );
}
