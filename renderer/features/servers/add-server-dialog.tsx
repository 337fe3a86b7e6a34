import { type FormEvent, useId, useRef, useState } from 'react';
import { isPlainElsewhere, type ServerView, type Transport } from '../../../electron/shared/index.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { focusFirstError, TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { type ConnectionDraft, type ConnectionErrors, emptyConnection, readConnection } from './connection-draft.ts';
import { ConnectionForm } from './connection-form.tsx';
import { checkServerId, deriveServerId, suggestServerName } from './derive-server-id.ts';
import { ConsentDialog } from './edit-consent.tsx';
import { TestResult } from './test-result.tsx';
import { TrustedOption } from './trusted-option.tsx';
import { useConnectionTest } from './use-connection-test.ts';

interface AddServerDialogProps {
  onAdded: (server: ServerView) => void;
  /** To the servers of an installed client instead. */
  onImport: () => void;
  onClose: () => void;
}

/** A new server: how it is reached, what it is called, and a test before it is kept. */
export function AddServerDialog({ onAdded, onImport, onClose }: AddServerDialogProps) {
  const bridge = useBridge();
  const form = useRef<HTMLFormElement>(null);
  const formId = useId();
  const adding = useCommand({ says: 'here' });
  const testing = useConnectionTest();
  const taken = useEngineStore((state) => state.servers).map((server) => server.id);
  const [connection, setConnection] = useState<ConnectionDraft>(emptyConnection);
  const [identity, setIdentity] = useState<Identity>({ name: null, id: null });
  const [trusted, setTrusted] = useState(false);
  const [isChecked, setIsChecked] = useState(false);
  const [asked, setAsked] = useState<Transport | null>(null);

  const read = readConnection(connection);
  const name = identity.name ?? (read.ok ? suggestServerName(read.transport) : '');
  const id = identity.id ?? (name === '' ? '' : deriveServerId(name, taken));
  const idError = name === '' ? null : checkServerId(id, taken);
  const nameError = name.trim() === '' ? 'Give it a name of 1 to 60 characters.' : null;
  const test = testing.resultOf(read.ok ? read.transport : null);
  const errors: ConnectionErrors = isChecked && !read.ok ? read.errors : { rows: {} };

  const runTest = async (): Promise<void> => {
    setIsChecked(true);
    if (!read.ok) {
      focusFirstError(form.current);
      return;
    }
    await testing.run(read.transport);
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsChecked(true);
    if (!read.ok || nameError !== null || idError !== null) {
      focusFirstError(form.current);
      return;
    }
    const { transport } = read;
    if (isPlainElsewhere(transport)) setAsked(transport);
    else await add(transport, {});
  };
  const add = async (transport: Transport, consent: { consent?: string }): Promise<void> => {
    setAsked(null);
    await adding.run(async () => {
      onAdded(await bridge.call('servers.add', { id, name: name.trim(), transport, trusted, ...consent }));
      onClose();
    });
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title="Add a server"
      footer={
        <>
          <Button busy={testing.busy} onClick={() => void runTest()}>
            {testing.busy ? 'Testing…' : 'Test'}
          </Button>
          <Button variant="ghost" onClick={onImport}>
            From an installed client…
          </Button>
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={adding.busy}>
            Add server
          </Button>
        </>
      }
    >
      <form ref={form} id={formId} className="add-server" onSubmit={(event) => void submit(event)} noValidate>
        <ConnectionForm draft={connection} errors={errors} onChange={setConnection} />
        <IdentityFields
          name={name}
          id={id}
          nameError={isChecked && read.ok ? nameError : null}
          idError={idError}
          onName={(next) => setIdentity({ ...identity, name: next })}
          onId={(next) => setIdentity({ ...identity, id: next })}
        />
        <TrustedOption trusted={trusted} onChange={setTrusted} />
      </form>
      <FormFailure text={adding.failure ?? testing.failure} />
      {test && <TestResult test={test} />}
      {asked && (
        <ConsentDialog
          server={null}
          name={name}
          transport={asked}
          onCancel={() => setAsked(null)}
          onConfirm={(consent) => void add(asked, { consent })}
        />
      )}
    </Dialog>
  );
}

/** Null while the suggestion stands. */
interface Identity {
  name: string | null;
  id: string | null;
}

interface IdentityFieldsProps {
  name: string;
  id: string;
  nameError: string | null;
  idError: string | null;
  onName: (name: string) => void;
  onId: (id: string) => void;
}

function IdentityFields({ name, id, nameError, idError, onName, onId }: IdentityFieldsProps) {
  return (
    <div className="add-identity">
      <TextField label="Name" value={name} error={nameError} maxLength={60} onChange={onName} />
      <TextField
        label="Id"
        mono
        value={id}
        error={idError}
        maxLength={24}
        hint={id === '' || idError !== null ? 'The first part of every tool name.' : `Agents see its tools as ${id}__…`}
        onChange={onId}
      />
    </div>
  );
}
