import { type FormEvent, useId, useRef, useState } from 'react';
import type { CredentialView } from '../../../electron/shared/index.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { focusFirstError } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { draftOfSource, emptySource, readSource } from './source-draft.ts';
import { SourceFields } from './source-fields.tsx';
import { useSecretPaste } from './use-secret-paste.ts';

/** A new value in place of the old one, which is not shown. */
export function ReplaceDialog({ credential, onClose }: { credential: CredentialView; onClose: () => void }) {
  const bridge = useBridge();
  const toast = useToast();
  const formId = useId();
  const form = useRef<HTMLFormElement>(null);
  const secret = useSecretPaste();
  const { busy, run, failure } = useCommand({ says: 'here' });
  const [draft, setDraft] = useState(() => draftOfSource(credential.source));
  const [isChecked, setIsChecked] = useState(false);
  const read = readSource(draft);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsChecked(true);
    if (!read.ok) {
      focusFirstError(form.current);
      return;
    }
    const { source } = read;
    const isDone = await run(() => bridge.call('credentials.replace', { id: credential.id, source }));
    if (!isDone) return;
    setDraft(emptySource);
    const cleared = await secret.clear();
    toast({ text: [`${credential.name} has a new value.`, cleared].filter(Boolean).join(' ') });
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Replace ${credential.name}`}
      description="The old value is not shown and is gone afterwards. Requests use the new one at once, programs from their next start."
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={busy}>
            Replace
          </Button>
        </>
      }
    >
      <form ref={form} id={formId} className="cred-form" onSubmit={(event) => void submit(event)} noValidate>
        <SourceFields
          noun={credential.kind === 'basic' ? 'New password' : 'New value'}
          draft={draft}
          onChange={setDraft}
          error={isChecked && !read.ok ? read.error : null}
          paste={secret.paste}
        />
        <FormFailure text={failure} />
      </form>
    </Dialog>
  );
}
