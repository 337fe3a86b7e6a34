import { Link } from 'wouter';
import type { AgentView } from '../../../electron/shared/index.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { describeAgent } from './agent-words.ts';

interface AgentListProps {
  agents: readonly AgentView[];
  selectedId: string | null;
  onConnect: () => void;
}

/** The agents at the left, with how each stands. */
export function AgentList({ agents, selectedId, onConnect }: AgentListProps) {
  return (
    <section className="alist" aria-label="Agents">
      <header className="bar">
        <h1 className="grow">Agents</h1>
        <IconButton icon="plus" label="Connect an agent" ghost onClick={onConnect} />
      </header>
      <ul className="alist-rows">
        {agents.map((agent) => (
          <li key={agent.id}>
            <AgentRow agent={agent} selected={agent.id === selectedId} />
          </li>
        ))}
      </ul>
      <div className="alist-foot">
        <Button onClick={onConnect}>Connect an agent…</Button>
      </div>
    </section>
  );
}

function AgentRow({ agent, selected }: { agent: AgentView; selected: boolean }) {
  const state = describeAgent(agent, Date.now());
  return (
    <Link href={`/agents/${agent.id}`} className="r alist-row" aria-current={selected ? 'true' : undefined}>
      <span className="vis alist-glyph t3">
        {state.kind === 'paused' ? (
          <Icon name="pause" small />
        ) : (
          <span className={state.kind === 'connected' ? 'dot on' : 'dot off'} />
        )}
      </span>
      <span className="alist-text">
        <span className="alist-name cut">{agent.name}</span>
        <span className="f12 t3 cut">{state.word}</span>
      </span>
      <span className="t3 f12">{state.kind === 'connected' ? state.sessions : ''}</span>
    </Link>
  );
}
