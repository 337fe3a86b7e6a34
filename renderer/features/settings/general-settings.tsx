import { useState } from 'react';
import { readTheme, setTheme, type Theme } from '../../lib/theme.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Segment } from '../../ui/segment.tsx';
import { Switch } from '../../ui/switch.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { SettingGroup, SettingRow } from './setting-row.tsx';
import { useProgram } from './use-program.ts';

const themes = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;

/** How ScopeGate looks here. */
export function GeneralSettings() {
  const toast = useToast();
  const [theme, setShown] = useState(readTheme);
  const choose = (next: Theme) => {
    setShown(next);
    if (!setTheme(next)) toast({ text: 'This browser keeps nothing, so the look holds until the page is closed.' });
  };
  return (
    <>
      <SettingGroup title="Look">
        <SettingRow title="Theme" text="For this window and the ones like it on this machine.">
          <Segment label="Theme" value={theme} options={themes} onChange={choose} />
        </SettingRow>
      </SettingGroup>
      <StartAtLogin />
    </>
  );
}

/** Only where the system can arrange it. */
function StartAtLogin() {
  const bridge = useBridge();
  const { data, refetch } = useProgram();
  const { busy, run } = useCommand();
  if (data?.startAtLogin == null) return null;
  const set = (on: boolean) =>
    run(async () => {
      await bridge.call('settings.setStartAtLogin', { on });
      await refetch();
    });
  return (
    <SettingGroup title="Start">
      <SettingRow title="Start at login" text="Agents can then call as soon as you are logged in.">
        <Switch label="Start at login" checked={data.startAtLogin} disabled={busy} onChange={(on) => void set(on)} />
      </SettingRow>
    </SettingGroup>
  );
}
