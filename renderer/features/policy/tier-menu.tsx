import { Menu as BaseMenu } from '@base-ui/react/menu';
import { type Risk, type RiskTier, riskTiers } from '../../../electron/shared/index.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { Icon } from '../../ui/icon.tsx';
import { Tier, tierWords } from '../../ui/tier.tsx';
import { usePolicyWriter } from './use-policy.ts';

const tierHints: Readonly<Record<RiskTier, string>> = {
  read: 'Looks and changes nothing',
  write: 'Changes things that can be changed back',
  publish: 'Spends money, or others see it at once',
  destructive: 'Removes what cannot be brought back',
  secret: 'Touches secrets, or runs anything',
};

interface TierMenuProps {
  serverId: string;
  tool: string;
  risk: Risk;
}

/** A tool's tier behind a button: why it has it, and one of your own instead. */
export function TierMenu({ serverId, tool, risk }: TierMenuProps) {
  const { busy, change } = usePolicyWriter();
  const name = makeVisibleLine(tool);
  const isOwn = risk.isOverridden === true;
  const set = (value: RiskTier | null): void => {
    const done = value === null ? `${name} has the tier its facts give` : `${name} counts as ${tierWords[value]}`;
    void change([{ kind: 'risk', serverId, tool, value }], done);
  };
  return (
    <BaseMenu.Root>
      <BaseMenu.Trigger
        render={
          <button
            type="button"
            className="tier-btn"
            disabled={busy}
            aria-label={`Risk of ${name}: ${tierWords[risk.tier]}${isOwn ? ' yours' : ''}`}
            title={risk.reasons.map((reason) => `${makeVisibleLine(reason.text)} (${reason.source})`).join('\n')}
          />
        }
      >
        <Tier tier={risk.tier} /> {isOwn && <span className="t3 f12">yours</span>}
      </BaseMenu.Trigger>
      <BaseMenu.Portal>
        <BaseMenu.Positioner className="menu-pos" sideOffset={4} align="start">
          <BaseMenu.Popup className="menu tier-menu">
            <BaseMenu.Group>
              <BaseMenu.GroupLabel className="menu-label">Why {tierWords[risk.tier]}</BaseMenu.GroupLabel>
              <ul className="tier-why">
                {risk.reasons.map((reason) => (
                  <li key={`${reason.source} ${reason.text}`}>
                    <span>{makeVisibleLine(reason.text)}</span> <span className="t3">{reason.source}</span>
                  </li>
                ))}
              </ul>
            </BaseMenu.Group>
            <BaseMenu.Separator className="menu-line" />
            <BaseMenu.RadioGroup
              value={isOwn ? risk.tier : 'found'}
              onValueChange={(next: RiskTier | 'found') => set(next === 'found' ? null : next)}
            >
              <TierItem value="found" label="As its facts say" hint="The highest of all reasons" />
              {riskTiers.map((tier) => (
                <TierItem key={tier} value={tier} label={tierWords[tier]} hint={tierHints[tier]} />
              ))}
            </BaseMenu.RadioGroup>
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

function TierItem({ value, label, hint }: { value: RiskTier | 'found'; label: string; hint: string }) {
  return (
    <BaseMenu.RadioItem className="menu-item" value={value} closeOnClick>
      <span className="menu-icon">
        <BaseMenu.RadioItemIndicator>
          <Icon name="check" small />
        </BaseMenu.RadioItemIndicator>
      </span>
      <span>
        {label}
        <span className="menu-detail">{hint}</span>
      </span>
    </BaseMenu.RadioItem>
  );
}
