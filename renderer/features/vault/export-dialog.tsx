import { type FormEvent, useId, useRef, useState } from 'react';
import type { VaultStatus } from '../../../electron/shared/index.ts';
import { countOf } from '../../lib/format.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { focusFirstError, TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { useToast } from '../../ui/toast.tsx';
import { checkPassphrase, noPassphrase, PassphraseFields } from './passphrase-fields.tsx';
import { useVaultAnswer } from './use-vault-answer.ts';

/** An encrypted file of everything in the vault. */
export function ExportDialog({ vault, onClose }: { vault: VaultStatus; onClose: () => void }) {
  const bridge = useBridge();
  const toast = useToast();
  const formId = useId();
  const form = useRef<HTMLFormElement>(null);
  const { busy, failure, ask } = useVaultAnswer();
  const [current, setCurrent] = useState('');
  const [fresh, setFresh] = useState(noPassphrase);
  const [isChecked, setIsChecked] = useState(false);
  const hasOne = vault.protection === 'passphrase';
  const currentError = hasOne && current === '' ? 'Enter the passphrase of the vault.' : null;
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsChecked(true);
    if (currentError !== null || checkPassphrase(fresh) !== null) {
      focusFirstError(form.current);
      return;
    }
    await ask(async () => {
      const answer = await bridge.call('vault.export', {
        passphrase: fresh.passphrase,
        current: hasOne ? current : null,
      });
      if (!answer.ok) return answer;
      saveFile(answer.fileName, answer.text);
      toast({ text: `${countOf(answer.credentials, 'credential')} written to ${answer.fileName}` });
      onClose();
      return { ok: true, message: '' };
    });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Export credentials"
      description="The file can be opened anywhere with the passphrase you choose here, and with nothing else."
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={busy}>
            Export
          </Button>
        </>
      }
    >
      <form ref={form} id={formId} className="vault-form" onSubmit={(event) => void submit(event)} noValidate>
        {hasOne && (
          <TextField
            label="Passphrase of the vault"
            type="password"
            maxLength={1024}
            value={current}
            error={isChecked ? currentError : null}
            onChange={setCurrent}
          />
        )}
        <PassphraseFields label="Passphrase of the file" value={fresh} onChange={setFresh} isChecked={isChecked} />
        <FormFailure text={failure} />
      </form>
    </Dialog>
  );
}

function saveFile(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
