import { useLocation, useParams } from 'wouter';
import { useShallow } from 'zustand/react/shallow';
import { Banners } from '../../frame/banners.tsx';
import { useEngineStore } from '../../state/engine-context.tsx';
import { selectPending } from '../../state/selectors.ts';
import { LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { Segment } from '../../ui/segment.tsx';
import { ApprovalHistory } from './approval-history.tsx';
import { ApprovalSettingsView } from './approval-settings.tsx';
import { AwayBanner } from './away-banner.tsx';
import { FatigueView } from './fatigue-view.tsx';
import { GrantsView } from './grants-view.tsx';
import { ReviewCards } from './review-cards.tsx';
import { WaitingCards } from './waiting-cards.tsx';

const views = ['waiting', 'review', 'remembered', 'history', 'figures', 'settings'] as const;
type View = (typeof views)[number];

/**
 * Approvals: what waits for an answer, what ended without one, what was remembered and answered, and how the asking goes.
 * Routes `/approvals`, `/approvals/:id`, and `/approvals/` with the name of a view.
 */
export function ApprovalsPage() {
  const { id } = useParams<{ id?: string }>();
  const [, navigate] = useLocation();
  const phase = useEngineStore((state) => state.phase);
  const failure = useEngineStore((state) => state.failure);
  const pending = useEngineStore(useShallow(selectPending));
  const toReview = useEngineStore((state) => state.approvalState?.toReview ?? 0);
  const grants = useEngineStore((state) => state.approvalState?.grants.length ?? 0);
  const view = views.find((name) => name === id) ?? 'waiting';
  return (
    <>
      <header className="bar">
        <h1>Approvals</h1>
        <span className="grow" />
        <Segment
          label="Show"
          value={view}
          options={[
            { value: 'waiting', label: withCount('Waiting', pending.length) },
            { value: 'review', label: withCount('To review', toReview) },
            { value: 'remembered', label: withCount('Remembered', grants) },
            { value: 'history', label: 'History' },
            { value: 'figures', label: 'Figures' },
            { value: 'settings', label: 'Settings' },
          ]}
          onChange={(next) => navigate(next === 'waiting' ? '/approvals' : `/approvals/${next}`)}
        />
      </header>
      <Banners />
      <AwayBanner />
      {phase === 'loading' && <Skeleton label="Loading approvals" />}
      {phase === 'failed' && (
        <LoadError
          title="Approvals could not be loaded"
          detail={`${failure?.message ?? ''} ${failure?.fix ?? ''}`}
          stillWorks="Calls that wait are denied when their time is up."
          onRetry={() => window.location.reload()}
        />
      )}
      {phase === 'ready' && view === 'waiting' && (
        <WaitingCards
          pending={pending}
          selectedId={id ?? null}
          onSelect={(next) => navigate(`/approvals/${encodeURIComponent(next)}`, { replace: true })}
        />
      )}
      {phase === 'ready' && view !== 'waiting' && <OtherView view={view} />}
    </>
  );
}

function OtherView({ view }: { view: Exclude<View, 'waiting'> }) {
  switch (view) {
    case 'review':
      return <ReviewCards />;
    case 'remembered':
      return <GrantsView />;
    case 'history':
      return <ApprovalHistory />;
    case 'figures':
      return <FatigueView />;
    case 'settings':
      return <ApprovalSettingsView />;
  }
}

function withCount(label: string, count: number): string {
  return count === 0 ? label : `${label} ${count}`;
}
