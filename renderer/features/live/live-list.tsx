import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useRef } from 'react';
import { Link } from 'wouter';
import type { CallView } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { auditLink } from '../../lib/audit-link.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { selectIsInStep } from '../../state/selectors.ts';
import { Button } from '../../ui/button.tsx';
import { useReview } from '../approvals/use-review.ts';
import { LiveRow } from './live-row.tsx';
import type { OlderCalls } from './use-older-calls.ts';

const rowHeight = 32;
const headHeight = 28;
/** A table whose rows are walked by the arrow keys is, in ARIA's words, a grid. */
function gridProps(activeRow: string | undefined) {
  return { role: 'grid', tabIndex: 0, 'aria-activedescendant': activeRow } as const;
}
const titles = ['Time', 'Outcome', 'Agent', 'Server', 'Tool', 'On', 'Took'] as const;

interface LiveListProps {
  rows: readonly CallView[];
  older: OlderCalls;
  selectedId: string | null;
  isFollowing: boolean;
  onSelect: (id: string) => void;
  /** The person scrolled away from the newest call. */
  onScrollAway: () => void;
}

/** The id of a call's row in the page. */
export function rowIdOf(callId: string): string {
  return `call-${callId}`;
}

/** A grid of which only the visible rows are drawn. */
export function LiveList({ rows, older, selectedId, isFollowing, onSelect, onScrollAway }: LiveListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const isHeld = !useEngineStore(selectIsInStep);
  const review = useReview();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.id ?? index,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    overscan: 12,
  });

  useEffect(() => {
    if (isFollowing) scroller.current?.scrollTo({ top: 0 });
  }, [isFollowing]);
  const selectedIndex = selectedId === null ? -1 : rows.findIndex((call) => call.id === selectedId);
  const newestIndex = useRef(selectedIndex);
  useEffect(() => {
    newestIndex.current = selectedIndex;
  }, [selectedIndex]);
  useEffect(() => {
    // Only when another row is chosen: rows that come in above must not pull the list along.
    if (selectedId !== null && newestIndex.current >= 0) virtual.scrollToIndex(newestIndex.current, { align: 'auto' });
  }, [selectedId, virtual]);
  useRowClicks(scroller, onSelect);

  return (
    <div
      ref={scroller}
      className="pane grid live-grid"
      onScroll={(event) => {
        if (isFollowing && event.currentTarget.scrollTop > rowHeight / 2) onScrollAway();
      }}
    >
      <table
        {...gridProps(selectedIndex >= 0 && selectedId !== null ? rowIdOf(selectedId) : undefined)}
        className="live-table"
        aria-label="Calls"
        aria-rowcount={rows.length + 1}
      >
        <thead>
          <tr className="hd" aria-rowindex={1}>
            {titles.map((title) => (
              <th key={title} scope="col" className={title === 'Took' ? 'num' : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="live-rows" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const call = rows[index];
            return call === undefined ? null : (
              <LiveRow
                key={call.id}
                call={call}
                rowId={rowIdOf(call.id)}
                rowIndex={index + 2}
                top={start - headHeight}
                isSelected={call.id === selectedId}
                isHeld={isHeld}
                onReview={review}
              />
            );
          })}
        </tbody>
      </table>
      <ListEnd older={older} hasRows={rows.length > 0} />
    </div>
  );
}

/** A click anywhere in a row but on its button selects it; the keyboard moves through the grid as a whole. */
function useRowClicks(scroller: RefObject<HTMLElement | null>, onSelect: (id: string) => void): void {
  const latest = useRef(onSelect);
  useEffect(() => {
    latest.current = onSelect;
  });
  useEffect(() => {
    const element = scroller.current;
    const onClick = ({ target }: MouseEvent) => {
      if (!(target instanceof Element) || target.closest('button') !== null) return;
      const row = target.closest<HTMLElement>('tr[data-call]');
      if (row?.dataset.call !== undefined) latest.current(row.dataset.call);
    };
    element?.addEventListener('click', onClick);
    return () => element?.removeEventListener('click', onClick);
  }, [scroller]);
}

function ListEnd({ older, hasRows }: { older: OlderCalls; hasRows: boolean }) {
  const { hasMore, isKnown, isLoading, failure, load } = older;
  return (
    <div className="grp">
      {!hasRows && <span>No call fits the filter.</span>}
      {failure !== null && <span role="alert">{explainError(failure).message}</span>}
      {hasMore ? (
        <Button small busy={isLoading} onClick={load}>
          {failure === null ? 'Older calls' : 'Try again'}
        </Button>
      ) : (
        isKnown && <span>These are all calls in the log.</span>
      )}
      <Link href={auditLink([{ key: 'event', value: 'call.' }])}>Older in Audit</Link>
    </div>
  );
}
