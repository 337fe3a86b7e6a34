import { Link } from 'wouter';
import { useEngineStore } from '../../state/engine-context.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';

/** Before the first call: how to get it. */
export function LiveEmpty() {
  const url = useEngineStore((state) => state.engine?.mcpUrl ?? null);
  const connected = useEngineStore((state) => state.agents.find((agent) => agent.sessions > 0)?.name ?? null);
  const hasAgents = useEngineStore((state) => state.agents.length > 0);
  return (
    <section className="empty">
      <svg className="empty-mark" viewBox="0 0 16 16" aria-hidden="true">
        <path d="M4.95 3.1a5.8 5.8 0 0 0 0 9.8M11.05 3.1a5.8 5.8 0 0 1 0 9.8" />
      </svg>
      <p className="empty-words">
        <b>No calls yet.</b>
        <br />
        {connected === null
          ? 'Point an agent at this address with its token, ask it to use a tool, and the call appears here.'
          : `${connected} is connected. Ask it to use a tool and the call appears here.`}
      </p>
      {url !== null && (
        <div className="hs">
          <code>{url}</code>
          <CopyButton text={url} label="Copy address" />
        </div>
      )}
      <Link href="/agents" className={hasAgents ? 'btn' : 'btn pri'}>
        {hasAgents ? 'Go to Agents' : 'Connect an agent'}
      </Link>
    </section>
  );
}
