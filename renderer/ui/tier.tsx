import { type RiskTier, riskTiers } from '../../electron/shared/index.ts';

/** The UI's word for each risk tier. */
export const tierWords: Readonly<Record<RiskTier, string>> = {
  read: 'Read',
  write: 'Write',
  publish: 'Publish',
  destructive: 'Destructive',
  secret: 'Secret',
};

/** Risk is rank, not a decision: five grey ticks and a word. */
export function Tier({ tier }: { tier: RiskTier }) {
  const rank = riskTiers.indexOf(tier);
  return (
    <span className="tier">
      <span aria-hidden="true">
        {riskTiers.map((name, index) => (
          <i key={name} className={index <= rank ? 'y' : undefined} />
        ))}
      </span>
      {tierWords[tier]}
    </span>
  );
}
