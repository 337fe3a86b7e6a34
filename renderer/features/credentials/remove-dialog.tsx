import type { CredentialView } from '../../../electron/shared/index.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { listBreaks } from './credential-words.ts';

interface RemoveDialogProps {
  credential: CredentialView;
  onRemoved: () => void;
  onCancel: () => void;
}

/** Asks before a credential goes, and lists what goes with it. It can be put back until ScopeGate quits. */
export function RemoveDialog({ credential, onRemoved, onCancel }: RemoveDialogProps) {
  const bridge = useBridge();
  const toast = useToast();
  const servers = useEngineStore((state) => state.servers);
  const agents = useEngineStore((state) => state.agents);
  const { run } = useCommand();
  const breaks = listBreaks(credential, servers, agents);
  const remove = async (): Promise<void> => {
    const { id, name } = credential;
    const isRemoved = await run(() => bridge.call('credentials.remove', { id }));
    if (!isRemoved) {
      onCancel();
      return;
    }
    const undo = (): void => void run(() => bridge.call('credentials.restore', { id }));
    toast({ text: `${name} is removed`, ...(credential.kind === 'oauth2' ? {} : { undo }) });
    onRemoved();
  };
  return (
    <ConfirmDialog
      open
      danger
      title={`Remove ${credential.name}?`}
      confirmLabel="Remove"
      onConfirm={() => void remove()}
      onCancel={onCancel}
    >
      {breaks.length === 0 ? (
        <span>Nothing uses it.</span>
      ) : (
        <>
          <span>What stops working:</span>
          {breaks.map((text) => (
            <span key={text} className="break">
              {text}
            </span>
          ))}
        </>
      )}
      <span className="break-note">
        {credential.kind === 'oauth2'
          ? 'You are signed out there. Signing in again makes a new one.'
          : 'You can undo this for a moment; its value is erased when ScopeGate quits.'}
      </span>
    </ConfirmDialog>
  );
}
