import { type FormEvent, useId, useRef, useState } from 'react';
import type { AgentView, PolicyView } from '../../../electron/shared/index.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { focusFirstError, TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { parseLoop, settingsOf } from '../policy/agent-settings.ts';
import { usePolicyWriter } from '../policy/use-policy.ts';

interface LoopDialogProps {
  agent: AgentView;
  view: PolicyView | undefined;
  onClose: () => void;
}

/** When the very same call counts as a loop; both numbers empty means never. */
export function LoopDialog({ agent, view, onClose }: LoopDialogProps) {
  const settings = settingsOf(view, agent.id);
  const form = useRef<HTMLFormElement>(null);
  const formId = useId();
  const { busy, failure, change } = usePolicyWriter('here');
  const [count, setCount] = useState(settings.loop === null ? '' : String(settings.loop.count));
  const [seconds, setSeconds] = useState(settings.loop === null ? '' : String(settings.loop.seconds));
  const [isChecked, setIsChecked] = useState(false);
  const reading = parseLoop(count, seconds);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsChecked(true);
    if (!reading.ok) {
      focusFirstError(form.current);
      return;
    }
    const value = { ...settings, loop: reading.loop };
    const isDone = await change([{ kind: 'agent', agentId: agent.id, value }], `Loops of ${agent.name} are changed`);
    if (isDone) onClose();
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={`Repeated calls of ${agent.name}`}
      description="An agent that is stuck sends the same call again and again. From this many on, you are asked."
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={busy}>
            Save
          </Button>
        </>
      }
    >
      <form ref={form} id={formId} className="limits" onSubmit={(event) => void submit(event)} noValidate>
        <TextField
          label="The same call so many times"
          value={count}
          placeholder="Off"
          inputMode="numeric"
          error={isChecked && !reading.ok ? reading.message : null}
          onChange={setCount}
        />
        <TextField label="Within seconds" value={seconds} placeholder="Off" inputMode="numeric" onChange={setSeconds} />
        <FormFailure text={failure} />
      </form>
    </Dialog>
  );
}
