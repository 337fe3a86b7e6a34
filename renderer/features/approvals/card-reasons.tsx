import { type ApprovalView, isHighTier, type Risk } from '../../../electron/shared/index.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { tierWords } from '../../ui/tier.tsx';
import { describeAsker } from './describe-approval.ts';

/** Why it is rated as it is, and what asked; each with its source at the right edge. `risk`: of the edited call. */
export function CardReasons({ approval, risk }: { approval: ApprovalView; risk: Risk | null }) {
  const { tier, reasons } = risk ?? approval.risk;
  const asker = describeAsker(approval);
  const tierClass = isHighTier(tier) ? 'tier-high' : 'tier-low';
  const facts = reasons.length > 0 ? reasons : [{ text: 'Nothing says otherwise', source: '' }];
  return (
    <div className="sec">
      <ul className="why">
        {facts.map((fact, index) => (
          <li key={`${fact.source} ${fact.text}`}>
            <span className={index === 0 ? tierClass : undefined}>{index === 0 ? tierWords[tier] : ''}</span>
            <span>
              <RawText text={fact.text} />
            </span>
            <span>{fact.source}</span>
          </li>
        ))}
        <UsedCredentials names={approval.credentialNames} />
        <li>
          <span>Asked by</span>
          <span>{asker.text}</span>
          <span>{asker.source}</span>
        </li>
      </ul>
    </div>
  );
}

/** The credentials that go with the call, by the names the person gave them. */
function UsedCredentials({ names }: { names: readonly string[] }) {
  const isLocked = useEngineStore((state) =>
    state.credentials.some((credential) => credential.state === 'locked' && names.includes(credential.name)),
  );
  if (names.length === 0) return null;
  return (
    <li>
      <span>Uses</span>
      <span>{names.map((name) => `“${name}”`).join(', ')}</span>
      <span>{isLocked ? 'vault is locked' : 'credential'}</span>
    </li>
  );
}
