import { useState } from 'react';
import type { ApprovalView } from '../../../electron/shared/index.ts';
import { IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { KeyHint } from '../../ui/key-hint.tsx';
import { ApprovalCard } from './approval-card.tsx';

interface ApprovalStackProps {
  /** Never empty, oldest first. */
  pending: readonly ApprovalView[];
  /** The one to begin with; the oldest when absent. */
  startId?: string | null;
  onLater: () => void;
}

/** All questions that wait, one at a time: "1 of n", previous, next, later. */
export function ApprovalStack({ pending, startId = null, onLater }: ApprovalStackProps) {
  const [currentId, setCurrentId] = useState(startId);
  const found = pending.findIndex((approval) => approval.id === currentId);
  const index = found === -1 ? 0 : found;
  const current = pending[index];
  if (current === undefined) return null;
  // Pinned, so that an older question coming in does not push this one away.
  if (current.id !== currentId) setCurrentId(current.id);
  const step = (by: number) => {
    const next = pending[(index + by + pending.length) % pending.length];
    if (next !== undefined) setCurrentId(next.id);
  };
  const top = (
    <header className="ctop">
      <Icon name="mark" />
      <span>ScopeGate</span>
      <span className="grow" />
      {pending.length > 1 && <IconButton icon="left" label="Previous" ghost small onClick={() => step(-1)} />}
      <span aria-live="polite">
        {index + 1} of {pending.length}
      </span>
      {pending.length > 1 && <IconButton icon="right" label="Next" ghost small onClick={() => step(1)} />}
      <button type="button" className="btn ghost sm" onClick={onLater}>
        Later <KeyHint keys="Esc" />
      </button>
    </header>
  );
  return <ApprovalCard key={current.id} approval={current} top={top} onLater={onLater} takesFocus />;
}
