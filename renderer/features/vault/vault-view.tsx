import { useState } from 'react';
import type { VaultStatus } from '../../../electron/shared/index.ts';
import { countOf, formatMoment } from '../../lib/format.ts';
import { showKeys } from '../../lib/hotkeys.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { KvList } from '../../ui/kv-list.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { AutoLock } from './auto-lock.tsx';
import { ExportDialog } from './export-dialog.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { PassphraseDialog, type PassphraseTask } from './passphrase-dialog.tsx';
import { SetUpVault } from './set-up-vault.tsx';
import { UnlockCard } from './unlock-card.tsx';

/** The vault itself: what opens it, when it locks, its key, and copies of it. */
export function VaultView({ vault }: { vault: VaultStatus }) {
  if (vault.state === 'empty') {
    return (
      <div className="body">
        <section className="pane vault-view" aria-label="Vault">
          <div className="vault-sec">
            <h2>Set up the vault</h2>
            <p>
              Values of credentials are encrypted with a key of their own, and those keys with the vault’s key. Choose
              what keeps that one.
            </p>
            <SetUpVault vault={vault} does="vault.create" />
          </div>
        </section>
      </div>
    );
  }
  const isShut = vault.state !== 'unlocked';
  return (
    <div className="body">
      <section className="pane" aria-label="Vault">
        {isShut && <UnlockCard vault={vault} />}
        <div className="pane vault-view">
          <State vault={vault} />
          <Protection vault={vault} />
          <AutoLock vault={vault} />
          <KeySection vault={vault} />
          <Copies vault={vault} />
        </div>
      </section>
    </div>
  );
}

function State({ vault }: { vault: VaultStatus }) {
  const bridge = useBridge();
  const { busy, run } = useCommand();
  const now = useEngineStore((state) => state.lastHeardAt) ?? Date.now();
  const isOpen = vault.state === 'unlocked';
  const words = { unlocked: 'Open', locked: 'Locked', broken: 'Does not open', empty: 'Empty' } as const;
  return (
    <div className="vault-sec">
      <h2>Vault</h2>
      <KvList
        items={[
          ['State', words[vault.state]],
          ['Holds', countOf(vault.secrets, 'value')],
          ['Made', vault.createdAt === null ? null : formatMoment(vault.createdAt, now)],
          ['Opened by', vault.protection === 'passphrase' ? 'your passphrase' : (vault.osStore ?? 'the system')],
        ]}
      />
      {isOpen && (
        <>
          <p>
            Locking ends connections and programs that hold a value of it. Calls that need one are refused until then.
          </p>
          <Button icon="lock" busy={busy} onClick={() => void run(() => bridge.call('vault.lock', {}))}>
            Lock now
            <kbd className="t3">{showKeys('mod+l')}</kbd>
          </Button>
        </>
      )}
    </div>
  );
}

function Protection({ vault }: { vault: VaultStatus }) {
  const [task, setTask] = useState<PassphraseTask | null>(null);
  const isByPassphrase = vault.protection === 'passphrase';
  const isOpen = vault.state === 'unlocked';
  return (
    <div className="vault-sec">
      <h2>What opens it</h2>
      <p>
        {isByPassphrase
          ? 'Your passphrase alone opens it; you type it after each start. Nobody can reset it.'
          : `${vault.osStore ?? 'The system'} opens it when you log in. Weaker than a passphrase: any program that runs as you can ask for the key.`}
      </p>
      <div className="hs">
        <Button disabled={!isOpen} onClick={() => setTask('set')}>
          {isByPassphrase ? 'Change passphrase…' : 'Use a passphrase…'}
        </Button>
        {isByPassphrase && vault.osStore !== null && (
          <Button disabled={!isOpen} onClick={() => setTask('remove')}>
            Use {vault.osStore} instead…
          </Button>
        )}
      </div>
      {task !== null && <PassphraseDialog vault={vault} task={task} onClose={() => setTask(null)} />}
    </div>
  );
}

function KeySection({ vault }: { vault: VaultStatus }) {
  const bridge = useBridge();
  const toast = useToast();
  const { busy, run } = useCommand();
  const now = useEngineStore((state) => state.lastHeardAt) ?? Date.now();
  const rotate = async (): Promise<void> => {
    if (await run(() => bridge.call('vault.rotateKey', {}))) toast({ text: 'The vault has a new key' });
  };
  return (
    <div className="vault-sec">
      <h2>Key</h2>
      <p>
        {vault.keyRotatedAt === null ? 'Its first key.' : `Replaced ${formatMoment(vault.keyRotatedAt, now)}.`} A new
        one seals every value again; calls go on meanwhile.
      </p>
      <Button busy={busy} disabled={vault.state !== 'unlocked'} onClick={() => void rotate()}>
        Replace the key
      </Button>
    </div>
  );
}

function Copies({ vault }: { vault: VaultStatus }) {
  const [open, setOpen] = useState<'export' | 'import' | null>(null);
  const isOpen = vault.state === 'unlocked';
  return (
    <div className="vault-sec">
      <h2>Copies</h2>
      <p>A file with every credential, encrypted under a passphrase of its own, to move to another machine.</p>
      <div className="hs">
        <Button disabled={!isOpen} onClick={() => setOpen('export')}>
          Export…
        </Button>
        <Button disabled={!isOpen} onClick={() => setOpen('import')}>
          Import…
        </Button>
      </div>
      {open === 'export' && <ExportDialog vault={vault} onClose={() => setOpen(null)} />}
      {open === 'import' && <ImportDialog onClose={() => setOpen(null)} />}
    </div>
  );
}
