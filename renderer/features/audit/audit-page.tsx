import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useRoute } from 'wouter';
import type { AuditOverview } from '../../../electron/shared/index.ts';
import { Banners } from '../../frame/banners.tsx';
import { formatCount } from '../../lib/format.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState, LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { FilterField } from '../live/filter-field.tsx';
import { useListKeys } from '../live/use-list-keys.ts';
import { usePolicy } from '../policy/use-policy.ts';
import { AuditList } from './audit-list.tsx';
import { AuditMenu } from './audit-menu.tsx';
import { parseAuditQuery } from './audit-query.ts';
import { ChainBand } from './chain-band.tsx';
import { EntryPane } from './entry-pane.tsx';
import { countEntries } from './entry-words.ts';
import { ExportMenu } from './export-menu.tsx';
import { SavedSearches } from './saved-searches.tsx';
import { type AuditQuery, useAuditQuery } from './use-audit-query.ts';
import { type AuditRows, pageSize, useAuditRows } from './use-audit-rows.ts';
import { useAuditSuggestions } from './use-audit-suggestions.ts';
import '../live/live.css';
import './audit.css';

/** How often it is looked whether the log has grown. Milliseconds. */
const overviewEveryMs = 5_000;

/** Audit: every entry of the log, to filter, look into, prove and export. */
export function AuditPage() {
  const [refresh, setRefresh] = useState({ count: 0, at: Date.now() });
  const query = useAuditQuery(refresh.at);
  const [range, setRange] = useState({ first: 0, last: 0 });
  const rows = useAuditRows(
    query.filter,
    refresh.count,
    Math.floor(range.first / pageSize),
    Math.floor(range.last / pageSize),
  );
  const overview = useOverview();
  const input = useRef<HTMLInputElement>(null);
  const onRange = useCallback(
    (first: number, last: number) =>
      setRange((before) => (before.first === first && before.last === last ? before : { first, last })),
    [],
  );
  const update = useCallback(() => setRefresh(({ count }) => ({ count: count + 1, at: Date.now() })), []);
  return (
    <>
      <AuditBar query={query} rows={rows} overview={overview} input={input} />
      <Banners />
      <ChainBand overview={overview} />
      <AuditBody
        key={JSON.stringify([query.filter, refresh.count])}
        {...{ query, rows, overview, onRange, update }}
        focusFilter={() => input.current?.focus()}
      />
    </>
  );
}

function useOverview(): AuditOverview | undefined {
  const bridge = useBridge();
  const epoch = useEngineStore((state) => state.epoch);
  const { data } = useQuery({
    queryKey: ['audit.overview', epoch],
    queryFn: () => bridge.call('audit.overview', {}),
    refetchInterval: overviewEveryMs,
  });
  return data;
}

interface BarProps {
  query: AuditQuery;
  rows: AuditRows;
  overview: AuditOverview | undefined;
  input: React.RefObject<HTMLInputElement | null>;
}

function AuditBar({ query, rows, overview, input }: BarProps) {
  const { tokens, setTokens, draft, setDraft, filter } = query;
  const suggest = useAuditSuggestions(draft);
  return (
    <header className="bar">
      <h1>Audit</h1>
      <FilterField
        input={input}
        label="Filter entries"
        placeholder="Filter by agent, server, tool, outcome, rule, time or words"
        parse={parseAuditQuery}
        suggest={suggest}
        tokens={tokens}
        onTokens={setTokens}
        draft={draft}
        onDraft={setDraft}
      />
      <SavedSearches saved={overview?.saved ?? []} query={query} />
      <ExportMenu filter={filter} through={rows.through} total={rows.isCounted ? rows.total : null} />
      <AuditMenu overview={overview} />
    </header>
  );
}

interface BodyProps {
  query: AuditQuery;
  rows: AuditRows;
  overview: AuditOverview | undefined;
  onRange: (first: number, last: number) => void;
  update: () => void;
  focusFilter: () => void;
}

function AuditBody({ query, rows, overview, onRange, update, focusFilter }: BodyProps) {
  const selection = useSelection(rows, focusFilter, update);
  const policy = usePolicy();
  const ruleNames = useMemo(() => {
    const rules = policy.data?.rules.map(({ rule }) => rule) ?? [];
    const never = policy.data?.never.map(({ entry }) => entry) ?? [];
    return new Map([...rules, ...never].map(({ id, name }) => [id, name]));
  }, [policy.data]);
  if (rows.isLoading) return <Skeleton label="Loading entries" />;
  if (rows.failure !== null && rows.total === 0) {
    return (
      <LoadError
        title="The log could not be read"
        detail={`${rows.failure.message} ${rows.failure.fix}`.trim()}
        stillWorks="Calls are still decided and written down."
        onRetry={rows.retry}
      />
    );
  }
  const { shown } = selection;
  const newer = overview === undefined || rows.through === null ? 0 : overview.headSeq - rows.through;
  return (
    <>
      <div className="body live-body">
        <div className="live-main">
          {rows.total === 0 ? (
            <NothingFits query={query} />
          ) : (
            <AuditList
              rows={rows}
              selected={selection.selected}
              onSelect={selection.select}
              onRange={onRange}
              ruleNames={ruleNames}
            />
          )}
          {newer > 0 && (
            <button type="button" className="btn newpill" onClick={update}>
              {formatCount(newer)} newer in the log
            </button>
          )}
        </div>
        {shown !== null && (
          <EntryPane key={shown} seq={shown} ruleNames={ruleNames} onShow={selection.show} onClose={selection.close} />
        )}
      </div>
      <AuditFoot rows={rows} query={query} overview={overview} />
    </>
  );
}

/** What is chosen in the list, and what the pane shows: another row of the same call can be looked at from there. */
function useSelection(rows: AuditRows, focusFilter: () => void, update: () => void) {
  const [selected, setSelected] = useState<{ index: number; seq: number } | null>(null);
  const [shown, setShown] = useState<number | null>(null);
  const select = (index: number) => {
    const entry = rows.entryAt(index);
    if (entry === undefined) return;
    setSelected({ index, seq: entry.seq });
    setShown(entry.seq);
  };
  const close = () => {
    setSelected(null);
    setShown(null);
  };
  useListKeys({
    move: (by) => select(selected === null ? 0 : Math.min(rows.total - 1, Math.max(0, selected.index + by))),
    open: () => document.querySelector<HTMLElement>('.detail [role=tab][aria-selected=true]')?.focus(),
    close,
    follow: update,
    filter: focusFilter,
  });
  return { selected, shown, select, show: setShown, close };
}

function NothingFits({ query }: { query: AuditQuery }) {
  const [isWithQuery] = useRoute('/audit/:query');
  if (!query.hasFilter) {
    return (
      <EmptyState title="Nothing is in the log yet">
        Every call of an agent and every change stands here from the moment it happens.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="No entry fits the filter"
      action={
        isWithQuery && (
          <Button
            onClick={() => {
              query.setDraft('');
              query.setTokens([]);
            }}
          >
            Clear the filter
          </Button>
        )
      }
    >
      Words are found whole; a star at the end finds what begins with them.
    </EmptyState>
  );
}

function AuditFoot({ rows, query, overview }: Pick<BodyProps, 'rows' | 'query' | 'overview'>) {
  const known = overview === undefined ? 0 : overview.headSeq - overview.unread;
  const unread = overview === undefined || rows.through === null ? 0 : Math.max(0, rows.through - known);
  return (
    <footer className="foot">
      <span role="status">
        {rows.isCounted ? `${countEntries(rows.total)}${query.hasFilter ? ' that fit' : ''}` : 'Counting…'}
      </span>
      {rows.isCut && <span>The newest million are listed. Filter by time for older ones.</span>}
      {unread > 0 && <span>{formatCount(unread)} of the newest rows are not in this list yet</span>}
      {overview?.indexProblem != null && <span role="alert">The index stands still: {overview.indexProblem}</span>}
      {rows.failure !== null && (
        <button type="button" className="lnk" onClick={rows.retry}>
          Some entries could not be read. Try again
        </button>
      )}
      <span className="grow" />
      <span>
        <kbd>j</kbd> <kbd>k</kbd> move
      </span>
    </footer>
  );
}
