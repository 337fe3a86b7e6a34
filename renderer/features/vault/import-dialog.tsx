import { type FormEvent, useId, useState } from 'react';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useVaultAnswer } from './use-vault-answer.ts';

/** The largest file the engine takes; bytes. */
const maxBytes = 16 * 1024 * 1024;

/** Adds what an exported file holds. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const bridge = useBridge();
  const toast = useToast();
  const formId = useId();
  const { busy, failure, ask } = useVaultAnswer();
  const [file, setFile] = useState<File | null>(null);
  const [passphrase, setPassphrase] = useState('');
  const [missing, setMissing] = useState<string | null>(null);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const wrong = whatIsMissing(file, passphrase);
    setMissing(wrong);
    if (file === null || wrong !== null) return;
    await ask(async () => {
      const answer = await bridge.call('vault.import', { passphrase, text: await file.text() });
      if (answer.ok) {
        const skipped = answer.skipped === 0 ? '' : `, ${answer.skipped} were there already`;
        toast({ text: `${answer.added} added${skipped}` });
        onClose();
      }
      return answer;
    });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Import credentials"
      description="What is here stays. A credential of the same name and value is left out."
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={busy}>
            Import
          </Button>
        </>
      }
    >
      <form id={formId} className="vault-form" onSubmit={(event) => void submit(event)} noValidate>
        <label className="fld">
          <span className="fld-label">File</span>
          <input type="file" onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)} />
        </label>
        <TextField
          label="Passphrase of the file"
          type="password"
          maxLength={1024}
          value={passphrase}
          onChange={setPassphrase}
        />
        <FormFailure text={missing ?? failure} />
      </form>
    </Dialog>
  );
}

function whatIsMissing(file: File | null, passphrase: string): string | null {
  if (file === null) return 'Choose the file.';
  if (file.size > maxBytes) return 'This file is too large to be an export of ScopeGate.';
  return passphrase === '' ? 'Enter the passphrase of the file.' : null;
}
