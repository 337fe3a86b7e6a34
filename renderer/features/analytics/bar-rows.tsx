import type { ReactNode } from 'react';
import { Link } from 'wouter';

export interface BarRow {
  key: string;
  name: ReactNode;
  /** The row in words, as a tooltip. */
  label: string;
  /** Parts of the bar from the left, each with the class of its colour. */
  parts: readonly { value: number; className: string }[];
  text: string;
  href?: string;
}

/** Bars under each other, each a way to what it counts. */
export function BarRows({ rows }: { rows: readonly BarRow[] }) {
  const most = Math.max(1, ...rows.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0)));
  return (
    <ul className="bars">
      {rows.map((row) => (
        <li key={row.key}>
          {row.href === undefined ? (
            <div className="bar-row">
              <BarContent row={row} most={most} />
            </div>
          ) : (
            <Link href={row.href} className="bar-row" title={row.label}>
              <BarContent row={row} most={most} />
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}

function BarContent({ row: { name, parts, text }, most }: { row: BarRow; most: number }) {
  return (
    <>
      <span className="cut bar-name">{name}</span>
      <svg className="bar-svg" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
        {parts.map(({ value, className }, index) => {
          const before = parts.slice(0, index).reduce((sum, part) => sum + part.value, 0);
          return (
            <rect
              key={className}
              x={(before / most) * 100}
              width={(value / most) * 100}
              height="12"
              className={className}
            />
          );
        })}
      </svg>
      <span className="t3 num">{text}</span>
    </>
  );
}
