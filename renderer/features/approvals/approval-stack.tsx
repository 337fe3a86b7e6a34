import { useState } from 'react';
import type { ApprovalView } from '../../../electron/shared/index.ts';
import { IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { KeyHint } from '../../ui/key-hint.tsx';
import { ApprovalCard } from './approval-card.tsx';
import { AwayButton } from './away-button.tsx';
import { groupStorms } from './group-storms.ts';
import { StormCard } from './storm-card.tsx';

interface ApprovalStackProps {
  /** Never empty, oldest first. */
  pending: readonly ApprovalView[];
  /** The one to begin with; the oldest when absent. */
  startId?: string | null;
  /** The person asked for that very question, so those of its agent are not folded into one. */
  isChosen?: boolean;
  onLater: () => void;
}

/** All questions that wait, one at a time: "1 of n", previous, next, later. */
export function ApprovalStack({ pending, startId = null, isChosen = false, onLater }: ApprovalStackProps) {
  const [currentId, setCurrentId] = useState(startId);
  const [reviewed, setReviewed] = useState<ReadonlySet<string>>(() => startingWith(pending, isChosen ? startId : null));
  const [touchedId, setTouchedId] = useState<string | null>(null);
  const entries = groupStorms(pending, reviewed, touchedId);
  const found = entries.findIndex(({ id }) => id === currentId);
  const index = found === -1 ? 0 : found;
  const current = entries[index];
  if (current === undefined) return null;
  // Pinned, so that an older question coming in does not push this one away.
  if (current.id !== currentId) setCurrentId(current.id);
  const step = (by: number) => {
    const next = entries[(index + by + entries.length) % entries.length];
    if (next !== undefined) setCurrentId(next.id);
  };
  const top = (
    <header className="ctop">
      <Icon name="mark" />
      <span>ScopeGate</span>
      <span className="grow" />
      {entries.length > 1 && <IconButton icon="left" label="Previous" ghost small onClick={() => step(-1)} />}
      <span aria-live="polite">
        {index + 1} of {entries.length}
      </span>
      {entries.length > 1 && <IconButton icon="right" label="Next" ghost small onClick={() => step(1)} />}
      <AwayButton />
      <button type="button" className="btn ghost sm" onClick={onLater}>
        Later <KeyHint keys="Esc" />
      </button>
    </header>
  );
  if (current.kind === 'storm') {
    const review = () => {
      setReviewed((before) => new Set(before).add(current.agentId));
      setCurrentId(current.approvals[0]?.id ?? null);
    };
    return <StormCard key={current.id} storm={current} top={top} onReview={review} onLater={onLater} takesFocus />;
  }
  const { approval } = current;
  // Another digest is another question: nothing done on the one before may carry over.
  const key = `${approval.id} ${approval.digest}`;
  const touch = () => setTouchedId(approval.id);
  return <ApprovalCard key={key} approval={approval} top={top} onLater={onLater} onTouch={touch} takesFocus />;
}

/** Who asked for one question of an agent has chosen to look at them one by one. */
function startingWith(pending: readonly ApprovalView[], startId: string | null): ReadonlySet<string> {
  const chosen = pending.find((approval) => approval.id === startId);
  return new Set(chosen === undefined ? [] : [chosen.agentId]);
}
