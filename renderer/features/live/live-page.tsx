import { type ComponentProps, useCallback, useMemo, useRef, useState } from 'react';
import { useLocation, useParams } from 'wouter';
import { Banners } from '../../frame/banners.tsx';
import { type FilterKey, type FilterToken, parseFilter, writeFilter } from '../../lib/call-filter.ts';
import { formatCount } from '../../lib/format.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { KeyHint } from '../../ui/key-hint.tsx';
import { LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { useReview } from '../approvals/use-review.ts';
import { AgentMenu } from './agent-menu.tsx';
import { CallPane } from './call-pane.tsx';
import { FilterField } from './filter-field.tsx';
import { LiveEmpty } from './live-empty.tsx';
import { LiveFoot } from './live-foot.tsx';
import { LiveList } from './live-list.tsx';
import { LiveSummary } from './live-summary.tsx';
import { suggestFilter } from './suggest-filter.ts';
import { useListKeys } from './use-list-keys.ts';
import { type LiveRows, useLiveRows } from './use-live-rows.ts';
import { useOlderCalls } from './use-older-calls.ts';
import './live.css';

/** Live: every call as it happens. Route `/live/:filter?`, so that a filter can be linked to. */
export function LivePage() {
  const { tokens, setTokens } = useFilterTokens();
  const [draft, setDraft] = useState('');
  const active = useMemo(() => [...tokens, ...parseFilter(draft)], [tokens, draft]);
  const older = useOlderCalls();
  const live = useLiveRows(active, older.calls);
  const filterInput = useRef<HTMLInputElement>(null);
  const phase = useEngineStore((state) => state.phase);
  const hasCalls = useEngineStore((state) => state.calls.length > 0) || older.calls.length > 0;
  const isEmpty = !hasCalls && !older.isLoading;
  const { selectedId, select, setSelectedId } = useSelection(live, () => filterInput.current?.focus());
  return (
    <>
      <header className="bar">
        <h1>Live</h1>
        <LiveFilter input={filterInput} tokens={tokens} onTokens={setTokens} draft={draft} onDraft={setDraft} />
        <AgentMenu tokens={tokens} onTokens={setTokens} />
        <Button
          icon={live.isFollowing ? 'pause' : 'play'}
          title={live.isFollowing ? 'Hold the list still' : 'Show new calls as they come'}
          onClick={live.isFollowing ? live.pause : live.follow}
        >
          {live.isFollowing ? 'Pause' : 'Follow'}
        </Button>
      </header>
      <Banners />
      {(phase === 'loading' || (phase === 'ready' && !hasCalls && !isEmpty)) && <Skeleton label="Loading calls" />}
      {phase === 'failed' && <LiveFailed />}
      {phase === 'ready' && isEmpty && (
        <div className="body">
          <LiveEmpty />
        </div>
      )}
      {phase === 'ready' && hasCalls && (
        <>
          <div className="body live-body">
            <div className="live-main">
              <LiveList
                rows={live.rows}
                older={older}
                selectedId={selectedId}
                isFollowing={live.isFollowing}
                onSelect={select}
                onScrollAway={live.pause}
              />
              {live.newCount > 0 && (
                <button type="button" className="btn newpill" onClick={live.follow}>
                  {formatCount(live.newCount)} new {live.newCount === 1 ? 'call' : 'calls'} <KeyHint keys="End" />
                </button>
              )}
            </div>
            {selectedId !== null && <CallPane key={selectedId} id={selectedId} onClose={() => setSelectedId(null)} />}
          </div>
          <LiveFoot rows={live.rows} />
        </>
      )}
      <LiveSummary />
    </>
  );
}

type LiveFilterProps = Pick<
  ComponentProps<typeof FilterField<FilterKey>>,
  'input' | 'tokens' | 'onTokens' | 'draft' | 'onDraft'
>;

function LiveFilter(props: LiveFilterProps) {
  const agents = useEngineStore((state) => state.agents);
  const servers = useEngineStore((state) => state.servers);
  const calls = useEngineStore((state) => state.calls);
  const suggest = useCallback(
    (draft: string) => suggestFilter(draft, { agents, servers, calls }),
    [agents, servers, calls],
  );
  return (
    <FilterField
      {...props}
      label="Filter calls"
      placeholder="Filter by agent, server, tool, outcome or text"
      parse={parseFilter}
      suggest={suggest}
    />
  );
}

function LiveFailed() {
  const failure = useEngineStore((state) => state.failure);
  return (
    <LoadError
      title="The calls could not be loaded"
      detail={`${failure?.message ?? ''} ${failure?.fix ?? ''}`}
      stillWorks="The engine goes on deciding and recording by itself."
      onRetry={() => window.location.reload()}
    />
  );
}

/** The finished tokens live in the address, so that a link or a reload brings them back. */
function useFilterTokens(): { tokens: FilterToken[]; setTokens: (tokens: FilterToken[]) => void } {
  const { filter = '' } = useParams<{ filter?: string }>();
  const [, navigate] = useLocation();
  const tokens = useMemo(() => parseFilter(decode(filter)), [filter]);
  const setTokens = (next: FilterToken[]) => {
    const text = encodeURIComponent(writeFilter(next));
    navigate(text === '' ? '/live' : `/live/${text}`, { replace: true });
  };
  return { tokens, setTokens };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function useSelection(live: LiveRows, focusFilter: () => void) {
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const review = useReview();
  const select = (id: string) => {
    live.pause();
    setSelectedId(id);
  };
  const index = live.rows.findIndex((call) => call.id === selectedId);
  useListKeys({
    move: (by) => {
      const next = live.rows[index === -1 ? 0 : Math.min(live.rows.length - 1, Math.max(0, index + by))];
      if (next !== undefined) select(next.id);
    },
    open: () => {
      const approvalId = live.rows[index]?.approvalId ?? null;
      if (approvalId !== null && live.rows[index]?.status === 'awaiting_approval') review(approvalId);
      else document.querySelector<HTMLElement>('.detail [role=tab][aria-selected=true]')?.focus();
    },
    close: () => setSelectedId(null),
    follow: live.follow,
    filter: focusFilter,
  });
  return { selectedId, select, setSelectedId };
}
