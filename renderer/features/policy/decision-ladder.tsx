import { Link } from 'wouter';
import type { Decision, TraceStep } from '../../../electron/shared/index.ts';
import { Icon } from '../../ui/icon.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { placeOf } from './place-of-step.ts';
import { effectLooks } from './policy-words.ts';

interface DecisionLadderProps {
  decision: Decision;
  agentId: string;
  serverId: string;
}

/** The decision step by step; only the step that decided has colour. Each step links to what a person can change. */
export function DecisionLadder({ decision, agentId, serverId }: DecisionLadderProps) {
  const steps = decision.trace.map((step, index) => ({ step, key: `${index} ${step.step}` }));
  return (
    <section>
      <div className="lab">
        Decision <span className="lab-end">policy {decision.policyVersion}</span>
      </div>
      <ol className={`ladder ${decision.effect}`}>
        {steps.map(({ key, step }) => (
          <li key={key} className={step.hit ? 'hit' : undefined}>
            <span>{step.hit ? <Icon name={effectLooks[decision.effect].icon} small /> : <i className="d" />}</span>
            <span>
              <RawText text={step.text} />
              <StepLink step={step} agentId={agentId} serverId={serverId} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function StepLink({ step, agentId, serverId }: { step: TraceStep; agentId: string; serverId: string }) {
  const place = placeOf(step, agentId, serverId);
  return place === null ? null : (
    <>
      {' '}
      <Link href={place.href} className="f12">
        {place.label}
      </Link>
    </>
  );
}
