import { type ReactNode, useId } from 'react';
import './option-list.css';

export interface ListOption<T extends string> {
  value: T;
  label: string;
  /** A word beside the label, e.g. `recommended`. */
  note?: string;
  /** What choosing it means. */
  detail: ReactNode;
}

interface OptionListProps<T extends string> {
  label: string;
  value: T;
  options: readonly ListOption<T>[];
  onChange: (value: T) => void;
}

/** A few choices with a sentence each, one below the other. */
export function OptionList<T extends string>({ label, value, options, onChange }: OptionListProps<T>) {
  const group = useId();
  return (
    <fieldset className="opts">
      <legend className="fld-label">{label}</legend>
      {options.map((option) => (
        <label key={option.value} className="opt" data-checked={option.value === value || undefined}>
          <input type="radio" name={group} checked={option.value === value} onChange={() => onChange(option.value)} />
          <span>
            <b>{option.label}</b> {option.note !== undefined && <span className="t3 f12">{option.note}</span>}
            <span className="opt-detail">{option.detail}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
