import { type ApprovalView, isHighTier } from '../../../electron/shared/index.ts';
import { formatDay } from '../../lib/format.ts';
import { RawText } from '../../ui/raw-text.tsx';
import { describePriorCalls, describeWaiting } from './describe-approval.ts';

/** The question in one sentence, and who asks. */
export function CardHead({ approval }: { approval: ApprovalView }) {
  const { agentName, tool, serverName, subject, clientName, tokenHint, agentFirstSeenAt } = approval;
  const waiting = describeWaiting(approval);
  return (
    <>
      <h2 className={isHighTier(approval.risk.tier) ? 'say' : 'say calm'}>
        <b>
          <RawText text={agentName} />
        </b>{' '}
        wants to run{' '}
        <b>
          <RawText text={tool} />
        </b>{' '}
        on <b>{serverName}</b>
        {subject === '' ? (
          '.'
        ) : (
          <>
            : <RawText text={subject} />
          </>
        )}
      </h2>
      <div className="who f12 t2">
        <span>
          Token <code>{tokenHint}</code> · first seen {formatDay(agentFirstSeenAt, Date.now())} ·{' '}
          {describePriorCalls(approval)}
        </span>
        {clientName !== null && (
          <span className="hs">
            <span className="t3">calls itself</span>
            <code className="cut">
              <RawText text={clientName} />
            </code>
          </span>
        )}
        {waiting !== '' && <span>{waiting}</span>}
      </div>
    </>
  );
}
