import type { CallDetail, Decision, Effect, Risk } from '../../../electron/shared/index.ts';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { Tier } from '../../ui/tier.tsx';

const effectIcons: Readonly<Record<Effect, IconName>> = { allow: 'check', ask: 'hand', deny: 'block' };

/** The decision step by step, the risk facts, and what the agent was told. */
export function WhyTab({ detail }: { detail: CallDetail }) {
  const { decision, risk, told } = detail;
  return (
    <div className="db">
      {decision === null ? (
        <p className="t2">{detail.forgotten ? 'How this was decided is no longer kept.' : 'Not decided yet.'}</p>
      ) : (
        <>
          <p>
            <RawText text={decision.reason} />
          </p>
          <Ladder decision={decision} />
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

function Ladder({ decision }: { decision: Decision }) {
  const steps = decision.trace.map((step, index) => ({ ...step, key: `${index} ${step.step}` }));
  return (
    <section>
      <div className="lab">
        Decision <span className="lab-end">policy {decision.policyVersion}</span>
      </div>
      <ol className={`ladder ${decision.effect}`}>
        {steps.map(({ key, hit, text }) => (
          <li key={key} className={hit ? 'hit' : undefined}>
            <span>{hit ? <Icon name={effectIcons[decision.effect]} small /> : <i className="d" />}</span>
            <span>
              <RawText text={text} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function RiskFacts({ risk }: { risk: Risk }) {
  return (
    <section>
      <div className="lab">
        Risk{' '}
        <span className="lab-end">
          <Tier tier={risk.tier} />
        </span>
      </div>
      <ul className="facts f12">
        {risk.reasons.map((reason) => (
          <li key={`${reason.source} ${reason.text}`}>
            <span>
              <RawText text={reason.text} />
            </span>
            <span>{reason.source}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
