import { type FormEvent, useState } from 'react';
import type { VaultStatus } from '../../../electron/shared/index.ts';
import { formatClock, formatCountdown } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { StartOverDialog } from './start-over-dialog.tsx';
import { useVaultAnswer } from './use-vault-answer.ts';

/** Stands where the credentials are while the vault is shut: what that means, and what opens it. */
export function UnlockCard({ vault }: { vault: VaultStatus }) {
  const isBroken = vault.state === 'broken';
  const [isStarting, setStarting] = useState(false);
  return (
    <section className="unlock" aria-label={isBroken ? 'The vault does not open' : 'Unlock the vault'}>
      <h2>
        <Icon name={isBroken ? 'fault' : 'lock'} />
        {isBroken ? 'The vault does not open' : 'The vault is locked'}
      </h2>
      {isBroken && vault.problem !== null ? (
        <p>
          {vault.problem.message} <span className="t2">{vault.problem.fix}</span>
        </p>
      ) : (
        <p className="t2">
          Calls that need a credential are refused until you unlock it. All others work, and everything is recorded.
        </p>
      )}
      {vault.wanted !== null && <Wanted wanted={vault.wanted} />}
      <UnlockForm vault={vault} />
      {isBroken && (
        <Button variant="danger" onClick={() => setStarting(true)}>
          Start over…
        </Button>
      )}
      {isStarting && <StartOverDialog vault={vault} onClose={() => setStarting(false)} />}
    </section>
  );
}

function Wanted({ wanted }: { wanted: NonNullable<VaultStatus['wanted']> }) {
  return (
    <p>
      <StateWord
        tone="ask"
        icon="hand"
        word={`${makeVisibleLine(wanted.agentName)} wanted to use ${makeVisibleLine(wanted.serverName)} at ${formatClock(wanted.at)}`}
      />
    </p>
  );
}

function UnlockForm({ vault }: { vault: VaultStatus }) {
  const bridge = useBridge();
  const { busy, failure, ask } = useVaultAnswer();
  const [passphrase, setPassphrase] = useState('');
  const now = useNow(500, vault.retryAt !== null);
  const waitMs = vault.retryAt === null ? 0 : vault.retryAt - now;
  const isWaiting = waitMs > 0;
  const unlock = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const given = vault.protection === 'passphrase' ? passphrase : null;
    if (given === '') return;
    setPassphrase('');
    await ask(() => bridge.call('vault.unlock', { passphrase: given }));
  };
  return (
    <>
      <form onSubmit={(event) => void unlock(event)}>
        {vault.protection === 'passphrase' && (
          <TextField
            label="Passphrase"
            type="password"
            value={passphrase}
            disabled={busy}
            maxLength={1024}
            onChange={setPassphrase}
          />
        )}
        <Button
          type="submit"
          variant="primary"
          busy={busy}
          disabled={isWaiting || (vault.protection === 'passphrase' && passphrase === '')}
        >
          {vault.protection === 'os' ? `Unlock with ${vault.osStore ?? 'the system'}` : 'Unlock'}
        </Button>
      </form>
      <div role="alert">
        {(failure !== null || isWaiting) && (
          <StateWord
            tone="fault"
            icon="fault"
            word={[failure, isWaiting ? `Try again in ${formatCountdown(waitMs)}.` : null].filter(Boolean).join(' ')}
          />
        )}
      </div>
    </>
  );
}
