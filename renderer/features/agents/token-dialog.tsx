import { useState } from 'react';
import { useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { type ConnectSnippet, connectSnippets } from './connect-snippets.ts';

interface TokenDialogProps {
  title: string;
  agentId: string;
  token: string;
  /** When the token was made, milliseconds since the epoch; a connection after it counts. */
  issuedAt: number;
  onClose: () => void;
}

/** A new token: shown this once, with what to paste into each client, until the agent has connected. */
export function TokenDialog({ title, agentId, token, issuedAt, onClose }: TokenDialogProps) {
  const engine = useEngineStore((state) => state.engine);
  const agent = useEngineStore((state) => state.agents.find((other) => other.id === agentId));
  const [client, setClient] = useState('claude-code');
  const url = engine?.mcpUrl ?? `http://127.0.0.1:${engine?.port ?? 7420}/mcp`;
  const isConnected = agent !== undefined && agent.lastSeenAt !== null && agent.lastSeenAt >= issuedAt;
  return (
    <Dialog
      open
      keepOpen
      onClose={onClose}
      title={title}
      description="Copy the token now: it will not be shown again. If it is lost, rotate it to get a new one."
      footer={
        <>
          <span className="grow" aria-live="polite">
            {isConnected ? (
              <StateWord tone="allow" icon="check" word="Connected" loud />
            ) : (
              <StateWord tone="run" icon="run" word="Waiting for the first connection…" />
            )}
          </span>
          <Button variant={isConnected ? 'primary' : 'outline'} onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <div className="well token">
        <code>{token}</code>
        <CopyButton text={token} label="Copy token" />
      </div>
      {engine !== null && engine.mcpUrl === null && (
        <p className="t2">ScopeGate is not listening at the moment, so no agent can connect until that is mended.</p>
      )}
      <Tabs
        label="Client"
        value={client}
        onChange={setClient}
        tabs={connectSnippets(url, token).map((snippet) => ({
          value: snippet.id,
          label: snippet.client,
          content: <Snippet snippet={snippet} />,
        }))}
      />
    </Dialog>
  );
}

function Snippet({ snippet }: { snippet: ConnectSnippet }) {
  return (
    <div className="snippet">
      <div className="lab">
        <span className="grow">{snippet.where}</span>
        <CopyButton text={snippet.text} label="Copy" />
      </div>
      <pre>{snippet.text}</pre>
    </div>
  );
}
