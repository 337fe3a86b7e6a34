import { useDeferredValue, useMemo, useState } from 'react';
import { Link } from 'wouter';
import type { AgentMatrix, AgentView, MatrixServer } from '../../../electron/shared/index.ts';
import { TextField } from '../../ui/field.tsx';
import { EmptyState, LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { PresetSegment } from '../policy/preset-segment.tsx';
import { usePolicy } from '../policy/use-policy.ts';
import { MatrixGroup } from './matrix-group.tsx';
import { filterMatrix } from './matrix-model.ts';
import type { MatrixHandle } from './use-matrix.ts';

interface ToolMatrixProps {
  agent: AgentView;
  handle: MatrixHandle;
}

/** Every tool of every server with this agent's switch, grouped by server. */
export function ToolMatrix({ agent, handle }: ToolMatrixProps) {
  const [query, setQuery] = useState('');
  const { matrix, error } = handle;
  const { data: view } = usePolicy();
  if (error) {
    return (
      <LoadError
        title="The switches could not be read"
        detail={`${error.message} ${error.fix}`.trim()}
        stillWorks="They stay in force as they are; calls are decided as before."
        onRetry={handle.retry}
      />
    );
  }
  if (!matrix) return <Skeleton label="Loading tools" />;
  if (matrix.servers.length === 0) {
    return (
      <EmptyState title="There are no tools yet" action={<Link href="/servers">Add a server</Link>}>
        Tools come from servers. Once a server is added and its tools are reviewed, their switches stand here.
      </EmptyState>
    );
  }
  return (
    <>
      <div className="hs mbar">
        <div className="mbar-search">
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
        <PresetSegment agent={agent} view={view} />
      </div>
      <MatrixTable agent={agent} matrix={matrix} query={query} handle={handle} />
    </>
  );
}

interface MatrixTableProps extends ToolMatrixProps {
  matrix: AgentMatrix;
  query: string;
}

function MatrixTable({ agent, matrix, query, handle }: MatrixTableProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const deferredQuery = useDeferredValue(query);
  const shown = useMemo(() => filterMatrix(matrix.servers, deferredQuery), [matrix, deferredQuery]);
  const toggle = (serverId: string): void => {
    setClosed((before) => {
      const next = new Set(before);
      if (!next.delete(serverId)) next.add(serverId);
      return next;
    });
  };
  if (shown.length === 0) return <EmptyState title={`No tool matches “${deferredQuery}”`} />;
  const whole = new Map(matrix.servers.map((server): [string, MatrixServer] => [server.serverId, server]));
  return (
    <div className="grid matrix" data-tri-scope="">
      <div className="hd" aria-hidden="true">
        <span>Tool</span>
        <span>Risk</span>
        <span className="num">7 days</span>
        <span>Source</span>
        <span className="num trihd">
          <span>Allow</span>
          <span>Ask</span>
          <span>Block</span>
        </span>
      </div>
      {shown.map((server) => (
        <MatrixGroup
          key={server.serverId}
          agent={agent}
          matrix={matrix}
          server={whole.get(server.serverId) ?? server}
          tools={server.tools}
          isOpen={deferredQuery.trim() !== '' || !closed.has(server.serverId)}
          onToggle={toggle}
          onChange={handle.change}
        />
      ))}
    </div>
  );
}
