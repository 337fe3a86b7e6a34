import { type FormEvent, useId, useRef, useState } from 'react';
import { type AgentView, agentNameSchema, type Effect } from '../../../electron/shared/index.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { focusFirstError, TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { type ListOption, OptionList } from '../../ui/option-list.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { TokenDialog } from './token-dialog.tsx';

const starts: readonly ListOption<Effect>[] = [
  {
    value: 'ask',
    label: 'Ask',
    note: 'recommended',
    detail: 'The agent sees every reviewed tool; each call waits until you approve it.',
  },
  {
    value: 'allow',
    label: 'Allow',
    detail: 'Every reviewed tool works at once, without asking. Each call is still written down.',
  },
  {
    value: 'deny',
    label: 'Block',
    detail: 'The agent sees no tool at all until you switch one on.',
  },
];

interface ConnectDialogProps {
  onCreated: (agent: AgentView) => void;
  /** To writing into the settings of an installed client instead. */
  onInstalled: () => void;
  onClose: () => void;
}

/** Makes an agent, shows its token once, and waits for the first connection. */
export function ConnectDialog({ onCreated, onInstalled, onClose }: ConnectDialogProps) {
  const [issued, setIssued] = useState<{ agent: AgentView; token: string; at: number } | null>(null);
  if (issued) {
    return (
      <TokenDialog
        title={`Connect ${issued.agent.name}`}
        agentId={issued.agent.id}
        token={issued.token}
        issuedAt={issued.at}
        onClose={onClose}
      />
    );
  }
  return (
    <NameDialog
      onInstalled={onInstalled}
      onClose={onClose}
      onIssued={(agent, token) => {
        setIssued({ agent, token, at: Date.now() });
        onCreated(agent);
      }}
    />
  );
}

interface NameDialogProps {
  onIssued: (agent: AgentView, token: string) => void;
  onInstalled: () => void;
  onClose: () => void;
}

function NameDialog({ onIssued, onInstalled, onClose }: NameDialogProps) {
  const bridge = useBridge();
  const agents = useEngineStore((state) => state.agents);
  const form = useRef<HTMLFormElement>(null);
  const formId = useId();
  const { busy, run, failure } = useCommand({ says: 'here' });
  const [name, setName] = useState('');
  const [start, setStart] = useState<Effect>('ask');
  const [isChecked, setIsChecked] = useState(false);
  const error = checkName(name, agents);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsChecked(true);
    if (error !== null) {
      focusFirstError(form.current);
      return;
    }
    await run(async () => {
      const { agent, token } = await bridge.call('agents.create', { name: name.trim(), defaultEffect: start });
      onIssued(agent, token);
    });
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title="Connect an agent"
      description="The agent gets a token of its own, so that its calls can be told apart, switched and stopped."
      footer={
        <>
          <Button variant="ghost" onClick={onInstalled}>
            In an installed client…
          </Button>
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={busy}>
            Make a token
          </Button>
        </>
      }
    >
      <form ref={form} id={formId} className="connect" onSubmit={(event) => void submit(event)} noValidate>
        <TextField
          label="Name"
          placeholder="Claude Code"
          value={name}
          onChange={setName}
          error={isChecked ? error : null}
          maxLength={60}
        />
        <OptionList label="Where its switches start" value={start} options={starts} onChange={setStart} />
        <FormFailure text={failure} />
      </form>
    </Dialog>
  );
}

function checkName(name: string, agents: readonly AgentView[]): string | null {
  const parsed = agentNameSchema.safeParse(name);
  if (!parsed.success) return 'Give it a name of 1 to 60 characters.';
  const isTaken = agents.some((agent) => agent.name.toLowerCase() === parsed.data.toLowerCase());
  return isTaken ? `There is already an agent named ${parsed.data}.` : null;
}
