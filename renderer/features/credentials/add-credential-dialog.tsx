import { type FormEvent, useId, useRef, useState } from 'react';
import type { CredentialDraft, CredentialView } from '../../../electron/shared/index.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { focusFirstError, TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { Segment } from '../../ui/segment.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { type BindingDraft, emptyBinding, PlacementFields, readPlacement } from './placement-fields.tsx';
import { SignInChoice } from './sign-in-choice.tsx';
import { emptySource, readSource } from './source-draft.ts';
import { SourceFields } from './source-fields.tsx';
import { useSecretPaste } from './use-secret-paste.ts';

type Kind = CredentialDraft['kind'] | 'oauth2';

const kinds: readonly { value: Kind; label: string; hint: string }[] = [
  { value: 'bearer', label: 'Bearer token', hint: 'Authorization: Bearer …' },
  { value: 'header', label: 'Header', hint: 'A header with another name' },
  { value: 'basic', label: 'User and password', hint: 'Authorization: Basic …' },
  { value: 'query', label: 'Query', hint: 'A parameter of the address' },
  { value: 'env', label: 'Variable', hint: 'For servers that are programs' },
  { value: 'oauth2', label: 'Sign-in', hint: 'OAuth: sign in with the browser' },
];

const nouns: Readonly<Record<CredentialDraft['kind'], string>> = {
  bearer: 'Token',
  header: 'Value',
  basic: 'Password',
  query: 'Value',
  env: 'Value',
};

interface AddCredentialDialogProps {
  /** Chosen from the start. */
  serverId?: string | null;
  onAdded: (credential: CredentialView) => void;
  onClose: () => void;
}

/** A new credential: what it is, its value or where to read it, and the server it is for. */
export function AddCredentialDialog({ serverId = null, onAdded, onClose }: AddCredentialDialogProps) {
  const formId = useId();
  const isProgram = useEngineStore(
    (state) => state.servers.find(({ id }) => id === serverId)?.transport.kind === 'stdio',
  );
  const [kind, setKind] = useState<Kind>(isProgram ? 'env' : 'bearer');
  const [busy, setBusy] = useState(false);
  return (
    <Dialog
      open
      onClose={onClose}
      title="Add a credential"
      description="ScopeGate puts it in when a call is let through. Agents never see it."
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>{kind === 'oauth2' ? 'Close' : 'Cancel'}</Button>
          {kind !== 'oauth2' && (
            <Button type="submit" form={formId} variant="primary" busy={busy}>
              Save
            </Button>
          )}
        </>
      }
    >
      <div>
        <div className="fld-label">Kind</div>
        <Segment label="Kind" value={kind} options={kinds} onChange={setKind} />
      </div>
      {kind === 'oauth2' ? (
        <SignInChoice serverId={serverId} />
      ) : (
        <ValueForm
          key={kind}
          formId={formId}
          kind={kind}
          serverId={serverId}
          onBusy={setBusy}
          onAdded={(credential) => {
            onAdded(credential);
            onClose();
          }}
        />
      )}
    </Dialog>
  );
}

interface ValueFormProps {
  formId: string;
  kind: CredentialDraft['kind'];
  serverId: string | null;
  onBusy: (busy: boolean) => void;
  onAdded: (credential: CredentialView) => void;
}

function ValueForm({ formId, kind, serverId, onBusy, onAdded }: ValueFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const servers = useEngineStore((state) => state.servers);
  const secret = useSecretPaste();
  const { save, failure } = useSave(secret.clear);
  const [name, setName] = useState('');
  const [username, setUsername] = useState('');
  const [source, setSource] = useState(emptySource);
  const [binding, setBinding] = useState<BindingDraft>({ ...emptyBinding, serverId });
  const [isChecked, setIsChecked] = useState(false);

  const server = servers.find(({ id }) => id === binding.serverId);
  const place = readPlacement(binding, kind, server);
  const read = readSource(source);
  const nameError = name.trim() === '' ? 'Give it a name, so that you know it again.' : null;
  const userError = kind === 'basic' && !/^[^:\r\n]+$/.test(username) ? 'Enter the user name; it has no colon.' : null;
  const placeError = server === undefined ? null : place.error;

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsChecked(true);
    if (nameError !== null || userError !== null || placeError !== null || !read.ok) {
      focusFirstError(form.current);
      return;
    }
    const common = { name: name.trim(), source: read.source };
    const draft: CredentialDraft = kind === 'basic' ? { kind, username, ...common } : { kind, ...common };
    const target = server === undefined ? null : { serverId: server.id, agentId: binding.agentId };
    onBusy(true);
    const added = await save(draft, target === null ? null : { ...target, placement: place.placement });
    onBusy(false);
    if (added === null) return;
    setSource(emptySource);
    onAdded(added);
  };

  return (
    <form ref={form} id={formId} className="cred-form" onSubmit={(event) => void submit(event)} noValidate>
      <TextField
        label="Name"
        value={name}
        maxLength={60}
        placeholder="GitHub, personal"
        error={isChecked ? nameError : null}
        onChange={setName}
      />
      {kind === 'basic' && (
        <TextField
          label="User name"
          value={username}
          maxLength={256}
          error={isChecked ? userError : null}
          onChange={setUsername}
        />
      )}
      <SourceFields
        noun={nouns[kind]}
        draft={source}
        onChange={setSource}
        error={isChecked && !read.ok ? read.error : null}
        paste={secret.paste}
      />
      <PlacementFields
        optional
        draft={binding}
        kind={kind}
        username={kind === 'basic' ? username || 'user' : null}
        error={isChecked ? placeError : null}
        onChange={setBinding}
      />
      <FormFailure text={failure} />
    </form>
  );
}

type Target = { serverId: string; agentId: string | null; placement: ReturnType<typeof readPlacement>['placement'] };

/** Keeps the value, uses it where it was wanted, and empties the clipboard. Null: nothing was kept. */
function useSave(clearClipboard: () => Promise<string | null>) {
  const bridge = useBridge();
  const toast = useToast();
  const { run, failure } = useCommand({ says: 'here' });
  const binding = useCommand();
  const save = async (draft: CredentialDraft, target: Target | null): Promise<CredentialView | null> => {
    let added: CredentialView | null = null;
    await run(async () => {
      added = await bridge.call('credentials.add', draft);
    });
    const kept = added as CredentialView | null;
    if (kept === null) return null;
    const cleared = await clearClipboard();
    toast({ text: [`${kept.name} is saved.`, cleared].filter(Boolean).join(' ') });
    // What went wrong here is said in a toast of its own: the value is kept all the same.
    if (target !== null) await binding.run(() => bridge.call('credentials.bind', { id: kept.id, ...target }));
    return kept;
  };
  return { save, failure };
}
