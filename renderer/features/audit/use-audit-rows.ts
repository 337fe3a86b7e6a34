import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { AuditEntry, AuditFilter } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';

export const pageSize = 100;
/** A browser draws no list that is higher than about 33 million pixels. */
const mostRows = 1_000_000;
const forEver = Number.POSITIVE_INFINITY;

export interface AuditRows {
  /** Rows the list has, as far as is known; entries beyond the first page are counted by the engine. */
  total: number;
  /** The number of entries is known. */
  isCounted: boolean;
  /** There are more than a list can show. */
  isCut: boolean;
  /** The newest row of the log these entries were read from. */
  through: number | null;
  entryAt: (index: number) => AuditEntry | undefined;
  isLoading: boolean;
  failure: { message: string; fix: string } | null;
  retry: () => void;
}

/**
 * The entries that fit, of which only the pages in sight are read: the first by itself, the others by the marks that
 * come with the count. `refresh` reads the list anew from the head of the log; until then it stands still.
 */
export function useAuditRows(filter: AuditFilter, refresh: number, firstPage: number, lastPage: number): AuditRows {
  const bridge = useBridge();
  const epoch = useEngineStore((state) => state.epoch);
  const key = [epoch, filter, refresh] as const;
  const first = useQuery({
    queryKey: ['audit.page', ...key],
    queryFn: () => bridge.call('audit.page', { filter, through: null, before: null, limit: pageSize }),
    staleTime: forEver,
    placeholderData: keepPreviousData,
  });
  const through = first.isPlaceholderData ? null : (first.data?.through ?? null);
  const count = useQuery({
    queryKey: ['audit.count', ...key, through],
    queryFn: () => bridge.call('audit.count', { filter, through, pageSize }),
    enabled: through !== null && first.data?.more === true,
    staleTime: forEver,
  });
  const marks = count.data?.marks;
  const wanted = useMemo(() => {
    const indexes: number[] = [];
    for (let page = Math.max(1, firstPage); page <= lastPage; page += 1) indexes.push(page);
    return indexes;
  }, [firstPage, lastPage]);
  const pages = useQueries({
    queries: wanted.map((page) => {
      const before = marks?.[page - 1];
      return {
        queryKey: ['audit.page', ...key, through, before],
        queryFn: () => bridge.call('audit.page', { filter, through, before: before ?? null, limit: pageSize }),
        enabled: before !== undefined,
        staleTime: forEver,
        // a list that was scrolled through is not kept
        gcTime: 60_000,
      };
    }),
  });
  const firstEntries = first.data?.entries ?? [];
  const known = count.data?.total ?? firstEntries.length;
  const failed = [first, count, ...pages].find((query) => query.isError);
  return {
    total: Math.min(known, mostRows),
    isCounted: first.data !== undefined && !first.isPlaceholderData && (!first.data.more || count.data !== undefined),
    isCut: known > mostRows,
    through,
    entryAt(index) {
      const page = Math.floor(index / pageSize);
      const entries = page === 0 ? firstEntries : pages[wanted.indexOf(page)]?.data?.entries;
      return entries?.[index % pageSize];
    },
    isLoading: first.isPending,
    failure: failed === undefined ? null : explainError(failed.error),
    retry: () => void failed?.refetch(),
  };
}
