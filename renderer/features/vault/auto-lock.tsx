import type { VaultStatus } from '../../../electron/shared/index.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { SelectMenu } from '../../ui/menu.tsx';
import { Switch } from '../../ui/switch.tsx';
import { useCommand } from '../../ui/use-command.ts';

const minutes = [1, 5, 15, 30, 60, 240, 480] as const;
const never = 'never';

function wordOf(count: number): string {
  if (count < 60) return count === 1 ? 'after 1 minute' : `after ${count} minutes`;
  return count === 60 ? 'after 1 hour' : `after ${count / 60} hours`;
}

/** When the vault locks by itself. */
export function AutoLock({ vault }: { vault: VaultStatus }) {
  const bridge = useBridge();
  const { busy, run } = useCommand();
  const current = vault.autoLockMinutes;
  const offered = current === null || minutes.some((count) => count === current) ? minutes : [...minutes, current];
  const set = (changes: { autoLockMinutes?: number | null; lockWithScreen?: boolean }) =>
    void run(() => bridge.call('vault.setSettings', changes));
  return (
    <div className="vault-sec">
      <h2>Locks by itself</h2>
      <div className="vault-locks">
        <SelectMenu
          label="Without use"
          value={current === null ? never : String(current)}
          disabled={busy}
          options={[
            { value: never, label: 'never' },
            ...offered.map((count) => ({ value: String(count), label: wordOf(count) })),
          ]}
          onChange={(value) => set({ autoLockMinutes: value === never ? null : Number(value) })}
        />
        <span className="t2">without use. Every call that carries a credential is a use.</span>
      </div>
      {vault.knowsScreen ? (
        <div className="vault-locks">
          <Switch
            label="Lock with the screen"
            checked={vault.lockWithScreen}
            disabled={busy}
            onChange={(lockWithScreen) => set({ lockWithScreen })}
          />
          <span className="t2">With the screen</span>
        </div>
      ) : (
        <p className="t3 f12">This host does not learn when the screen is locked.</p>
      )}
    </div>
  );
}
