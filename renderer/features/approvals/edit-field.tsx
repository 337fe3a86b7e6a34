import { useId, useState } from 'react';
import type { Json } from '../../lib/lay-out-tree.ts';
import { RawText } from '../../ui/raw-text.tsx';
import { fieldKind, parseField, showField } from './edit-draft.ts';

interface EditFieldProps {
  name: string;
  value: Json;
  /** `undefined`: what stands in the field is no value of its type. */
  onChange: (next: Json | undefined) => void;
}

const longestLine = 60;

/** One argument in a field of its type, which it keeps. */
export function EditField({ name, value, onChange }: EditFieldProps) {
  const [kind] = useState(() => fieldKind(value));
  const [text, setText] = useState(() => showField(value));
  // Once: a field that changed its kind while being typed into would lose the focus.
  const [isLong] = useState(() => kind === 'json' || text.length > longestLine || /[\r\n]/.test(text));
  const id = useId();
  const isBad = parseField(kind, text) === undefined;
  const change = (next: string) => {
    setText(next);
    onChange(parseField(kind, next));
  };
  return (
    <div className="edit-field">
      <label htmlFor={id} className="mono t3">
        <RawText text={name} />
      </label>
      {kind === 'flag' ? (
        <input
          id={id}
          type="checkbox"
          checked={text === 'true'}
          onChange={(event) => change(String(event.target.checked))}
        />
      ) : (
        <span className={isLong ? 'field area' : 'field'} data-mono>
          {isLong ? (
            <textarea
              id={id}
              rows={Math.min(8, Math.max(2, text.split('\n').length))}
              value={text}
              aria-invalid={isBad || undefined}
              spellCheck={false}
              onChange={(event) => change(event.target.value)}
            />
          ) : (
            <input
              id={id}
              value={text}
              aria-invalid={isBad || undefined}
              inputMode={kind === 'number' ? 'decimal' : 'text'}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => change(event.target.value)}
            />
          )}
        </span>
      )}
    </div>
  );
}
