import { type ReactNode, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { type ApprovalView, type DenyReason, isHighTier } from '../../../electron/shared/index.ts';
import { isTyping } from '../../lib/hotkeys.ts';
import { countFolds, type Json, layOutTree } from '../../lib/lay-out-tree.ts';
import { RawText } from '../../ui/raw-text.tsx';
import { readCommand } from './arming.ts';
import { CardArguments } from './card-arguments.tsx';
import { CardFoot } from './card-foot.tsx';
import { CardHead } from './card-head.tsx';
import { CardReasons } from './card-reasons.tsx';
import { fingerprint } from './describe-approval.ts';
import { useArming } from './use-arming.ts';
import { useDecide } from './use-decide.ts';

export type Input = 'pointer' | 'keyboard';

interface ApprovalCardProps {
  approval: ApprovalView;
  /** The bar above the sentence: place in the queue, Later. */
  top?: ReactNode;
  /** Esc. Absent where the card is part of a page. */
  onLater?: () => void;
  /** In a window or dialog of its own the card takes the focus itself, on no button. */
  takesFocus?: boolean;
}

/** One question to the person, with everything that will be sent. Give it `key={approval.id}`. */
export function ApprovalCard({ approval, top, onLater, takesFocus = false }: ApprovalCardProps) {
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const shown = fingerprint(approval);
  const shownAt = useShownAt(shown);
  const arming = useArming(shown);
  const deciding = useDecide(approval);
  const lines = useMemo(() => layOutTree(approval.arguments as Json, expanded), [approval.arguments, expanded]);
  const folds = countFolds(lines);
  const isHigh = isHighTier(approval.risk.tier);
  const isHeld = isHigh && folds > 0;
  const card = useInitialFocus(takesFocus);

  const answer = (verdict: 'approve' | 'deny', input: Input, denyReason?: DenyReason, denyNote?: string) => {
    if (arming.armedAt === null || deciding.isBusy || approval.status !== 'pending') return;
    if (verdict === 'approve' && isHeld) return;
    const reason = { ...(denyReason && { denyReason }), ...(denyNote && { denyNote }) };
    deciding.decide({ verdict, input, ...reason }, { shownAt, armedAt: arming.armedAt });
  };
  useChords(card, {
    approve: () => answer('approve', 'keyboard'),
    deny: () => answer('deny', 'keyboard'),
    later: onLater,
  });

  return (
    <article
      ref={card}
      className={`card${isHigh ? ' high' : ''}`}
      aria-label={`Approval: ${approval.agentName}, ${approval.tool}`}
      tabIndex={-1}
    >
      {top}
      <CardHead approval={approval} />
      <div className="cbody">
        <CardReasons approval={approval} />
        <CardArguments
          value={approval.arguments as Json}
          lines={lines}
          onExpand={(path) => setExpanded((before) => new Set(before).add(path))}
        />
        {approval.toolDescription !== null && approval.toolDescription !== '' && (
          <section className="well" aria-label="Text from the server, not checked">
            <div className="lab">Text from the server, not checked</div>
            <p className="t2 said">
              <RawText text={approval.toolDescription} />
            </p>
          </section>
        )}
      </div>
      <CardFoot
        approval={approval}
        isArmed={arming.armedAt !== null}
        round={`${shown} ${arming.round}`}
        foldsToRead={isHeld ? folds : 0}
        isBusy={deciding.isBusy}
        failure={deciding.failure}
        onAnswer={answer}
        onExtend={deciding.extend}
      />
    </article>
  );
}

function useShownAt(shown: string): number {
  const [first, setFirst] = useState(() => ({ shown, at: Date.now() }));
  if (first.shown === shown) return first.at;
  const next = { shown, at: Date.now() };
  setFirst(next);
  return next.at;
}

function useInitialFocus(takesFocus: boolean) {
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    if (takesFocus) card.current?.focus();
  }, [takesFocus]);
  return card;
}

/** Ctrl/Cmd+Enter, Ctrl/Cmd+Backspace and Esc, unless a person is typing a reason. */
function useChords(
  card: RefObject<HTMLElement | null>,
  commands: Record<'approve' | 'deny', () => void> & { later: (() => void) | undefined },
): void {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const command = readCommand(event);
      if (command === null || event.defaultPrevented || isTyping(event)) return;
      if (belongsToAnotherLayer(event.target, card.current)) return;
      if (command === 'later' && latest.current.later === undefined) return;
      event.preventDefault();
      latest.current[command]?.();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [card]);
}

/** A menu or a dialog that lies over the card has the keys for itself. */
function belongsToAnotherLayer(target: EventTarget | null, card: HTMLElement | null): boolean {
  const layer = target instanceof Element ? target.closest('[role=menu], [role=dialog], [role=alertdialog]') : null;
  return layer !== null && !layer.contains(card);
}
