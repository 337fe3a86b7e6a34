import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { BridgeResult } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';

export interface ClientsHandle {
  data: BridgeResult<'clients.list'> | undefined;
  error: { message: string; fix: string } | null;
  retry: () => void;
}

/** The clients there are, read again whenever one of their files or connections changed. */
export function useClients(): ClientsHandle {
  const bridge = useBridge();
  const client = useQueryClient();
  const revision = useEngineStore((state) => state.clientsRevision);
  const seen = useRef(revision);
  const query = useQuery({
    queryKey: ['clients.list'],
    queryFn: () => bridge.call('clients.list', {}),
    staleTime: 0,
  });
  useEffect(() => {
    if (seen.current === revision) return;
    seen.current = revision;
    void client.invalidateQueries({ queryKey: ['clients.list'] });
  }, [client, revision]);
  return {
    data: query.data,
    error: query.isError && query.data === undefined ? explainError(query.error) : null,
    retry: () => void query.refetch(),
  };
}
