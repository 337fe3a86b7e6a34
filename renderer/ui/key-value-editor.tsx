import { useId } from 'react';
import { Button, IconButton } from './button.tsx';
import { TextField } from './field.tsx';

/** One pair being edited; `id` keeps the row's focus while its name changes. */
export interface KeyValueRow {
  id: string;
  name: string;
  value: string;
}

interface KeyValueEditorProps {
  /** What a pair is: `Variable`, `Header`. */
  noun: string;
  legend: string;
  hint: string;
  rows: readonly KeyValueRow[];
  onChange: (rows: KeyValueRow[]) => void;
  /** What is wrong with a row; by the row's id. */
  errors: Readonly<Record<string, { name?: string; value?: string }>>;
  disabled?: boolean;
}

/** Pairs of names and values: environment variables, headers. */
export function KeyValueEditor({ noun, legend, hint, rows, onChange, errors, disabled = false }: KeyValueEditorProps) {
  const hintId = useId();
  const change = (id: string, part: Partial<KeyValueRow>): void => {
    onChange(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  };
  const add = (): void => onChange([...rows, { id: crypto.randomUUID(), name: '', value: '' }]);
  return (
    <fieldset className="kve" aria-describedby={hintId} disabled={disabled}>
      <legend className="fld-label">{legend}</legend>
      {rows.map((row, index) => (
        <div key={row.id} className="kve-row">
          <TextField
            label={`${noun} ${index + 1}, name`}
            hideLabel
            mono
            placeholder="Name"
            value={row.name}
            error={errors[row.id]?.name ?? null}
            onChange={(name) => change(row.id, { name })}
          />
          <TextField
            label={`${noun} ${index + 1}, value`}
            hideLabel
            mono
            placeholder="Value, env:NAME or file:PATH"
            value={row.value}
            error={errors[row.id]?.value ?? null}
            onChange={(value) => change(row.id, { value })}
          />
          <IconButton
            icon="x"
            label={`Remove ${noun.toLowerCase()} ${row.name || index + 1}`}
            ghost
            onClick={() => onChange(rows.filter((other) => other.id !== row.id))}
          />
        </div>
      ))}
      <div className="hs">
        <Button small icon="plus" onClick={add}>
          Add a {noun.toLowerCase()}
        </Button>
        <p id={hintId} className="fld-hint">
          {hint}
        </p>
      </div>
    </fieldset>
  );
}

/** Rows for the pairs of a record. */
export function rowsOf(record: Readonly<Record<string, string>>): KeyValueRow[] {
  return Object.entries(record).map(([name, value]) => ({ id: crypto.randomUUID(), name, value }));
}

/** The record the rows describe; rows without a name and a value are dropped, the last of equal names wins. */
export function recordOf(rows: readonly KeyValueRow[]): Record<string, string> {
  return Object.fromEntries(
    rows.filter((row) => row.name !== '' || row.value !== '').map((row) => [row.name, row.value]),
  );
}
