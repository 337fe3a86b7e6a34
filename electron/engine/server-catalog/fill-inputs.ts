import type { CatalogField } from '../../shared/index.ts';
import type { ServerArgument, ServerInput } from './server-json.ts';

/** Values as a person typed them, by field key. */
export type Values = Readonly<Record<string, string>>;

const reference = /^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:(?:\/|[A-Za-z]:[\\/]|\\\\).+)$/;

/** What is wrong with the values, by field key; empty: nothing. */
export function checkValues(fields: readonly CatalogField[], values: Values): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const field of fields) {
    const value = readValue(field, values);
    const problem = checkValue(field, value);
    if (problem !== null) problems[field.key] = problem;
  }
  return problems;
}

function checkValue(field: CatalogField, value: string): string | null {
  if (value === '') return field.required ? 'This is needed.' : null;
  if (field.secret && !reference.test(value))
    return 'A secret is never stored: write env:NAME or file: with the whole path.';
  if (field.choices.length > 0 && !field.choices.includes(value)) return `Choose one of: ${field.choices.join(', ')}.`;
  return value.includes('\0') ? 'A zero character cannot stand here.' : null;
}

/** What was typed, else the publisher's own default. */
export function readValue(field: CatalogField, values: Values): string {
  return (values[field.key] ?? field.default).trim();
}

export function fieldOf(key: string, label: string, input: ServerInput, isMultiple = false): CatalogField {
  return {
    key,
    label,
    description: input.description ?? '',
    required: input.isRequired ?? false,
    secret: isSecret(input),
    default: isSecret(input) ? '' : String(input.default ?? ''),
    choices: input.choices ?? [],
    multiple: isMultiple,
  };
}

/** A part of it is secret, so that all of it is. */
export function isSecret(input: ServerInput): boolean {
  return input.isSecret === true || Object.values(input.variables ?? {}).some((variable) => variable.isSecret === true);
}

/** Nothing to ask: the publisher gave the whole value. */
export function isFixed(input: ServerInput): boolean {
  return input.value !== undefined && Object.keys(input.variables ?? {}).length === 0;
}

/** What to ask for one argument: its variables, or itself. */
export function argumentFields(argument: ServerArgument, key: string): CatalogField[] {
  if (isFixed(argument)) return [];
  const label = argument.valueHint ?? argument.name ?? 'Argument';
  if (argument.value === undefined) return [fieldOf(key, label, argument, argument.isRepeated === true)];
  return Object.entries(argument.variables ?? {}).map(([name, variable]) =>
    fieldOf(`${key}:${name}`, name, { ...variable, isRequired: variable.isRequired ?? argument.isRequired }),
  );
}

/** The words an argument becomes; none when it was left empty. No word is ever split or read again. */
export function argumentWords(argument: ServerArgument, key: string, values: Values): string[] {
  const named = (value: string) => (argument.type === 'named' && argument.name ? [argument.name, value] : [value]);
  if (isFixed(argument)) return named(argument.value ?? '');
  const fields = argumentFields(argument, key);
  if (argument.value === undefined) {
    const [field] = fields;
    const typed = field === undefined ? '' : readValue(field, values);
    const each = argument.isRepeated === true ? typed.split('\n').map((line) => line.trim()) : [typed];
    return each.filter((value) => value !== '').flatMap(named);
  }
  const parts = fields.map((field) => ({ name: field.label, value: readValue(field, values) }));
  if (parts.every(({ value }) => value === '')) return [];
  const filled = argument.value.replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    return parts.find((part) => part.name === name)?.value ?? whole;
  });
  return named(filled);
}
