import { type FormEvent, useId, useRef, useState } from 'react';
import type { VaultStatus } from '../../../electron/shared/index.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { focusFirstError, TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { useToast } from '../../ui/toast.tsx';
import { checkPassphrase, noPassphrase, PassphraseFields } from './passphrase-fields.tsx';
import { useVaultAnswer } from './use-vault-answer.ts';

/** `set`: a first or another passphrase. `remove`: back to the system's key store. */
export type PassphraseTask = 'set' | 'remove';

interface PassphraseDialogProps {
  vault: VaultStatus;
  task: PassphraseTask;
  onClose: () => void;
}

/** Changes what opens the vault; whoever changes it must be able to open it now. */
export function PassphraseDialog({ vault, task, onClose }: PassphraseDialogProps) {
  const bridge = useBridge();
  const toast = useToast();
  const formId = useId();
  const form = useRef<HTMLFormElement>(null);
  const { busy, failure, ask } = useVaultAnswer();
  const [current, setCurrent] = useState('');
  const [fresh, setFresh] = useState(noPassphrase);
  const [isChecked, setIsChecked] = useState(false);
  const hasOne = vault.protection === 'passphrase';
  const currentError = hasOne && current === '' ? 'Enter the passphrase it has now.' : null;
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsChecked(true);
    if (currentError !== null || (task === 'set' && checkPassphrase(fresh) !== null)) {
      focusFirstError(form.current);
      return;
    }
    const isDone = await ask(() =>
      task === 'set'
        ? bridge.call('vault.setPassphrase', { current: hasOne ? current : null, passphrase: fresh.passphrase })
        : bridge.call('vault.removePassphrase', { current }),
    );
    if (!isDone) return;
    toast({
      text: task === 'set' ? 'The new passphrase opens the vault' : `${vault.osStore ?? 'The system'} opens the vault`,
    });
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={
        task === 'remove'
          ? `Use ${vault.osStore ?? 'the system'}`
          : hasOne
            ? 'Change the passphrase'
            : 'Use a passphrase'
      }
      description={
        task === 'remove'
          ? 'It then opens when you log in. Weaker than a passphrase: any program that runs as you can ask for the key.'
          : 'From then on it alone opens the vault. If you forget it, the values are lost.'
      }
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={busy}>
            {task === 'remove' ? 'Use it' : 'Set passphrase'}
          </Button>
        </>
      }
    >
      <form ref={form} id={formId} className="vault-form" onSubmit={(event) => void submit(event)} noValidate>
        {hasOne && (
          <TextField
            label="Passphrase now"
            type="password"
            maxLength={1024}
            value={current}
            error={isChecked ? currentError : null}
            onChange={setCurrent}
          />
        )}
        {task === 'set' && (
          <PassphraseFields label="New passphrase" value={fresh} onChange={setFresh} isChecked={isChecked} />
        )}
        <FormFailure text={failure} />
      </form>
    </Dialog>
  );
}
