import { useShallow } from 'zustand/react/shallow';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { selectPending } from '../../state/selectors.ts';
import { Button } from '../../ui/button.tsx';
import { LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { ApprovalStack } from './approval-stack.tsx';
import { AwayButton } from './away-button.tsx';

/** The content of the small window that shows nothing but the questions. */
export function ApprovalWindow() {
  const { hideWindow } = useBridge();
  const pending = useEngineStore(useShallow(selectPending));
  const phase = useEngineStore((state) => state.phase);
  const failure = useEngineStore((state) => state.failure);
  const later = () => (hideWindow ?? window.close)();
  if (phase === 'loading') return <Skeleton label="Loading the question" />;
  if (phase === 'failed') {
    return (
      <LoadError
        title="The question could not be loaded"
        detail={`${failure?.message ?? ''} ${failure?.fix ?? ''}`}
        stillWorks="The call waits, and is denied when its time is up."
        onRetry={() => window.location.reload()}
      />
    );
  }
  if (pending.length === 0) {
    return (
      <main className="empty alone">
        <p>Nothing is waiting.</p>
        <span className="hs">
          <AwayButton />
          <Button onClick={later}>Close</Button>
        </span>
      </main>
    );
  }
  return (
    <main className="card-window">
      <h1 className="sr">Approval</h1>
      <div role="alertdialog" aria-label="Approval">
        <ApprovalStack pending={pending} onLater={later} />
      </div>
    </main>
  );
}
