import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { type ApprovalView, isHighTier } from '../../../electron/shared/index.ts';
import { formatCountdown } from '../../lib/format.ts';
import { isBareKey } from '../../lib/hotkeys.ts';
import { useNow } from '../../lib/use-now.ts';
import { EmptyState } from '../../ui/placeholder.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { Tier } from '../../ui/tier.tsx';
import { ApprovalCard } from './approval-card.tsx';
import { groupStorms, type QueueEntry } from './group-storms.ts';
import { StormCard } from './storm-card.tsx';
import '../../ui/side-list.css';
import './approvals.css';

interface WaitingCardsProps {
  pending: readonly ApprovalView[];
  selectedId: string | null;
  onSelect: (id: string) => void;
}

/** The queue at the left, the card of the chosen question at the right. ↑ and ↓ move. */
export function WaitingCards({ pending, selectedId, onSelect }: WaitingCardsProps) {
  const [reviewed, setReviewed] = useState<ReadonlySet<string>>(() => agentsOf(pending, selectedId));
  const [touchedId, setTouchedId] = useState<string | null>(null);
  const entries = groupStorms(pending, reviewed, touchedId);
  const findEntry = (wanted: string | null) => entries.find(({ id }) => id === wanted);
  const selected = findEntry(selectedId) ?? findEntry(touchedId) ?? entries[0];
  useQueueKeys(entries, selected, onSelect);
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
        <QueueList entries={entries} selectedId={selected.id} onSelect={onSelect} />
      </section>
      <section className="pane" aria-label="Question">
        {selected.kind === 'storm' ? (
          <StormCard
            key={selected.id}
            storm={selected}
            onReview={() => {
              setReviewed((before) => new Set(before).add(selected.agentId));
              onSelect(selected.approvals[0]?.id ?? '');
            }}
          />
        ) : (
          <ApprovalCard
            key={`${selected.id} ${selected.approval.digest}`}
            approval={selected.approval}
            onTouch={() => setTouchedId(selected.id)}
          />
        )}
      </section>
    </div>
  );
}

/** Height of a row, pixels; as in the style sheet. */
const rowHeight = 44;

interface QueueListProps {
  entries: readonly QueueEntry[];
  selectedId: string;
  onSelect: (id: string) => void;
}

/** Only the rows in view are drawn: each has a countdown of its own, and hundreds may wait. */
function QueueList({ entries, selectedId, onSelect }: QueueListProps) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => entries[index]?.id ?? index,
    overscan: 6,
  });
  const selected = entries.findIndex(({ id }) => id === selectedId);
  const newest = useRef(selected);
  useEffect(() => {
    newest.current = selected;
  }, [selected]);
  const { scrollToIndex } = rows;
  useEffect(() => {
    // Only when another row is chosen: questions that come and go must not pull the list along.
    if (selectedId !== '' && newest.current !== -1) scrollToIndex(newest.current);
  }, [selectedId, scrollToIndex]);
  return (
    <div ref={box} className="alist-rows">
      <ul className="queue-list" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, key, start }) => {
          const entry = entries[index];
          if (entry === undefined) return null;
          return (
            <li key={key} style={{ top: start }} aria-setsize={entries.length} aria-posinset={index + 1}>
              <EntryRow entry={entry} isSelected={entry.id === selectedId} onSelect={() => onSelect(entry.id)} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** Who comes for one question of an agent looks at them one by one. */
function agentsOf(pending: readonly ApprovalView[], id: string | null): ReadonlySet<string> {
  return new Set(pending.filter((approval) => approval.id === id).map(({ agentId }) => agentId));
}

interface EntryRowProps {
  entry: QueueEntry;
  isSelected: boolean;
  onSelect: () => void;
}

function EntryRow({ entry, isSelected, onSelect }: EntryRowProps) {
  if (entry.kind === 'card') return <QueueRow approval={entry.approval} isSelected={isSelected} onSelect={onSelect} />;
  return (
    <button
      type="button"
      className="r alist-row queue-row"
      aria-current={isSelected ? 'true' : undefined}
      onClick={onSelect}
    >
      <span className="alist-text">
        <span className="alist-name cut">
          <RawText text={entry.agentName} />
        </span>
        <span className="cut t2">{entry.approvals.length} questions at once</span>
      </span>
    </button>
  );
}

interface QueueRowProps {
  approval: ApprovalView;
  isSelected: boolean;
  onSelect: () => void;
}

function QueueRow({ approval, isSelected, onSelect }: QueueRowProps) {
  const { agentName, tool, risk, waiting } = approval;
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
        <Countdown approval={approval} />
        {isHighTier(risk.tier) && <Tier tier={risk.tier} />}
      </span>
    </button>
  );
}

/** By itself, so that its every second draws nothing else anew. */
function Countdown({ approval: { expiresAt, stoppedAt } }: { approval: ApprovalView }) {
  const now = useNow(500, stoppedAt === null);
  return <span className="asks">{formatCountdown(expiresAt - (stoppedAt ?? now))}</span>;
}

function useQueueKeys(
  entries: readonly QueueEntry[],
  selected: QueueEntry | undefined,
  onSelect: (id: string) => void,
): void {
  const step = (by: number) => {
    const index = entries.findIndex(({ id }) => id === selected?.id);
    const next = entries[index + by];
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
