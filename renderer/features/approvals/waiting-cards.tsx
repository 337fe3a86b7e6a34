import { useEffect, useRef } from 'react';
import { type ApprovalView, isHighTier } from '../../../electron/shared/index.ts';
import { formatCountdown } from '../../lib/format.ts';
import { isBareKey } from '../../lib/hotkeys.ts';
import { useNow } from '../../lib/use-now.ts';
import { EmptyState } from '../../ui/placeholder.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { Tier } from '../../ui/tier.tsx';
import { ApprovalCard } from './approval-card.tsx';
import '../../ui/side-list.css';
import './approvals.css';

interface WaitingCardsProps {
  pending: readonly ApprovalView[];
  selectedId: string | null;
  onSelect: (id: string) => void;
}

/** The queue at the left, the card of the chosen question at the right. ↑ and ↓ move. */
export function WaitingCards({ pending, selectedId, onSelect }: WaitingCardsProps) {
  const selected = pending.find((approval) => approval.id === selectedId) ?? pending[0];
  useQueueKeys(pending, selected, onSelect);
  if (selected === undefined) {
    return (
      <div className="body">
        <EmptyState title="Nothing is waiting">
          When an agent calls a tool whose switch is set to Ask, the question appears here. Nothing passes until you
          answer.
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="body approvals">
      <section className="alist" aria-label="Waiting">
        <ul className="alist-rows">
          {pending.map((approval) => (
            <li key={approval.id}>
              <QueueRow
                approval={approval}
                isSelected={approval.id === selected.id}
                onSelect={() => onSelect(approval.id)}
              />
            </li>
          ))}
        </ul>
      </section>
      <section className="pane" aria-label="Question">
        <ApprovalCard key={selected.id} approval={selected} />
      </section>
    </div>
  );
}

interface QueueRowProps {
  approval: ApprovalView;
  isSelected: boolean;
  onSelect: () => void;
}

function QueueRow({ approval, isSelected, onSelect }: QueueRowProps) {
  const now = useNow(500);
  const { agentName, tool, risk, expiresAt, waiting } = approval;
  return (
    <button
      type="button"
      className="r alist-row queue-row"
      aria-current={isSelected ? 'true' : undefined}
      onClick={onSelect}
    >
      <span className="alist-text">
        <span className="alist-name cut">
          <RawText text={agentName} />
          {waiting > 1 && <span className="t3"> ×{waiting}</span>}
        </span>
        <code className="cut t2">
          <RawText text={tool} />
        </code>
      </span>
      <span className="queue-side f12">
        <span className="asks">{formatCountdown(expiresAt - now)}</span>
        {isHighTier(risk.tier) && <Tier tier={risk.tier} />}
      </span>
    </button>
  );
}

function useQueueKeys(
  pending: readonly ApprovalView[],
  selected: ApprovalView | undefined,
  onSelect: (id: string) => void,
): void {
  const step = (by: number) => {
    const index = pending.findIndex((approval) => approval.id === selected?.id);
    const next = pending[index + by];
    if (next !== undefined) onSelect(next.id);
  };
  const latest = useRef(step);
  useEffect(() => {
    latest.current = step;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
      if (by === 0 || !isBareKey(event) || isInWidget(event.target)) return;
      event.preventDefault();
      latest.current(by);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

/** Menus, dialogs and radio groups use the arrow keys themselves. */
function isInWidget(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[role=menu], [role=dialog], [role=radiogroup]') !== null;
}
