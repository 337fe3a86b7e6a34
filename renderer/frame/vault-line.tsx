import type { VaultStatus } from '../../electron/shared/index.ts';
import { formatCountdown } from '../lib/format.ts';
import { showKeys } from '../lib/hotkeys.ts';
import { useNow } from '../lib/use-now.ts';
import { useEngineStore } from '../state/engine-context.tsx';
import { Icon } from '../ui/icon.tsx';
import { useVaultToggle } from './use-vault-toggle.ts';

const words: Readonly<Record<VaultStatus['state'], string>> = {
  empty: 'No vault yet',
  unlocked: 'Vault open',
  locked: 'Vault locked',
  broken: 'Vault does not open',
};

/** Whether credentials can be used, when that ends by itself, and the button that changes it. Nothing before there is one. */
export function VaultLine() {
  const vault = useEngineStore((state) => state.vault);
  const { canToggle, toggle } = useVaultToggle();
  if (vault === null || vault.state === 'empty') return null;
  const isOpen = vault.state === 'unlocked';
  const does = `${isOpen ? 'Lock' : 'Unlock'} the vault (${showKeys('mod+l')})`;
  return (
    <div className="keep">
      <button
        type="button"
        className="vault-line"
        data-state={vault.state}
        title={does}
        disabled={!canToggle}
        onClick={toggle}
      >
        <Icon name={isOpen ? 'unlock' : 'lock'} />
        <span className="grow lbl">{words[vault.state]}</span>
        <span className="sr">{isOpen ? ' Lock' : ' Unlock'} the vault </span>
        {isOpen && vault.locksAt !== null && <TimeLeft until={vault.locksAt} />}
        {!isOpen && (
          <span className="lnk lbl" aria-hidden="true">
            Unlock
          </span>
        )}
      </button>
    </div>
  );
}

/** Minutes while there are some, the seconds only of the last one. */
function TimeLeft({ until }: { until: number }) {
  const now = useNow(1000);
  const leftMs = Math.max(0, until - now);
  const text = leftMs > 60_000 ? `${Math.ceil(leftMs / 60_000)} min` : formatCountdown(leftMs);
  return (
    <span className="t3 lbl" title="Locks by itself when nothing uses it">
      {text}
    </span>
  );
}
