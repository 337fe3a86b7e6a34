import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { ApprovalView } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { formatMoment } from '../../lib/format.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState, LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { ApprovalCard } from './approval-card.tsx';
import { statusWords } from './describe-approval.ts';
import '../../ui/side-list.css';
import './approvals.css';

/** What ended without a person's answer: each can be allowed for the next identical call, or dismissed. */
export function ReviewCards() {
  const bridge = useBridge();
  // An item that was put on the list or taken off it makes the list out of date.
  const changes = useEngineStore(
    useShallow((state) => [state.approvalState?.toReview ?? 0, state.approvals.filter((one) => one.toReview).length]),
  );
  const query = useQuery({
    queryKey: ['approvals.review', ...changes],
    queryFn: () => bridge.call('approvals.review', {}),
    placeholderData: (before) => before,
    staleTime: 0,
  });
  const [selectedId, setSelectedId] = useState<string | null>(null);
  if (query.isPending) return <Skeleton label="Loading what is to review" />;
  if (query.isError) {
    const { message, fix } = explainError(query.error);
    return (
      <LoadError
        title="The list could not be read"
        detail={`${message} ${fix}`}
        stillWorks="Questions that wait can still be answered."
        onRetry={() => void query.refetch()}
      />
    );
  }
  const items = query.data.approvals;
  const selected = items.find(({ id }) => id === selectedId) ?? items[0];
  if (selected === undefined) {
    return (
      <EmptyState title="Nothing to review">
        A question that ends without your answer, by its time limit or while you are away, is kept here for a week.
      </EmptyState>
    );
  }
  return (
    <div className="body approvals">
      <section className="alist" aria-label="To review">
        <ul className="alist-rows">
          {items.map((item) => (
            <li key={item.id}>
              <ReviewRow item={item} isSelected={item.id === selected.id} onSelect={() => setSelectedId(item.id)} />
            </li>
          ))}
        </ul>
        <DismissAll items={items} />
      </section>
      <section className="pane" aria-label="Question">
        <ApprovalCard key={`${selected.id} ${selected.digest}`} approval={selected} mode="review" />
      </section>
    </div>
  );
}

interface ReviewRowProps {
  item: ApprovalView;
  isSelected: boolean;
  onSelect: () => void;
}

function ReviewRow({ item, isSelected, onSelect }: ReviewRowProps) {
  return (
    <button
      type="button"
      className="r alist-row queue-row"
      aria-current={isSelected ? 'true' : undefined}
      onClick={onSelect}
    >
      <span className="alist-text">
        <span className="alist-name cut">
          <RawText text={item.agentName} />
        </span>
        <code className="cut t2">
          <RawText text={item.tool} />
        </code>
      </span>
      <span className="queue-side f12 past">
        <span>{formatMoment(item.decidedAt ?? item.createdAt, Date.now())}</span>
        <span className="t3">{statusWords[item.status].word}</span>
      </span>
    </button>
  );
}

function DismissAll({ items }: { items: readonly ApprovalView[] }) {
  const bridge = useBridge();
  const { busy, run } = useCommand();
  return (
    <div className="alist-foot">
      <Button
        small
        disabled={busy}
        onClick={() => void run(() => bridge.call('approvals.dismiss', { ids: items.map(({ id }) => id) }))}
      >
        Dismiss all
      </Button>
    </div>
  );
}
