import { Toast } from '@base-ui/react/toast';
import type { ReactNode } from 'react';

export interface ToastMessage {
  text: string;
  /** Offered as "Undo" for as long as the toast stands. */
  undo?: () => void;
}

/** Milliseconds. With an Undo it stands longer, and as long as the pointer or focus is on it. */
const standingMs = { plain: 4000, undo: 8000 };

/** Holds the queue of toasts and draws the newest at the bottom centre. */
export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Toast.Provider limit={1} timeout={standingMs.plain}>
      {children}
      <Toast.Portal>
        <Toast.Viewport aria-label="Messages">
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

/** Shows one line of text, with an Undo where the change can be taken back. */
export function useToast(): (message: ToastMessage) => void {
  const manager = Toast.useToastManager();
  return ({ text, undo }) => {
    const id = manager.add({
      title: text,
      timeout: undo === undefined ? standingMs.plain : standingMs.undo,
      ...(undo === undefined
        ? {}
        : {
            actionProps: {
              children: 'Undo',
              onClick: () => {
                manager.close(id);
                undo();
              },
            },
          }),
    });
  };
}

/** No dialog, as Base UI would have it: a message claims no keys and keeps no question from coming up. */
const plainBox = { role: 'group', 'aria-modal': undefined } as const;

function ToastList() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} {...plainBox} className="toast" swipeDirection={[]}>
      <Toast.Title render={<span />} />
      {toast.actionProps === undefined ? null : <Toast.Action className="btn ghost sm" />}
    </Toast.Root>
  ));
}
