import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { CallView } from '../../../electron/shared/index.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';

const pageSize = 200;

export interface OlderCalls {
  calls: CallView[];
  /** False when the log holds no more than what is shown. */
  hasMore: boolean;
  /** False until it is known whether the log holds more. */
  isKnown: boolean;
  isLoading: boolean;
  failure: unknown;
  load: () => void;
}

interface Position {
  at: number;
  id: string;
}

/** Calls from the audit log that this window does not hold, page by page, once asked for. */
export function useOlderCalls(): OlderCalls {
  const bridge = useBridge();
  const last = useEngineStore((state) => state.calls.at(-1));
  const epoch = useEngineStore((state) => state.epoch);
  const isReady = useEngineStore((state) => state.phase === 'ready');
  // `undefined`: not asked for yet; `null`: from the newest in the log.
  const [from, setFrom] = useState<Position | null | undefined>(undefined);
  const query = useInfiniteQuery({
    queryKey: ['calls.older', epoch, from?.id],
    enabled: from !== undefined,
    initialPageParam: from ?? null,
    queryFn: ({ pageParam }) => bridge.call('calls.older', { before: pageParam, limit: pageSize }),
    getNextPageParam: (page): Position | null => {
      const oldest = page.calls.at(-1);
      return page.more && oldest !== undefined ? { at: oldest.at, id: oldest.id } : null;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  const before = last === undefined ? null : { at: last.at, id: last.id };
  // Whether there is anything to offer, before anybody asks for it.
  const probe = useQuery({
    queryKey: ['calls.older', 'any', epoch, before?.id],
    enabled: isReady && from === undefined && before !== null,
    queryFn: () => bridge.call('calls.older', { before, limit: 1 }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  // Calls pushed out of this window's memory would be missing between the list and the first page: begin again there.
  if (from && last !== undefined && last.at > from.at) setFrom({ at: last.at, id: last.id });
  // Nothing has happened since the engine started: show what happened before.
  if (isReady && last === undefined && from === undefined) setFrom(null);

  const pages = query.data?.pages;
  const calls = useMemo(() => pages?.flatMap((page) => page.calls) ?? [], [pages]);
  return {
    calls,
    hasMore:
      from === undefined ? probe.isError || (probe.data?.calls.length ?? 0) > 0 : query.hasNextPage || query.isError,
    isKnown: from !== undefined || !probe.isPending,
    isLoading: query.isFetching,
    failure: query.error,
    load: () => {
      if (query.isFetching) return;
      if (from === undefined) setFrom(before);
      else if (query.isError && query.data === undefined) void query.refetch();
      else void query.fetchNextPage();
    },
  };
}
