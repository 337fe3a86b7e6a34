import { useMemo, useState } from 'react';
import { diffLines } from '../../lib/diff-lines.ts';
import type { Json } from '../../lib/lay-out-tree.ts';
import { ChangeMark } from '../../ui/json-tree.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { type FileEdit, findFileEdits } from './find-file-edits.ts';

/** Lines shown before the rest is folded; the same text stands whole among the arguments. */
const shownLines = 40;

/** An edit of a file, line by line, beside the arguments that say it. */
export function FileEdits({ value }: { value: Json }) {
  const edits = useMemo(() => findFileEdits(value), [value]);
  if (edits.length === 0) return null;
  return (
    <section className="well" aria-label="The change, line by line">
      <div className="lab">The change, line by line</div>
      {edits.map((edit) => (
        <EditLines key={edit.label} edit={edit} />
      ))}
    </section>
  );
}

function EditLines({ edit }: { edit: FileEdit }) {
  const [isWhole, setWhole] = useState(false);
  const lines = useMemo(() => numbered(diffLines(edit.before, edit.after)), [edit]);
  const shown = isWhole ? lines : lines.slice(0, shownLines);
  return (
    <>
      {edit.label !== '' && <p className="t3 f12 mono">{edit.label}</p>}
      <ul className="line-diff">
        {shown.map(({ at, mark, text }) => (
          <li key={at} className={mark}>
            {mark === 'same' ? <span className="change-mark"> </span> : <ChangeMark mark={mark} />}
            <RawText text={text} />
          </li>
        ))}
      </ul>
      {shown.length < lines.length && (
        <button type="button" className="lnk f12" onClick={() => setWhole(true)}>
          {lines.length - shown.length} more lines, expand
        </button>
      )}
    </>
  );
}

function numbered<T extends object>(items: readonly T[]): (T & { at: number })[] {
  return items.map((item, at) => ({ ...item, at }));
}
