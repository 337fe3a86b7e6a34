import { useState } from 'react';
import type { Effect, PolicyChange, PolicyView, Replay, ReplayedCall } from '../../../electron/shared/index.ts';
import { countOf, formatMoment } from '../../lib/format.ts';
import { useSettled } from '../../lib/use-settled.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState, LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { Segment } from '../../ui/segment.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { effectLooks } from './policy-words.ts';
import type { FormReading } from './rule-form.ts';
import { sumUp } from './sum-up-replay.ts';
import { usePolicyQuery } from './use-policy.ts';

const spans = [
  { value: '1', label: '1 day' },
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
] as const;
type Span = (typeof spans)[number]['value'];

/** Milliseconds without a change before the log is read again. */
const settleMs = 400;

interface ReplayPanelProps {
  changes: readonly PolicyChange[];
  reading: FormReading;
  view: PolicyView;
}

/** The calls of the past under this rule: how many it matches, which it would have decided otherwise. */
export function ReplayPanel({ changes, reading, view }: ReplayPanelProps) {
  const [span, setSpan] = useState<Span>('7');
  const settled = useSettled(changes, settleMs);
  const days = Number(span);
  const replay = usePolicyQuery(
    'policy.replay',
    [settled, days],
    (bridge) => bridge.call('policy.replay', { changes: [...settled], days }),
    settled.length > 0,
  );
  if (!reading.ok) {
    return <EmptyState title="The rule is not complete yet">What it would have done is shown once it is.</EmptyState>;
  }
  return (
    <div className="db">
      <div className="hs">
        <span className="t2 grow">Calls of the last</span>
        <Segment label="How far back" value={span} options={spans} onChange={setSpan} />
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
      {replay.error === null && replay.data !== undefined && <ReplayResult replay={replay.data} view={view} />}
    </div>
  );
}

function ReplayResult({ replay, view }: { replay: Replay; view: PolicyView }) {
  const [showsAll, setShowsAll] = useState(false);
  const list = showsAll ? replay.matchedCalls : replay.changed;
  return (
    <>
      <p aria-live="polite">{sumUp(replay)}</p>
      <ReplayGaps replay={replay} view={view} />
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
function ReplayGaps({ replay, view }: { replay: Replay; view: PolicyView }) {
  const bridge = useBridge();
  const { busy, run } = useCommand();
  return (
    <>
      {replay.unknown > 0 && (
        <p className="t2">
          {countOf(replay.unknown, 'call')} cannot be decided: a condition looks at arguments, and theirs were not kept.
        </p>
      )}
      {replay.unknown > 0 && view.replayDays === 0 && (
        <p>
          <Button
            small
            busy={busy}
            onClick={() => void run(() => bridge.call('policy.setReplayDays', { days: 7 }))}
            title="Sealed with the engine’s key, on this machine only"
          >
            Keep arguments for 7 days from now on
          </Button>
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
