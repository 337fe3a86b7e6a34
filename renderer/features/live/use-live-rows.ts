import { useMemo, useState } from 'react';
import type { CallView } from '../../../electron/shared/index.ts';
import { type FilterToken, matchesFilter } from '../../lib/call-filter.ts';
import { useEngineStore } from '../../state/engine-context.tsx';

export interface LiveRows {
  /** What the list shows, newest first; older calls that were loaded come last. */
  rows: CallView[];
  /** Calls that came since the list was paused and fit the filter. */
  newCount: number;
  isFollowing: boolean;
  pause: () => void;
  follow: () => void;
}

/**
 * The calls to show. A paused list begins at the call that was newest then, so that nothing moves under the pointer;
 * rows still settle in place.
 */
export function useLiveRows(tokens: readonly FilterToken[], older: readonly CallView[]): LiveRows {
  const calls = useEngineStore((state) => state.calls);
  const [anchorId, setAnchorId] = useState<string | null>(null);
  const found = anchorId === null ? -1 : calls.findIndex((call) => call.id === anchorId);
  const start = Math.max(0, found);

  const rows = useMemo(() => {
    const known = new Set(calls.map((call) => call.id));
    const all = [...calls.slice(start), ...older.filter((call) => !known.has(call.id))];
    return tokens.length === 0 ? all : all.filter((call) => matchesFilter(call, tokens));
  }, [calls, start, older, tokens]);
  const newCount = useMemo(
    () => calls.slice(0, start).filter((call) => matchesFilter(call, tokens)).length,
    [calls, start, tokens],
  );

  return {
    rows,
    newCount,
    isFollowing: found === -1,
    pause: () => setAnchorId((before) => (found === -1 ? (calls[0]?.id ?? null) : before)),
    follow: () => setAnchorId(null),
  };
}
