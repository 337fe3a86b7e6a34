import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { ServerTool, ServerView } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';

export interface ServerToolsHandle {
  tools: ServerTool[] | undefined;
  error: { message: string; fix: string } | null;
  retry: () => void;
}

/** A server's tools with their definitions, read again whenever the server or the catalog changed. */
export function useServerTools(server: ServerView): ServerToolsHandle {
  const bridge = useBridge();
  const client = useQueryClient();
  const revision = useEngineStore((state) => state.matrixRevision);
  // The store keeps the same object until the engine says that the server changed.
  const seen = useRef({ server, revision });
  const query = useQuery({
    queryKey: ['servers.tools', server.id],
    queryFn: () => bridge.call('servers.tools', { id: server.id }),
    // What is kept from an earlier visit may have missed events.
    staleTime: 0,
  });

  useEffect(() => {
    if (seen.current.server === server && seen.current.revision === revision) return;
    seen.current = { server, revision };
    void client.invalidateQueries({ queryKey: ['servers.tools', server.id] });
  }, [client, server, revision]);

  return {
    tools: query.data?.tools,
    error: query.isError && query.data === undefined ? explainError(query.error) : null,
    retry: () => void query.refetch(),
  };
}
