import type { ReactNode } from 'react';
import type { MarkedLine } from '../lib/diff-tree.ts';
import { countOf, formatCount } from '../lib/format.ts';
import { foldText, type TreeLine } from '../lib/lay-out-tree.ts';
import { RawText, RawValue } from './raw-text.tsx';

/** Deeper lines keep this indent, so that no nesting pushes values out of sight. */
const deepestIndent = 8;

interface JsonTreeProps {
  lines: readonly MarkedLine[];
  onExpand: (path: string) => void;
  /** Shows what is hidden; needed where lines may be. */
  onReveal?: () => void;
}

/** A JSON value as names and values, one a line; from `layOutTree`, or from `diffTrees` with the changes marked. */
export function JsonTree({ lines, onExpand, onReveal }: JsonTreeProps) {
  return (
    <dl className="tree">
      {lines.map((line) => (
        <div key={`${line.mark ?? ''} ${line.kind} ${line.path}`} className={`line ${line.mark ?? ''}`}>
          <dt style={{ paddingLeft: line.kind === 'more' ? 0 : 16 * Math.min(line.depth, deepestIndent) }}>
            {line.mark !== undefined && <ChangeMark mark={line.mark} />}
            {line.kind !== 'more' && <RawText text={line.name} />}
          </dt>
          <dd>
            {line.kind === 'more' && (
              <FoldButton onClick={() => onExpand(line.path)}>{formatCount(line.items)} more items, expand</FoldButton>
            )}
            {line.kind === 'group' && <span className="p">{line.note}</span>}
            {line.kind === 'leaf' && <LeafValue line={line} onExpand={onExpand} onReveal={onReveal} />}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Sign and word, so that colour is never the only sign of a change. */
export function ChangeMark({ mark }: { mark: 'added' | 'removed' }) {
  return (
    <span className="change-mark">
      <span aria-hidden="true">{mark === 'added' ? '+ ' : '− '}</span>
      <span className="sr">{mark} </span>
    </span>
  );
}

interface LeafValueProps {
  line: TreeLine & { kind: 'leaf' };
  onExpand: (path: string) => void;
  onReveal: (() => void) | undefined;
}

function LeafValue({ line, onExpand, onReveal }: LeafValueProps) {
  const { value, folded, path, hidden } = line;
  if (hidden !== undefined)
    return (
      <>
        <span className="t3">Looks secret, hidden: {countOf(hidden, 'character')}</span>{' '}
        {onReveal !== undefined && <FoldButton onClick={onReveal}>Reveal</FoldButton>}
      </>
    );
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
