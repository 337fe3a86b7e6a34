import { useState } from 'react';
import { useLocation, useRoute } from 'wouter';
import { useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState, Skeleton } from '../../ui/placeholder.tsx';
import type { ClientChoice } from '../clients/client-picker.tsx';
import { ConnectClientDialog } from '../clients/connect-client-dialog.tsx';
import { MovedBanner } from '../clients/moved-banner.tsx';
import { AgentDetail } from './agent-detail.tsx';
import { AgentList } from './agent-list.tsx';
import { ConnectDialog } from './connect-dialog.tsx';
import '../../ui/side-list.css';
import './agents.css';

/** Agents: who may call, and every switch of the chosen one. Routes `/agents` and `/agents/:id`. */
export function AgentsPage() {
  const [, params] = useRoute('/agents/:id');
  const [, navigate] = useLocation();
  const phase = useEngineStore((state) => state.phase);
  const agents = useEngineStore((state) => state.agents);
  const [isConnecting, setIsConnecting] = useState(false);
  const [writing, setWriting] = useState<{ into: ClientChoice | null } | null>(null);
  const connect = (): void => setIsConnecting(true);
  const selected = params ? agents.find((agent) => agent.id === params.id) : agents[0];

  return (
    <div className="body agents">
      <AgentList agents={agents} selectedId={selected?.id ?? null} onConnect={connect} />
      <section className="pane agents-pane" aria-label={selected?.name ?? 'Agent'}>
        <MovedBanner onUpdate={(into) => setWriting({ into })} />
        {selected ? (
          <AgentDetail key={selected.id} agent={selected} onRemoved={() => navigate('/agents')} />
        ) : (
          <NoAgent isLoading={phase === 'loading'} isUnknown={params !== null} onConnect={connect} />
        )}
      </section>
      {isConnecting && (
        <ConnectDialog
          onCreated={(agent) => navigate(`/agents/${agent.id}`)}
          onInstalled={() => {
            setIsConnecting(false);
            setWriting({ into: null });
          }}
          onClose={() => setIsConnecting(false)}
        />
      )}
      {writing && (
        <ConnectClientDialog
          start={writing.into}
          onConnected={(agent) => navigate(`/agents/${agent.id}`)}
          onClose={() => setWriting(null)}
        />
      )}
    </div>
  );
}

function NoAgent({
  isLoading,
  isUnknown,
  onConnect,
}: {
  isLoading: boolean;
  isUnknown: boolean;
  onConnect: () => void;
}) {
  if (isLoading) return <Skeleton label="Loading agents" />;
  if (isUnknown) {
    return (
      <EmptyState
        title="This agent does not exist any more"
        action={<Button onClick={onConnect}>Connect an agent…</Button>}
      >
        It was removed, or the address is wrong. The other agents work as before.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="No agent is connected"
      action={
        <Button variant="primary" onClick={onConnect}>
          Connect an agent…
        </Button>
      }
    >
      An agent is a program that calls tools, such as Claude Code or Cursor. Each one gets its own token and its own
      switches.
    </EmptyState>
  );
}
