import { type FormEvent, useState } from 'react';
import type { CredentialView } from '../../../electron/shared/index.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { useCommand } from '../../ui/use-command.ts';

/** The name, and a way to change it in its place. */
export function RenameField({ credential }: { credential: CredentialView }) {
  const bridge = useBridge();
  const { busy, run } = useCommand();
  const [name, setName] = useState<string | null>(null);
  if (name === null) {
    return (
      <>
        <h2 className="cut">{credential.name}</h2>
        <button type="button" className="lnk f12" onClick={() => setName(credential.name)}>
          Rename
        </button>
      </>
    );
  }
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const next = name.trim();
    if (next === '' || next === credential.name) return setName(null);
    if (await run(() => bridge.call('credentials.rename', { id: credential.id, name: next }))) setName(null);
  };
  return (
    <form
      className="hs rename"
      onSubmit={(event) => void save(event)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        setName(null);
      }}
    >
      <TextField
        label="Name"
        hideLabel
        value={name}
        maxLength={60}
        inputRef={(field) => field?.focus()}
        onChange={setName}
      />
      <Button type="submit" small busy={busy}>
        Rename
      </Button>
    </form>
  );
}
