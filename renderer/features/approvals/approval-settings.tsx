import type { ReactNode } from 'react';
import type { ApprovalSettings } from '../../../electron/shared/index.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { SelectMenu } from '../../ui/menu.tsx';
import { OptionList } from '../../ui/option-list.tsx';
import { Switch } from '../../ui/switch.tsx';
import { useCommand } from '../../ui/use-command.ts';
import './approvals.css';

const timeouts = [
  [30_000, '30 seconds'],
  [60_000, '1 minute'],
  [120_000, '2 minutes'],
  [300_000, '5 minutes'],
  [600_000, '10 minutes'],
  [1_200_000, '20 minutes'],
  [1_800_000, '30 minutes'],
] as const;

const cooldowns = [
  [0, 'Never'],
  [30_000, '30 seconds'],
  [120_000, '2 minutes'],
  [600_000, '10 minutes'],
  [3_600_000, '1 hour'],
] as const;

/** How long a question waits, what happens after a denial, and while the person is away. Applied at once. */
export function ApprovalSettingsView() {
  const bridge = useBridge();
  const state = useEngineStore(({ approvalState }) => approvalState);
  const { busy, run } = useCommand();
  if (state === null) return null;
  const { settings, away, screenWatched, stepUp } = state;
  const change = (changes: Partial<ApprovalSettings>) => void run(() => bridge.call('approvals.setSettings', changes));
  return (
    <div className="body">
      <section className="pane approval-settings" aria-label="Settings of approvals">
        <SettingRow
          title="A question waits"
          text="Then it is denied and listed under To review. It can be extended on the card."
        >
          <SelectMenu
            label="A question waits"
            value={String(settings.timeoutMs)}
            options={toOptions(timeouts, settings.timeoutMs)}
            disabled={busy}
            onChange={(next) => change({ timeoutMs: Number(next) })}
          />
        </SettingRow>
        <SettingRow
          title="After a denial, refuse the same call for"
          text="An agent that asks again with the same arguments is refused without a new question."
        >
          <SelectMenu
            label="After a denial, refuse the same call for"
            value={String(settings.cooldownMs)}
            options={toOptions(cooldowns, settings.cooldownMs)}
            disabled={busy}
            onChange={(next) => change({ cooldownMs: Number(next) })}
          />
        </SettingRow>
        <SettingRow title="I am away" text="Nobody is there to answer.">
          <Switch
            label="I am away"
            checked={away !== null}
            disabled={busy}
            onChange={(next) => void run(() => bridge.call('approvals.setAway', { away: next }))}
          />
        </SettingRow>
        {screenWatched && (
          <SettingRow title="Away when the screen is locked" text="It ends when you unlock the screen.">
            <Switch
              label="Away when the screen is locked"
              checked={settings.awayOnLock}
              disabled={busy}
              onChange={(awayOnLock) => change({ awayOnLock })}
            />
          </SettingRow>
        )}
        <div className="setting-list">
          <OptionList
            label="While you are away"
            value={settings.whenAway}
            options={[
              { value: 'hold', label: 'Hold', detail: 'Questions wait for you; their time stands still.' },
              { value: 'deny', label: 'Deny', detail: 'They are denied at once and kept to review.' },
            ]}
            onChange={(whenAway) => change({ whenAway })}
          />
        </div>
        <SettingRow
          title="Always, on dangerous tools"
          text={stepUp.available ? `Asks for ${stepUp.method} before it is remembered.` : stepUp.reason}
        >
          <span className="t3">{stepUp.available ? stepUp.method : 'Not offered'}</span>
        </SettingRow>
      </section>
    </div>
  );
}

function SettingRow({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <div className="setting">
      <div>
        <div>{title}</div>
        <div className="t3 f12">{text}</div>
      </div>
      {children}
    </div>
  );
}

/** The fixed choices, and the present value where it is none of them. */
function toOptions(choices: readonly (readonly [number, string])[], present: number) {
  const known = choices.some(([value]) => value === present);
  const all = known ? choices : [...choices, [present, `${Math.round(present / 1000)} seconds`] as const];
  return all.map(([value, label]) => ({ value: String(value), label }));
}
