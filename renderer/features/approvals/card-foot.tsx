import type { ApprovalView, DenyReason } from '../../../electron/shared/index.ts';
import { formatCountdown, formatMoment } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { StateWord } from '../../ui/state-word.tsx';
import { DecisionButton } from './decision-button.tsx';
import { DenyReasons } from './deny-reasons.tsx';
import { statusWords } from './describe-approval.ts';
import type { CardMode } from './use-card.ts';
import type { Input } from './use-decide.ts';

interface CardFootProps {
  approval: ApprovalView;
  mode: CardMode;
  approveLabel: string;
  /** An answer can still be given. */
  isOpen: boolean;
  isArmed: boolean;
  /** Changes whenever the arming starts over. */
  round: string;
  /** What is left to do before Approve works; null: nothing. */
  hold: string | null;
  isBusy: boolean;
  failure: { message: string; fix: string } | null;
  onAnswer: (verdict: 'approve' | 'deny', input: Input, reason?: DenyReason, note?: string) => void;
  onExtend: () => void;
}

/** The time left and two answers of the same weight. */
export function CardFoot(props: CardFootProps) {
  const { approval, mode, approveLabel, isOpen, isArmed, round, hold, isBusy, failure, onAnswer, onExtend } = props;
  const isOn = isArmed && !isBusy && isOpen;
  const armingRound = isArmed ? null : round;
  return (
    <footer className="cfoot">
      {failure !== null && (
        <p className="card-failure f12" role="alert">
          {failure.message} {failure.fix}
        </p>
      )}
      <div className="hs f12 timeleft">
        {approval.status === 'pending' ? (
          <TimeLeft approval={approval} onExtend={onExtend} />
        ) : (
          <Ended approval={approval} mode={mode} />
        )}
        <span className="grow" />
        {hold !== null && <StateWord tone="ask" icon="hand" word={hold} />}
      </div>
      <div className="decide">
        {mode === 'review' ? (
          <DecisionButton
            kind="deny"
            label="Dismiss"
            isOn={isOn}
            armingRound={armingRound}
            onPress={(input) => onAnswer('deny', input)}
          />
        ) : (
          <div className="split">
            <DecisionButton
              kind="deny"
              label="Deny"
              isOn={isOn}
              armingRound={armingRound}
              onPress={(input) => onAnswer('deny', input)}
            />
            <DenyReasons isOn={isOn} onDeny={(input, reason, note) => onAnswer('deny', input, reason, note)} />
          </div>
        )}
        <DecisionButton
          kind="approve"
          label={approveLabel}
          isOn={isOn && hold === null}
          armingRound={armingRound}
          onPress={(input) => onAnswer('approve', input)}
        />
      </div>
    </footer>
  );
}

function TimeLeft({ approval, onExtend }: { approval: ApprovalView; onExtend: () => void }) {
  const { expiresAt, stoppedAt } = approval;
  const now = useNow(500, stoppedAt === null);
  if (stoppedAt !== null) {
    return (
      <span className="t2">Time stands still while you are away, {formatCountdown(expiresAt - stoppedAt)} left</span>
    );
  }
  return (
    <>
      <span className="t2" role="timer" aria-live="off">
        Denied in {formatCountdown(expiresAt - now)} if unanswered
      </span>
      <button type="button" className="lnk" onClick={onExtend}>
        Add 5 min
      </button>
    </>
  );
}

function Ended({ approval, mode }: { approval: ApprovalView; mode: CardMode }) {
  return (
    <>
      <StateWord {...statusWords[approval.status]} />
      {mode === 'review' && (
        <span className="t2">
          {formatMoment(approval.decidedAt ?? approval.createdAt, Date.now())}. Nobody answered; the agent was told so.
        </span>
      )}
    </>
  );
}
