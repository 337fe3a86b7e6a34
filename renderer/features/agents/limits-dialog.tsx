import { type FormEvent, useId, useRef, useState } from 'react';
import type { AgentView, RateLimit } from '../../../electron/shared/index.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { focusFirstError, TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { Segment, type SegmentOption } from '../../ui/segment.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { parseLimit } from './rate-limit.ts';

const periods: readonly SegmentOption<RateLimit['per']>[] = [
  { value: 's', label: 'per second' },
  { value: 'min', label: 'per minute' },
  { value: 'h', label: 'per hour' },
];

interface LimitDraft {
  count: string;
  per: RateLimit['per'];
}

/** Both limits of an agent; an empty number means no limit. */
export function LimitsDialog({ agent, onClose }: { agent: AgentView; onClose: () => void }) {
  const bridge = useBridge();
  const toast = useToast();
  const form = useRef<HTMLFormElement>(null);
  const formId = useId();
  const undoing = useCommand();
  const { busy, run, failure } = useCommand({ says: 'here' });
  const [all, setAll] = useState(draftOf(agent.limit));
  const [perTool, setPerTool] = useState(draftOf(agent.toolLimit));
  const [isChecked, setIsChecked] = useState(false);
  const limit = parseLimit(all.count, all.per);
  const toolLimit = parseLimit(perTool.count, perTool.per);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsChecked(true);
    if (!limit.ok || !toolLimit.ok) {
      focusFirstError(form.current);
      return;
    }
    const change = { limit: limit.limit, toolLimit: toolLimit.limit };
    const before = { limit: agent.limit, toolLimit: agent.toolLimit };
    const isDone = await run(() => bridge.call('agents.update', { id: agent.id, ...change }));
    if (!isDone) return;
    const undo = (): void => void undoing.run(() => bridge.call('agents.update', { id: agent.id, ...before }));
    toast({ text: `Limits of ${agent.name} are changed`, undo });
    onClose();
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={`Limits of ${agent.name}`}
      description="A call over the limit is refused before anybody is asked, and the agent is told when to try again."
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={busy}>
            Save limits
          </Button>
        </>
      }
    >
      <form ref={form} id={formId} className="limits" onSubmit={(event) => void submit(event)} noValidate>
        <LimitField
          label="All calls of this agent"
          draft={all}
          error={isChecked && !limit.ok ? limit.message : null}
          onChange={setAll}
        />
        <LimitField
          label="Calls of any one tool"
          draft={perTool}
          error={isChecked && !toolLimit.ok ? toolLimit.message : null}
          onChange={setPerTool}
        />
        <FormFailure text={failure} />
      </form>
    </Dialog>
  );
}

interface LimitFieldProps {
  label: string;
  draft: LimitDraft;
  error: string | null;
  onChange: (draft: LimitDraft) => void;
}

function LimitField({ label, draft, error, onChange }: LimitFieldProps) {
  return (
    <div className="limit">
      <TextField
        label={label}
        value={draft.count}
        placeholder="No limit"
        inputMode="numeric"
        error={error}
        onChange={(count) => onChange({ ...draft, count })}
      />
      <Segment
        label={`${label}, period`}
        value={draft.per}
        options={periods}
        onChange={(per) => onChange({ ...draft, per })}
      />
    </div>
  );
}

function draftOf(limit: RateLimit | null): LimitDraft {
  return limit === null ? { count: '', per: 'min' } : { count: String(limit.count), per: limit.per };
}
