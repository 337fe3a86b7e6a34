import { memo } from 'react';
import type { CallView } from '../../../electron/shared/index.ts';
import { describeCallState } from '../../lib/describe-call.ts';
import { formatClock, formatCountdown, formatDuration } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { StateWord } from '../../ui/state-word.tsx';

interface LiveRowProps {
  call: CallView;
  rowId: string;
  /** 1 is the row of headings. */
  rowIndex: number;
  top: number;
  isSelected: boolean;
  /** The engine cannot be reached: nothing can be answered now. */
  isHeld: boolean;
  onReview: (approvalId: string) => void;
}

/** One call. It keeps its place when its state changes; only the words in it do. */
export const LiveRow = memo(function LiveRow(props: LiveRowProps) {
  const { call, rowId, rowIndex, top, isSelected, isHeld, onReview } = props;
  const isWaiting = call.status === 'awaiting_approval';
  return (
    <tr
      id={rowId}
      className={isWaiting ? 'r wait' : 'r'}
      data-call={call.id}
      aria-rowindex={rowIndex}
      aria-selected={isSelected}
      style={{ transform: `translateY(${top}px)` }}
    >
      <td className="tm">{formatClock(call.at)}</td>
      <td>
        <StateWord {...describeCallState(call)} />
      </td>
      <TextCell className="cut" text={call.agentName} />
      <TextCell className="sv cut" text={call.serverId} />
      <TextCell className="mono cut" text={call.tool} />
      <td className="hs t2">
        <span className="cut grow" title={makeVisibleLine(call.subject)}>
          {makeVisibleLine(call.subject)}
        </span>
        {isWaiting && call.expiresAt !== null && <TimeLeft expiresAt={call.expiresAt} />}
      </td>
      <td className={isWaiting ? 'num vis' : 'num'}>
        <Took call={call} isHeld={isHeld} onReview={onReview} />
      </td>
    </tr>
  );
});

/** One line of text from outside, whole in the tooltip. */
function TextCell({ className, text }: { className: string; text: string }) {
  const line = makeVisibleLine(text);
  return (
    <td className={className} title={line}>
      {line}
    </td>
  );
}

function Took({ call, isHeld, onReview }: { call: CallView; isHeld: boolean; onReview: (approvalId: string) => void }) {
  const { approvalId } = call;
  if (call.status === 'awaiting_approval') {
    if (isHeld || approvalId === null) return <span className="t3">held</span>;
    return (
      <button type="button" className="btn sm" onClick={() => onReview(approvalId)}>
        Review
      </button>
    );
  }
  if (call.status !== 'settled') return <Elapsed since={call.at} isHeld={isHeld} />;
  return <span className="t3">{call.durationMs === null ? '' : formatDuration(call.durationMs)}</span>;
}

function Elapsed({ since, isHeld }: { since: number; isHeld: boolean }) {
  const now = useNow(200, !isHeld);
  return <span className="elapsed">{formatDuration(Math.max(0, now - since))}</span>;
}

function TimeLeft({ expiresAt }: { expiresAt: number }) {
  const now = useNow(500);
  return <span className="f12 asks">{formatCountdown(expiresAt - now)}</span>;
}
