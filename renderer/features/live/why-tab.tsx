import type { CallDetail } from '../../../electron/shared/index.ts';
import { RawText } from '../../ui/raw-text.tsx';
import { DecisionLadder } from '../policy/decision-ladder.tsx';
import { RiskFacts } from '../policy/risk-facts.tsx';

/** The decision step by step, with the way to the rule that made it, the risk facts, and what the agent was told. */
export function WhyTab({ detail }: { detail: CallDetail }) {
  const { decision, risk, told, view } = detail;
  return (
    <div className="db">
      {decision === null ? (
        <p className="t2">{detail.forgotten ? 'How this was decided is no longer kept.' : 'Not decided yet.'}</p>
      ) : (
        <>
          <p>
            <RawText text={decision.reason} />
          </p>
          <DecisionLadder decision={decision} agentId={view.agentId} serverId={view.serverId} />
        </>
      )}
      {risk !== null && <RiskFacts risk={risk} />}
      {told !== null && (
        <section>
          <div className="lab">Told to the agent</div>
          <p className="quote">
            <RawText text={told} />
          </p>
        </section>
      )}
    </div>
  );
}
