import { useLocation, useParams } from 'wouter';
import { useShallow } from 'zustand/react/shallow';
import { Banners } from '../../frame/banners.tsx';
import { useEngineStore } from '../../state/engine-context.tsx';
import { selectPending } from '../../state/selectors.ts';
import { LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { Segment } from '../../ui/segment.tsx';
import { ApprovalHistory } from './approval-history.tsx';
import { WaitingCards } from './waiting-cards.tsx';

/** Approvals: what waits for an answer, and what was answered. Routes `/approvals`, `/approvals/:id`, `/approvals/history`. */
export function ApprovalsPage() {
  const { id } = useParams<{ id?: string }>();
  const [, navigate] = useLocation();
  const phase = useEngineStore((state) => state.phase);
  const failure = useEngineStore((state) => state.failure);
  const pending = useEngineStore(useShallow(selectPending));
  const view = id === 'history' ? 'history' : 'waiting';
  return (
    <>
      <header className="bar">
        <h1>Approvals</h1>
        <span className="grow" />
        <Segment
          label="Show"
          value={view}
          options={[
            { value: 'waiting', label: pending.length === 0 ? 'Waiting' : `Waiting ${pending.length}` },
            { value: 'history', label: 'History' },
          ]}
          onChange={(next) => navigate(next === 'history' ? '/approvals/history' : '/approvals')}
        />
      </header>
      <Banners />
      {phase === 'loading' && <Skeleton label="Loading approvals" />}
      {phase === 'failed' && (
        <LoadError
          title="Approvals could not be loaded"
          detail={`${failure?.message ?? ''} ${failure?.fix ?? ''}`}
          stillWorks="Calls that wait are denied when their time is up."
          onRetry={() => window.location.reload()}
        />
      )}
      {phase === 'ready' && view === 'history' && <ApprovalHistory />}
      {phase === 'ready' && view === 'waiting' && (
        <WaitingCards
          pending={pending}
          selectedId={id ?? null}
          onSelect={(next) => navigate(`/approvals/${next}`, { replace: true })}
        />
      )}
    </>
  );
}
