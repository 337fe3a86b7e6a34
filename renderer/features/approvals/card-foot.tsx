import type { ApprovalView, DenyReason } from '../../../electron/shared/index.ts';
import { formatCountdown } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { StateWord } from '../../ui/state-word.tsx';
import type { Input } from './approval-card.tsx';
import { DecisionButton } from './decision-button.tsx';
import { DenyReasons } from './deny-reasons.tsx';
import { statusWords } from './describe-approval.ts';

interface CardFootProps {
  approval: ApprovalView;
  isArmed: boolean;
  /** Changes whenever the arming starts over. */
  round: string;
  /** Folded texts to expand before Approve works; 0: none. */
  foldsToRead: number;
  isBusy: boolean;
  failure: { message: string; fix: string } | null;
  onAnswer: (verdict: 'approve' | 'deny', input: Input, reason?: DenyReason, note?: string) => void;
  onExtend: () => void;
}

/** The time left and two answers of the same weight. */
export function CardFoot(props: CardFootProps) {
  const { approval, isArmed, round, foldsToRead, isBusy, failure, onAnswer, onExtend } = props;
  const isPending = approval.status === 'pending';
  const isOn = isArmed && !isBusy && isPending;
  return (
    <footer className="cfoot">
      {failure !== null && (
        <p className="card-failure f12" role="alert">
          {failure.message} {failure.fix}
        </p>
      )}
      <div className="hs f12 timeleft">
        {isPending ? (
          <TimeLeft approval={approval} onExtend={onExtend} />
        ) : (
          <StateWord {...statusWords[approval.status]} />
        )}
        <span className="grow" />
        {foldsToRead > 0 && (
          <StateWord
            tone="ask"
            icon="hand"
            word={foldsToRead === 1 ? '1 folded text to read first' : `${foldsToRead} folded texts to read first`}
          />
        )}
      </div>
      <div className="decide">
        <div className="split">
          <DecisionButton
            kind="deny"
            label="Deny"
            isOn={isOn}
            armingRound={isArmed ? null : round}
            onPress={(input) => onAnswer('deny', input)}
          />
          <DenyReasons isOn={isOn} onDeny={(input, reason, note) => onAnswer('deny', input, reason, note)} />
        </div>
        <DecisionButton
          kind="approve"
          label="Approve once"
          isOn={isOn && foldsToRead === 0}
          armingRound={isArmed ? null : round}
          onPress={(input) => onAnswer('approve', input)}
        />
      </div>
    </footer>
  );
}

function TimeLeft({ approval, onExtend }: { approval: ApprovalView; onExtend: () => void }) {
  const now = useNow(500);
  return (
    <>
      <span className="t2" role="timer" aria-live="off">
        Denied in {formatCountdown(approval.expiresAt - now)} if unanswered
      </span>
      <button type="button" className="lnk" onClick={onExtend}>
        Add 5 min
      </button>
    </>
  );
}
