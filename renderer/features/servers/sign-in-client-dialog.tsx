import { type FormEvent, useId, useState } from 'react';
import { type ServerView, signInClientSchema } from '../../../electron/shared/index.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';

/** For services that let nobody register by itself: a client that was registered by hand. */
export function SignInClientDialog({ server, onClose }: { server: ServerView; onClose: () => void }) {
  const bridge = useBridge();
  const toast = useToast();
  const formId = useId();
  const { busy, run, failure } = useCommand({ says: 'here' });
  const [id, setId] = useState('');
  const [secret, setSecret] = useState('');
  const [port, setPort] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const set = async (client: unknown): Promise<void> => {
    const parsed = signInClientSchema.nullable().safeParse(client);
    if (!parsed.success) {
      setWrong('Enter the client’s id, and a port from 1024 to 65535 or none.');
      return;
    }
    setWrong(null);
    const isDone = await run(() => bridge.call('oauth.setClient', { serverId: server.id, client: parsed.data }));
    if (!isDone) return;
    setSecret('');
    toast({ text: parsed.data === null ? 'ScopeGate registers by itself again' : `${server.name} uses this client` });
    onClose();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void set({ id, secret: secret === '' ? null : secret, redirectPort: port.trim() === '' ? null : Number(port) });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Client for ${server.name}`}
      description="Only where the service asks for one that was registered by hand. Otherwise ScopeGate registers by itself."
      footer={
        <>
          <Button disabled={busy} onClick={() => void set(null)}>
            Use none
          </Button>
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={busy}>
            Save
          </Button>
        </>
      }
    >
      <form id={formId} className="cred-form" onSubmit={submit} noValidate>
        <TextField label="Client id" mono value={id} maxLength={2048} onChange={setId} />
        <TextField
          label="Client secret"
          type="password"
          mono
          value={secret}
          maxLength={8192}
          hint="Only if it has one; kept in the vault and not shown again."
          onChange={setSecret}
        />
        <TextField
          label="Redirect port"
          inputMode="numeric"
          value={port}
          hint="Only if the service compares it: register http://127.0.0.1:PORT/callback there."
          onChange={setPort}
        />
        <FormFailure text={wrong ?? failure} />
      </form>
    </Dialog>
  );
}
