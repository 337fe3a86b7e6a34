import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useRef } from 'react';
import { useNow } from '../../lib/use-now.ts';
import { AuditRow, rowIdOf } from './audit-row.tsx';
import type { AuditRows } from './use-audit-rows.ts';

const rowHeight = 32;
const headHeight = 28;
const titles = ['Time', 'Outcome', 'Who', 'Server', 'Event', 'On', 'Because'] as const;
/** Days and times are written against this, which need not be more exact. Milliseconds. */
const nowEveryMs = 60_000;

/** A table whose rows are walked by the arrow keys is, in ARIA's words, a grid. */
function gridProps(activeRow: string | undefined) {
  return { role: 'grid', tabIndex: 0, 'aria-activedescendant': activeRow } as const;
}

interface AuditListProps {
  rows: AuditRows;
  selected: { index: number; seq: number } | null;
  onSelect: (index: number) => void;
  /** The first and the last row in sight. */
  onRange: (first: number, last: number) => void;
  ruleNames: ReadonlyMap<string, string>;
}

/** A grid over any number of entries, of which only those in sight are read and drawn. */
export function AuditList({ rows, selected, onSelect, onRange, ruleNames }: AuditListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const now = useNow(nowEveryMs);
  const virtual = useVirtualizer({
    count: rows.total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onRange(first, last), [first, last, onRange]);
  useEffect(() => {
    if (selected !== null) virtual.scrollToIndex(selected.index, { align: 'auto' });
  }, [selected, virtual]);
  useRowClicks(scroller, onSelect);
  return (
    <div ref={scroller} className="pane grid live-grid audit-grid">
      <table
        {...gridProps(selected === null ? undefined : rowIdOf(selected.seq))}
        className="live-table"
        aria-label="Entries"
        aria-rowcount={rows.total + 1}
      >
        <thead>
          <tr className="hd" aria-rowindex={1}>
            {titles.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="live-rows" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const entry = rows.entryAt(index);
            return (
              <AuditRow
                key={index}
                entry={entry}
                rowIndex={index + 2}
                top={start - headHeight}
                isSelected={entry !== undefined && entry.seq === selected?.seq}
                ruleName={entry?.ruleId == null ? null : (ruleNames.get(entry.ruleId) ?? null)}
                now={now}
              />
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** A click anywhere in a row selects it; the keyboard moves through the grid as a whole. */
function useRowClicks(scroller: RefObject<HTMLElement | null>, onSelect: (index: number) => void): void {
  const latest = useRef(onSelect);
  useEffect(() => {
    latest.current = onSelect;
  });
  useEffect(() => {
    const element = scroller.current;
    const onClick = ({ target }: MouseEvent) => {
      const row = target instanceof Element ? target.closest('tr[data-entry]') : null;
      if (row !== null) latest.current(Number(row.getAttribute('aria-rowindex')) - 2);
    };
    element?.addEventListener('click', onClick);
    return () => element?.removeEventListener('click', onClick);
  }, [scroller]);
}
