import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import type { AgentPrograms, AgentView } from '../../../electron/shared/index.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';

/**
 * Programs behind the agent's token: what is expected, and what was seen besides. Calls of another program count as
 * dangerous until a person expects it too. Nothing where the system tells none.
 */
export function AgentProgramsBand({ agent }: { agent: AgentView }) {
  const { programs, busy, set } = usePrograms(agent);
  if (programs === undefined || programs.expected.length + programs.others.length === 0) return null;
  return (
    <section className="agent-band" aria-label="Programs">
      <ul>
        {programs.others.map(({ path }) => (
          <ProgramRow key={path} path={path}>
            <StateWord tone="ask" icon="fault" word="Unexpected, rated as dangerous" />
            <Button small busy={busy} onClick={() => set(path, true)}>
              Expect it too
            </Button>
          </ProgramRow>
        ))}
        {programs.expected.map(({ path }) => (
          <ProgramRow key={path} path={path}>
            <span className="t3">expected program</span>
            <Button small busy={busy} onClick={() => set(path, false)}>
              Forget
            </Button>
          </ProgramRow>
        ))}
      </ul>
    </section>
  );
}

function ProgramRow({ path, children }: { path: string; children: ReactNode }) {
  return (
    <li>
      <code className="cut" title={makeVisibleLine(path)}>
        <RawText text={path} />
      </code>
      {children}
    </li>
  );
}

interface Programs {
  programs: AgentPrograms | undefined;
  busy: boolean;
  set: (path: string, expected: boolean) => void;
}

function usePrograms(agent: AgentView): Programs {
  const bridge = useBridge();
  const toast = useToast();
  const client = useQueryClient();
  const { busy, run } = useCommand();
  const { id } = agent;
  const { data } = useQuery({
    queryKey: ['agents.programs', id],
    queryFn: () => bridge.call('agents.programs', { id }),
  });
  useEffect(() => {
    // what was seen of an agent is announced as a change of the agent
    if (agent.id === id) void client.invalidateQueries({ queryKey: ['agents.programs', id] });
  }, [client, agent, id]);
  const set = async (path: string, expected: boolean): Promise<void> => {
    const isDone = await run(() => bridge.call('agents.setProgram', { id, path, expected }));
    if (!isDone) return;
    await client.invalidateQueries({ queryKey: ['agents.programs', id] });
    const undo = (): void => void set(path, !expected);
    toast({ text: expected ? 'Expected from now on' : 'Forgotten', undo });
  };
  return { programs: data, busy, set: (path, expected) => void set(path, expected) };
}
