import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { PolicyChange, PolicyView } from '../../../electron/shared/index.ts';
import { type Bridge, explainError } from '../../bridge/client.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';

export interface Reading<T> {
  data: T | undefined;
  isLoading: boolean;
  error: { message: string; fix: string } | null;
  retry: () => void;
}

/**
 * One answer about policy, read again whenever policy has changed.
 * @param method names the answer in the cache, with what it was asked for
 */
export function usePolicyQuery<T>(
  method: `policy.${string}`,
  params: unknown,
  read: (bridge: Bridge) => Promise<T>,
  isOn = true,
): Reading<T> {
  const bridge = useBridge();
  const client = useQueryClient();
  const revision = useEngineStore((state) => state.policyRevision);
  const seen = useRef(revision);
  const query = useQuery<T>({
    queryKey: [method, params],
    queryFn: () => read(bridge),
    staleTime: 0,
    enabled: isOn,
    // While a draft is being typed, what was last known of it stays.
    placeholderData: keepPreviousData,
  });
  useEffect(() => {
    if (seen.current === revision) return;
    seen.current = revision;
    void client.invalidateQueries({ queryKey: [method] });
  }, [client, method, revision]);
  return {
    data: query.data,
    isLoading: query.isPending && isOn,
    error: query.isError ? explainError(query.error) : null,
    retry: () => void query.refetch(),
  };
}

/** Policy as it is now. */
export function usePolicy(): Reading<PolicyView> {
  return usePolicyQuery('policy.get', {}, (bridge) => bridge.call('policy.get', {}));
}

export interface PolicyWriter {
  busy: boolean;
  /** Why the last change failed; only with `says: 'here'`. */
  failure: string | null;
  /** Writes whole or not at all and offers Undo; false when it failed, which has then been said. */
  change: (changes: PolicyChange[], done: string, version?: number) => Promise<boolean>;
}

/** Changes policy, each time with an Undo that puts back exactly what was there. */
export function usePolicyWriter(says: 'toast' | 'here' = 'toast'): PolicyWriter {
  const bridge = useBridge();
  const client = useQueryClient();
  const toast = useToast();
  const undoing = useCommand();
  const { busy, run, failure } = useCommand({ says });
  const refresh = () => client.invalidateQueries({ queryKey: ['policy.get'] });
  const change: PolicyWriter['change'] = (changes, done, version) =>
    run(async () => {
      const { previous } = await bridge.call('policy.change', { changes, version: version ?? null });
      await refresh();
      const undo = (): void =>
        void undoing.run(async () => {
          await bridge.call('policy.change', { changes: previous, version: null });
          await refresh();
          toast({ text: 'Put back as it was' });
        });
      toast({ text: done, undo });
    });
  return { busy, failure, change };
}
