import { useState } from 'react';
import type { ServerTool, ServerView } from '../../../electron/shared/index.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { EmptyState, LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { Tier } from '../../ui/tier.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { DefinitionView } from './definition-view.tsx';
import type { ServerToolsHandle } from './use-server-tools.ts';

interface ToolsPanelProps {
  server: ServerView;
  handle: ServerToolsHandle;
}

/** Every tool of a server; a row opens to its definition. */
export function ToolsPanel({ server, handle }: ToolsPanelProps) {
  const [query, setQuery] = useState('');
  const [openName, setOpenName] = useState<string | null>(null);
  if (handle.error) {
    return (
      <LoadError
        title="The tools could not be read"
        detail={`${handle.error.message} ${handle.error.fix}`.trim()}
        stillWorks="Calls go on as before."
        onRetry={handle.retry}
      />
    );
  }
  if (!handle.tools) return <Skeleton label="Loading tools" />;
  if (handle.tools.length === 0) return <NoTools server={server} />;
  const wanted = query.trim().toLowerCase();
  const shown = handle.tools.filter((tool) => `${tool.name} ${tool.title ?? ''}`.toLowerCase().includes(wanted));
  return (
    <div className="grid server-tools">
      <div className="mbar-row">
        <TextField
          label="Search tools"
          hideLabel
          type="search"
          icon="search"
          placeholder="Tools"
          value={query}
          onChange={setQuery}
        />
      </div>
      <div className="hd" aria-hidden="true">
        <span>Tool</span>
        <span>Risk</span>
        <span>What the server says it does</span>
      </div>
      {shown.length === 0 && <EmptyState title={`No tool matches “${query}”`} />}
      <ul>
        {shown.map((tool) => (
          <ToolItem
            key={tool.name}
            tool={tool}
            isOpen={openName === tool.name}
            onToggle={() => setOpenName(openName === tool.name ? null : tool.name)}
          />
        ))}
      </ul>
    </div>
  );
}

function ToolItem({ tool, isOpen, onToggle }: { tool: ServerTool; isOpen: boolean; onToggle: () => void }) {
  return (
    <li>
      <button type="button" className="r tool-toggle" aria-expanded={isOpen} onClick={onToggle}>
        <span className="hs">
          <Icon name={isOpen ? 'down' : 'right'} small />
          <code className="cut">{makeVisibleLine(tool.name)}</code>
          {tool.state !== 'reviewed' && (
            <span className="tag ask">
              <Icon name="hand" />
              {tool.state === 'new' ? 'New' : 'Changed'}
            </span>
          )}
        </span>
        <Tier tier={tool.risk.tier} />
        <span className="t2 cut">{tool.description === null ? '' : makeVisibleLine(tool.description)}</span>
      </button>
      {isOpen && (
        <>
          <DefinitionView tool={tool} />
          <p className="tool-note f12 t3">
            Agents see it as <code>{tool.exposedName}</code>
          </p>
        </>
      )}
    </li>
  );
}

function NoTools({ server }: { server: ServerView }) {
  const bridge = useBridge();
  const { busy, run } = useCommand();
  if (!server.enabled) return <EmptyState title="Switched off">Switch it on to read its tools.</EmptyState>;
  if (server.status === 'starting') return <EmptyState title="The server is starting">Its tools come next.</EmptyState>;
  if (server.status === 'running') return <EmptyState title="This server has no tools" />;
  return (
    <EmptyState
      title="No tools are known yet"
      action={
        <Button busy={busy} onClick={() => void run(() => bridge.call('servers.restart', { id: server.id }))}>
          Start it now
        </Button>
      }
    >
      They are read when the server is started.
    </EmptyState>
  );
}
