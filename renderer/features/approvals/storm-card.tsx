import { type ReactNode, useEffect, useRef } from 'react';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { DecisionButton } from './decision-button.tsx';
import { countTools, type QueueEntry } from './group-storms.ts';
import { useArming } from './use-arming.ts';
import './card.css';
import { useStormKeys } from './use-storm-keys.ts';

interface StormCardProps {
  storm: Extract<QueueEntry, { kind: 'storm' }>;
  top?: ReactNode;
  onReview: () => void;
  onLater?: () => void;
  takesFocus?: boolean;
}

/** Tools named before the rest is only counted. */
const shownTools = 8;

/** Everything one agent asks when it asks too much at once. It can be denied as one, never approved as one. */
export function StormCard({ storm, top, onReview, onLater, takesFocus = false }: StormCardProps) {
  const bridge = useBridge();
  const { agentId, agentName, approvals } = storm;
  const arming = useArming(storm.id);
  const { busy, run, failure } = useCommand({ says: 'here' });
  const card = useRef<HTMLElement>(null);
  const shownAt = useRef(Date.now());
  useEffect(() => {
    if (takesFocus) card.current?.focus();
  }, [takesFocus]);
  useStormKeys(onLater);
  const tools = countTools(approvals);
  const isOn = arming.armedAt !== null && !busy;
  const denyAll = (input: 'pointer' | 'keyboard') =>
    void run(() => bridge.call('approvals.denyAll', { agentId, denyNote: null, input, shownAt: shownAt.current }));

  return (
    <article ref={card} className="card" aria-label={`${approvals.length} questions of ${agentName}`} tabIndex={-1}>
      {top}
      <h2 className="say">
        <b>
          <RawText text={agentName} />
        </b>{' '}
        has {approvals.length} waiting.
      </h2>
      <div className="cbody">
        <div className="sec">
          <ul className="storm">
            {tools.slice(0, shownTools).map(({ serverName, tool, count }) => (
              <li key={JSON.stringify([serverName, tool])}>
                <span className="num">{count} ×</span>
                <code className="cut">
                  <RawText text={tool} />
                </code>
                <span className="t3 cut">{serverName}</span>
              </li>
            ))}
            {tools.length > shownTools && <li className="t3">and {tools.length - shownTools} other tools</li>}
          </ul>
        </div>
        <p className="sec t2 f12">
          So many questions at once may be an agent that has gone wrong, or one that hopes you stop reading. Each can
          only be approved by itself.
        </p>
      </div>
      <footer className="cfoot">
        {failure !== null && (
          <p className="card-failure f12" role="alert">
            {failure}
          </p>
        )}
        <div className="hs timeleft">
          <Button
            small
            icon="pause"
            disabled={!isOn}
            onClick={() => void run(() => bridge.call('agents.setPaused', { id: agentId, paused: true }))}
          >
            Pause agent
          </Button>
          <span className="t3 f12">Refuses everything it calls until you resume it.</span>
        </div>
        <div className="decide">
          <DecisionButton
            kind="deny"
            label="Deny all"
            hasChord={false}
            isOn={isOn}
            armingRound={arming.armedAt === null ? `${storm.id} ${arming.round}` : null}
            onPress={denyAll}
          />
          <button type="button" className="big" onClick={onReview}>
            Review
          </button>
        </div>
      </footer>
    </article>
  );
}
