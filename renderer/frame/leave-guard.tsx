import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { type AroundNavHandler, Router } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { ConfirmDialog } from '../ui/dialog.tsx';

interface Guard {
  /** What would be lost: `the changes to this rule`. */
  what: string;
}

type SetGuard = (guard: Guard | null) => void;

const GuardContext = createContext<SetGuard>(() => {});

/** The window's router; before it leaves a page with unsaved work it asks, whatever led away from it. */
export function GuardedRouter({ children }: { children: ReactNode }) {
  const guard = useRef<Guard | null>(null);
  const [held, setHeld] = useState<{ what: string; go: () => void } | null>(null);
  const setGuard = useCallback<SetGuard>((next) => {
    guard.current = next;
  }, []);
  const aroundNav = useCallback<AroundNavHandler>((navigate, to, options) => {
    const go = (): void => navigate(to, options);
    if (guard.current === null) go();
    else setHeld({ what: guard.current.what, go });
  }, []);
  // A layout effect: the listeners of a window are called in the order they came, and the router's come after it.
  useLayoutEffect(() => {
    // Back, Forward and a typed address change the page without asking the router.
    const onHash = (event: HashChangeEvent): void => {
      const there = window.location.hash;
      const here = new URL(event.oldURL).hash;
      if (guard.current === null || there === here) return;
      event.stopImmediatePropagation();
      history.pushState(null, '', here === '' ? '#/' : here);
      setHeld({
        what: guard.current.what,
        go: () => {
          window.location.hash = there;
        },
      });
    };
    window.addEventListener('hashchange', onHash);
    return () => window.removeEventListener('hashchange', onHash);
  }, []);
  return (
    <GuardContext value={setGuard}>
      <Router hook={useHashLocation} aroundNav={aroundNav}>
        {children}
        <ConfirmDialog
          open={held !== null}
          title={`Discard ${held?.what ?? ''}?`}
          confirmLabel="Discard"
          cancelLabel="Keep editing"
          danger
          onCancel={() => setHeld(null)}
          onConfirm={() => {
            guard.current = null;
            setHeld(null);
            held?.go();
          }}
        >
          They are not saved yet. Policy stays as it is.
        </ConfirmDialog>
      </Router>
    </GuardContext>
  );
}

/**
 * Asks before the page is left or reloaded while `isDirty`. Returns a function that lets the next step through, for the
 * moment after saving.
 * @param what what would be lost, in the middle of a sentence
 */
export function useLeaveGuard(isDirty: boolean, what: string): () => void {
  const setGuard = useContext(GuardContext);
  useEffect(() => {
    if (!isDirty) return;
    setGuard({ what });
    const onUnload = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', onUnload);
    return () => {
      setGuard(null);
      window.removeEventListener('beforeunload', onUnload);
    };
  }, [isDirty, what, setGuard]);
  return () => setGuard(null);
}
