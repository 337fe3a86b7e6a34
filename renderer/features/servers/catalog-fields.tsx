import type { CatalogField } from '../../../electron/shared/index.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { TextArea, TextField } from '../../ui/field.tsx';

interface CatalogFieldsProps {
  fields: readonly CatalogField[];
  values: Readonly<Record<string, string>>;
  problems: Readonly<Record<string, string>>;
  onChange: (values: Record<string, string>) => void;
}

/** What a published server asks to be told, in its publisher's words. */
export function CatalogFields({ fields, values, problems, onChange }: CatalogFieldsProps) {
  return fields.map((field) => {
    const shared = {
      label: `${makeVisibleLine(field.label)}${field.required ? '' : ' (optional)'}`,
      mono: true,
      value: values[field.key] ?? field.default,
      error: problems[field.key] ?? null,
      hint: describeField(field),
      onChange: (value: string) => onChange({ ...values, [field.key]: value }),
    };
    return field.multiple ? (
      <TextArea key={field.key} {...shared} />
    ) : (
      <TextField key={field.key} {...shared} placeholder={field.secret ? 'env:NAME' : ''} />
    );
  });
}

function describeField(field: CatalogField): string {
  const parts = [
    endSentence(makeVisibleLine(field.description)),
    field.secret ? 'A secret is never stored: write env:NAME or file:PATH, which gives the whole value.' : '',
    field.choices.length > 0 ? `One of: ${field.choices.map(makeVisibleLine).join(', ')}.` : '',
    field.multiple ? 'One a line.' : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** Publishers end their words as they like; ours follow. */
function endSentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}
