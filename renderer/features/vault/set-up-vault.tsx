import { type FormEvent, useRef, useState } from 'react';
import type { VaultStatus } from '../../../electron/shared/index.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { focusFirstError } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { OptionList } from '../../ui/option-list.tsx';
import { useToast } from '../../ui/toast.tsx';
import { checkPassphrase, noPassphrase, PassphraseFields } from './passphrase-fields.tsx';
import { useVaultAnswer } from './use-vault-answer.ts';

type Protection = 'os' | 'passphrase';

interface SetUpVaultProps {
  vault: VaultStatus;
  /** `startOver`: there is one, which nobody can open. */
  does: 'vault.create' | 'vault.startOver';
  onDone?: () => void;
}

/** The choice of what opens the vault, with what each is worth. */
export function SetUpVault({ vault, does, onDone }: SetUpVaultProps) {
  const bridge = useBridge();
  const toast = useToast();
  const form = useRef<HTMLFormElement>(null);
  const { busy, failure, ask } = useVaultAnswer();
  const [protection, setProtection] = useState<Protection>(vault.osStore === null ? 'passphrase' : 'os');
  const [fresh, setFresh] = useState(noPassphrase);
  const [isChecked, setIsChecked] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsChecked(true);
    if (protection === 'passphrase' && checkPassphrase(fresh) !== null) {
      focusFirstError(form.current);
      return;
    }
    const passphrase = protection === 'passphrase' ? fresh.passphrase : null;
    if (!(await ask(() => bridge.call(does, { passphrase })))) return;
    setFresh(noPassphrase);
    toast({ text: 'The vault is set up and open' });
    onDone?.();
  };
  return (
    <form ref={form} className="vault-form" onSubmit={(event) => void submit(event)} noValidate>
      {vault.osStore !== null && (
        <OptionList
          label="What opens it"
          value={protection}
          options={[
            {
              value: 'os',
              label: vault.osStore,
              note: 'convenient',
              detail:
                'Opens when you log in, so servers work at once. Weaker: any program that runs as you can ask for the key.',
            },
            {
              value: 'passphrase',
              label: 'A passphrase',
              note: 'stronger',
              detail:
                'Nothing on the disk opens it without you. You type it after each start; until then calls that need a credential are refused.',
            },
          ]}
          onChange={setProtection}
        />
      )}
      {vault.weak !== null && does === 'vault.startOver' && (
        <p className="vault-weak">{vault.weak} A passphrase protects it instead.</p>
      )}
      {protection === 'passphrase' && <PassphraseFields value={fresh} onChange={setFresh} isChecked={isChecked} />}
      <FormFailure text={failure} />
      <Button type="submit" variant="primary" busy={busy}>
        {does === 'vault.create' ? 'Set up the vault' : 'Start over'}
      </Button>
    </form>
  );
}
