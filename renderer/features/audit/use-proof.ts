import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { AuditProof } from '../../../electron/shared/audit-proof.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';

/** How the log is kept and proven, as the engine last said; undefined until it has. */
export function useProof(): AuditProof | undefined {
  const bridge = useBridge();
  const client = useQueryClient();
  const epoch = useEngineStore((state) => state.epoch);
  const { data } = useQuery({
    queryKey: ['audit.proof', epoch],
    queryFn: () => bridge.call('audit.proof', {}),
    refetchInterval: 30_000,
  });
  useEffect(
    () =>
      bridge.onEvent(({ body, epoch: from }) => {
        if (body.type === 'audit.proof') client.setQueryData(['audit.proof', from], body.proof);
      }),
    [bridge, client],
  );
  return data;
}
