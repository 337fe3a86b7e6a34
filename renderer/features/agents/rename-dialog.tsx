import { type FormEvent, useId, useState } from 'react';
import { type AgentView, agentNameSchema } from '../../../electron/shared/index.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { useCommand } from '../../ui/use-command.ts';

/** Another name for an agent; its token and switches stay. */
export function RenameDialog({ agent, onClose }: { agent: AgentView; onClose: () => void }) {
  const bridge = useBridge();
  const formId = useId();
  const { busy, run, failure } = useCommand({ says: 'here' });
  const [name, setName] = useState(agent.name);
  const [isChecked, setIsChecked] = useState(false);
  const parsed = agentNameSchema.safeParse(name);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsChecked(true);
    if (!parsed.success) return;
    const isDone = await run(() => bridge.call('agents.update', { id: agent.id, name: parsed.data }));
    if (isDone) onClose();
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={`Rename ${agent.name}`}
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={busy}>
            Rename
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={(event) => void submit(event)}>
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          error={isChecked && !parsed.success ? 'Give it a name of 1 to 60 characters.' : null}
        />
        <FormFailure text={failure} />
      </form>
    </Dialog>
  );
}
