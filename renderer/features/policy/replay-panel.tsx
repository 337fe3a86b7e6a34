import { useState } from 'react';
import type { Effect, PolicyChange, PolicyView, Replay, ReplayedCall } from '../../../electron/shared/index.ts';
import { countOf, formatMoment } from '../../lib/format.ts';
import { useSettled } from '../../lib/use-settled.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { EmptyState, LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { Segment } from '../../ui/segment.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { KeptDays } from './kept-days.tsx';
import { effectLooks } from './policy-words.ts';
import type { FormReading } from './rule-form.ts';
import { sumUp } from './sum-up-replay.ts';
import { usePolicyQuery } from './use-policy.ts';

/** Spans worth a button; never more days than arguments are kept. */
const usualSpans = [1, 7, 30];

/** Milliseconds without a change before the log is read again. */
const settleMs = 400;

interface ReplayPanelProps {
  changes: readonly PolicyChange[];
  reading: FormReading;
  view: PolicyView;
}

/** The calls of the past under this rule: how many it matches, which it would have decided otherwise. */
export function ReplayPanel({ changes, reading, view }: ReplayPanelProps) {
  const [wanted, setWanted] = useState(7);
  const settled = useSettled(changes, settleMs);
  const kept = view.replayDays;
  const days = Math.max(1, Math.min(wanted, kept));
  const replay = usePolicyQuery(
    'policy.replay',
    [settled, days],
    (bridge) => bridge.call('policy.replay', { changes: [...settled], days }),
    settled.length > 0 && kept > 0,
  );
  if (!reading.ok) {
    return <EmptyState title="The rule is not complete yet">What it would have done is shown once it is.</EmptyState>;
  }
  if (kept === 0) {
    return (
      <EmptyState title="There are no past calls to try it on">
        A rule is tried on calls whose arguments are kept, and none are.
        <KeptDays days={0} />
      </EmptyState>
    );
  }
  return (
    <div className="db">
      <div className="hs">
        <span className="t2 grow">Calls of the last</span>
        <Segment
          label="How far back"
          value={String(days)}
          options={spansWithin(kept)}
          onChange={(value) => setWanted(Number(value))}
        />
      </div>
      {replay.isLoading && <Skeleton label="Reading past calls" />}
      {replay.error !== null && (
        <LoadError
          title="The past calls could not be read"
          detail={`${replay.error.message} ${replay.error.fix}`.trim()}
          stillWorks="The rule can be saved without it."
          onRetry={replay.retry}
        />
      )}
      {replay.error === null && replay.data !== undefined && <ReplayResult replay={replay.data} />}
      <KeptDays days={kept} />
    </div>
  );
}

function spansWithin(kept: number): { value: string; label: string }[] {
  const shorter = usualSpans.filter((days) => days < kept);
  return [...shorter, kept].map((days) => ({ value: String(days), label: countOf(days, 'day') }));
}

function ReplayResult({ replay }: { replay: Replay }) {
  const [showsAll, setShowsAll] = useState(false);
  const list = showsAll ? replay.matchedCalls : replay.changed;
  return (
    <>
      <p aria-live="polite">{sumUp(replay)}</p>
      <ReplayGaps replay={replay} />
      {replay.matched > 0 && (
        <section>
          <div className="lab">
            <Segment
              label="Which calls"
              value={showsAll ? 'matched' : 'changed'}
              options={[
                { value: 'changed', label: 'Decided otherwise' },
                { value: 'matched', label: 'All it matches' },
              ]}
              onChange={(which) => setShowsAll(which === 'matched')}
            />
          </div>
          {list.length === 0 ? (
            <p className="t3">{showsAll ? 'None.' : 'None: every call would end as it does now.'}</p>
          ) : (
            <ul className="replay">
              {list.map((call) => (
                <ReplayRow key={call.callId} call={call} />
              ))}
            </ul>
          )}
        </section>
      )}
    </>
  );
}

/** What the replay could not tell, said rather than guessed. */
function ReplayGaps({ replay }: { replay: Replay }) {
  return (
    <>
      {replay.unknown > 0 && (
        <p className="t2">
          {countOf(replay.unknown, 'call')} cannot be decided: a condition looks at arguments, and theirs were not kept.
        </p>
      )}
      {replay.truncated && <p className="t2">There were more calls than are read at once; the newest are counted.</p>}
    </>
  );
}

function ReplayRow({ call }: { call: ReplayedCall }) {
  const subject = makeVisibleLine(call.subject);
  return (
    <li title={makeVisibleLine(call.reason)}>
      <span className="t3">{formatMoment(call.at, Date.now())}</span>
      <span className="cut">
        <span className="mono">{makeVisibleLine(call.tool)}</span> <span className="t2">{subject}</span>
        <span className="t3 f12 replay-who">{makeVisibleLine(call.agentName)}</span>
      </span>
      <span className="replay-change">
        <EffectWord effect={call.before} />
        {call.after !== call.before && (
          <>
            <span className="t3">→</span>
            <EffectWord effect={call.after} />
          </>
        )}
      </span>
    </li>
  );
}

function EffectWord({ effect }: { effect: Effect | null }) {
  if (effect === null) return <StateWord tone="off" icon="info" word="Not known" />;
  return <StateWord {...effectLooks[effect]} />;
}
