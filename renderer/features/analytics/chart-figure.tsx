import { type ReactNode, useId, useState } from 'react';
import { Link } from 'wouter';

export interface Cell {
  text: string;
  /** The entries behind the number. */
  href?: string;
}

export interface ChartTable {
  titles: readonly string[];
  /** The first cell names the row; the others are numbers. */
  rows: readonly { key: string; cells: readonly Cell[] }[];
}

interface ChartFigureProps {
  title: string;
  /** What stands beside the title: a legend, a unit. */
  note?: ReactNode;
  /** Said where there is nothing to draw. */
  none: string;
  table: ChartTable;
  children: ReactNode;
}

/** One chart with its title, and the same numbers as a table. */
export function ChartFigure({ title, note, none, table, children }: ChartFigureProps) {
  const [isTable, setTable] = useState(false);
  const id = useId();
  const isEmpty = table.rows.length === 0;
  return (
    <figure className="chart" aria-labelledby={id}>
      <figcaption>
        <h2 id={id}>{title}</h2>
        <span className="t3 f12 chart-note">{note}</span>
        <span className="grow" />
        {!isEmpty && (
          <button type="button" className="lnk f12" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
            {isTable ? 'View as chart' : 'View as table'}
          </button>
        )}
      </figcaption>
      {isEmpty && <p className="t3">{none}</p>}
      {!isEmpty && (isTable ? <NumberTable title={title} table={table} /> : children)}
    </figure>
  );
}

function NumberTable({ title, table: { titles, rows } }: { title: string; table: ChartTable }) {
  return (
    <div className="chart-scroll">
      <table className="chart-table" aria-label={title}>
        <thead>
          <tr>
            {titles.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells: [head, ...cells] }) => (
            <tr key={key}>
              <th scope="row">{head && <CellText cell={head} />}</th>
              {cells.map((cell, index) => (
                <td key={titles[index + 1]}>
                  <CellText cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CellText({ cell: { text, href } }: { cell: Cell }) {
  return href === undefined ? text : <Link href={href}>{text}</Link>;
}
