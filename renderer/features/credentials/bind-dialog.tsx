import { type FormEvent, useId, useRef, useState } from 'react';
import type { CredentialView } from '../../../electron/shared/index.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { focusFirstError } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { type BindingDraft, emptyBinding, PlacementFields, readPlacement } from './placement-fields.tsx';

/** Uses a credential with one more server. */
export function BindDialog({ credential, onClose }: { credential: CredentialView; onClose: () => void }) {
  const bridge = useBridge();
  const formId = useId();
  const form = useRef<HTMLFormElement>(null);
  const servers = useEngineStore((state) => state.servers);
  const { busy, run, failure } = useCommand({ says: 'here' });
  const [draft, setDraft] = useState<BindingDraft>(emptyBinding);
  const [isChecked, setIsChecked] = useState(false);
  const server = servers.find(({ id }) => id === draft.serverId);
  const { placement, error } = readPlacement(draft, credential.kind, server);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsChecked(true);
    if (server === undefined || error !== null) {
      focusFirstError(form.current);
      return;
    }
    const target = { serverId: server.id, agentId: draft.agentId, placement };
    if (await run(() => bridge.call('credentials.bind', { id: credential.id, ...target }))) onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Use ${credential.name}`}
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={busy}>
            Use it
          </Button>
        </>
      }
    >
      <form ref={form} id={formId} className="cred-form" onSubmit={(event) => void submit(event)} noValidate>
        <PlacementFields
          draft={draft}
          kind={credential.kind}
          username={credential.username}
          error={isChecked ? error : null}
          onChange={setDraft}
        />
        <FormFailure text={failure ?? (isChecked && server === undefined ? 'Choose a server.' : null)} />
      </form>
    </Dialog>
  );
}
