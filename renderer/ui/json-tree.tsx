import type { ReactNode } from 'react';
import { formatCount } from '../lib/format.ts';
import { foldText, type TreeLine } from '../lib/lay-out-tree.ts';
import { RawText, RawValue } from './raw-text.tsx';

/** Deeper lines keep this indent, so that no nesting pushes values out of sight. */
const deepestIndent = 8;

/** A JSON value as names and values, one a line; from `layOutTree`. */
export function JsonTree({ lines, onExpand }: { lines: readonly TreeLine[]; onExpand: (path: string) => void }) {
  return (
    <dl className="tree">
      {lines.map((line) =>
        line.kind === 'more' ? (
          <div key={`${line.path} more`} className="line">
            <dt />
            <dd>
              <FoldButton onClick={() => onExpand(line.path)}>{formatCount(line.items)} more items, expand</FoldButton>
            </dd>
          </div>
        ) : (
          <div key={line.path} className="line">
            <dt style={{ paddingLeft: 16 * Math.min(line.depth, deepestIndent) }}>
              <RawText text={line.name} />
            </dt>
            <dd>
              {line.kind === 'group' ? (
                <span className="p">{line.note}</span>
              ) : (
                <LeafValue line={line} onExpand={onExpand} />
              )}
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}

function LeafValue({ line, onExpand }: { line: TreeLine & { kind: 'leaf' }; onExpand: (path: string) => void }) {
  const { value, folded, path } = line;
  if (typeof value !== 'string') return <>{String(value)}</>;
  return (
    <>
      "<RawValue text={folded > 0 ? foldText(value) : value} />
      {folded > 0 ? (
        <>
          … <FoldButton onClick={() => onExpand(path)}>{formatCount(folded)} more characters, expand</FoldButton>
        </>
      ) : (
        '"'
      )}
    </>
  );
}

function FoldButton({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" className="lnk fold" onClick={onClick}>
      {children}
    </button>
  );
}
