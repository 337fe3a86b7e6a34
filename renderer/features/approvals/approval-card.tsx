import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import type { ApprovalView, DenyReason } from '../../../electron/shared/index.ts';
import { isTyping } from '../../lib/hotkeys.ts';
import { RawText } from '../../ui/raw-text.tsx';
import { readCommand } from './arming.ts';
import { CardArguments } from './card-arguments.tsx';
import { CardFoot } from './card-foot.tsx';
import { CardHead } from './card-head.tsx';
import { CardReasons } from './card-reasons.tsx';
import { EditArguments } from './edit-arguments.tsx';
import { FileEdits } from './file-edits.tsx';
import { labelApprove } from './remember-draft.ts';
import { RememberRow } from './remember-row.tsx';
import { useArming } from './use-arming.ts';
import './card.css';
import { type CardMode, type EditState, useCard } from './use-card.ts';
import { type Input, useDecide } from './use-decide.ts';

interface ApprovalCardProps {
  approval: ApprovalView;
  mode?: CardMode;
  /** The bar above the sentence: place in the queue, Later. */
  top?: ReactNode;
  /** Esc. Absent where the card is part of a page. */
  onLater?: () => void;
  /** The person has begun to do something on the card, or in a menu or dialog of it. */
  onTouch?: () => void;
  /** In a window or dialog of its own the card takes the focus itself, on no button. */
  takesFocus?: boolean;
}

/** One question to the person, with everything that will be sent. Give it a `key` of id and digest. */
export function ApprovalCard({
  approval,
  mode = 'waiting',
  top,
  onLater,
  onTouch,
  takesFocus = false,
}: ApprovalCardProps) {
  const state = useCard(approval, mode);
  const { edit, setEdit, isHigh, shown } = state;
  const shownAt = useShownAt(shown);
  const arming = useArming(shown);
  const deciding = useDecide(approval);
  const card = useInitialFocus(takesFocus);
  const isOpen = mode === 'review' ? approval.toReview : approval.status === 'pending';

  const answer = (verdict: 'approve' | 'deny', input: Input, denyReason?: DenyReason, denyNote?: string) => {
    if (arming.armedAt === null || deciding.isBusy || !isOpen) return;
    if (verdict === 'approve' && state.hold !== null) return;
    const timing = { shownAt, armedAt: arming.armedAt };
    if (mode === 'review') {
      deciding.settleReview(verdict === 'approve' ? 'allow' : 'dismiss', input, timing);
      return;
    }
    const edited = edit.phase === 'edited' ? edit.value : null;
    deciding.decide({ verdict, input, denyReason, denyNote, remember: state.remember, edited }, timing);
  };
  const endEdit = (next: EditState) => {
    setEdit(next);
    // The field that had the focus is gone; the card takes it, no button.
    card.current?.focus();
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
      onPointerDownCapture={onTouch}
      onKeyDownCapture={onTouch}
      onWheelCapture={onTouch}
    >
      {top}
      <CardHead approval={approval} />
      <div className="cbody">
        <CardReasons approval={approval} risk={edit.phase === 'edited' ? edit.check.risk : null} />
        {edit.phase === 'editing' ? (
          <EditArguments approval={approval} original={state.original} from={edit.from} onEnd={endEdit} />
        ) : (
          <>
            <CardArguments card={state} canEdit={mode === 'waiting' && isOpen} />
            <FileEdits value={state.value} />
          </>
        )}
        {approval.toolDescription !== null && approval.toolDescription !== '' && (
          <section className="well" aria-label="Text from the server, not checked">
            <div className="lab">Text from the server, not checked</div>
            <p className="t2 said">
              <RawText text={approval.toolDescription} />
            </p>
          </section>
        )}
        {mode === 'waiting' && edit.phase !== 'editing' && <RememberRow approval={approval} card={state} />}
      </div>
      <CardFoot
        approval={approval}
        mode={mode}
        approveLabel={labelAnswer(approval, mode) ?? labelApprove(state.draft, edit.phase === 'edited')}
        isOpen={isOpen}
        isArmed={arming.armedAt !== null}
        round={`${shown} ${arming.round}`}
        hold={state.hold}
        isBusy={deciding.isBusy}
        failure={deciding.failure}
        onAnswer={answer}
        onExtend={deciding.extend}
      />
    </article>
  );
}

/** Where no agent waits, approving lets one identical call through later. */
function labelAnswer({ waiting }: ApprovalView, mode: CardMode): string | null {
  return mode === 'review' || waiting === 0 ? 'Allow next time' : null;
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
      if (command === null || isTyping(event)) return;
      // A focused control may have claimed Enter for itself; a chord is not meant for it.
      if (command === 'later' && event.defaultPrevented) return;
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
