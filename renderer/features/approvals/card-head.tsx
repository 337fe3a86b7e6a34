import { type ApprovalView, type CallingProcess, isHighTier } from '../../../electron/shared/index.ts';
import { formatDay } from '../../lib/format.ts';
import { RawText } from '../../ui/raw-text.tsx';
import { describePriorCalls, describeQuestion, describeWaiting, describeWish } from './describe-approval.ts';

/** The question in one sentence, and who asks. */
export function CardHead({ approval }: { approval: ApprovalView }) {
  const { subject, clientName, tokenHint, agentFirstSeenAt } = approval;
  const waiting = describeWaiting(approval);
  return (
    <>
      <h2 className={isHighTier(approval.risk.tier) ? 'say' : 'say calm'}>
        <Wish approval={approval} />
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
        {approval.process !== null && <Program process={approval.process} />}
        {waiting !== '' && <span>{waiting}</span>}
      </div>
    </>
  );
}

/** Which program made the connection, as the operating system tells it. */
function Program({ process: { path, pid, parent, throughConnect } }: { process: CallingProcess }) {
  return (
    <span className="program">
      <span className="t3">program</span>{' '}
      <code>
        <RawText text={path} />
      </code>{' '}
      ({pid}){throughConnect && ' through scopegate connect'}
      {parent !== null && (
        <>
          , started by{' '}
          <code>
            <RawText text={parent.path} />
          </code>
        </>
      )}
    </span>
  );
}

function Wish({ approval }: { approval: ApprovalView }) {
  const question = describeQuestion(approval);
  const agent = (
    <b>
      <RawText text={approval.agentName} />
    </b>
  );
  const times = approval.waiting > 1 && <span className="tag">×{approval.waiting}</span>;
  if (question !== null)
    return (
      <>
        <b>{approval.serverName}</b> {question} {agent} {times}
      </>
    );
  return (
    <>
      {agent} {describeWish(approval)}{' '}
      <b>
        <RawText text={approval.tool} />
      </b>{' '}
      {times} on <b>{approval.serverName}</b>
    </>
  );
}
