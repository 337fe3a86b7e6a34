import type { Risk } from '../../../electron/shared/index.ts';
import { RawText } from '../../ui/raw-text.tsx';
import { Tier } from '../../ui/tier.tsx';

/** The tier of a call and every reason for it, with where the reason comes from. */
export function RiskFacts({ risk }: { risk: Risk }) {
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
