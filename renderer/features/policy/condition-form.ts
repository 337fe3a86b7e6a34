import {
  type ArgumentCondition,
  type ConditionOp,
  operatorsFor,
  parseArgumentPath,
} from '../../../electron/shared/index.ts';
import { isObject, type Json } from '../servers/describe-schema.ts';
import { schemaAt } from './schema-arguments.ts';

/** What kind of value a typed text stands for. `json`: each value is written as JSON, for lists of mixed kinds. */
export type ScalarKind = 'text' | 'number' | 'boolean' | 'json';
type Scalar = string | number | boolean | null;

/** A condition while a person writes it: everything is text, nothing need be right yet. */
export interface ConditionForm {
  /** Unique within the form. */
  key: number;
  argument: string;
  op: ConditionOp;
  kind: ScalarKind;
  /** For the operators with one value. */
  value: string;
  /** For `isOneOf`. */
  values: readonly string[];
}

/** What a person gives to an operator. */
export type ValueShape = 'none' | 'scalar' | 'list' | 'text' | 'number' | 'count';

export function shapeOf(op: ConditionOp): ValueShape {
  switch (op) {
    case 'is':
      return 'scalar';
    case 'isOneOf':
      return 'list';
    case 'isAbsent':
    case 'isPresent':
      return 'none';
    case 'numberAtMost':
    case 'numberAtLeast':
      return 'number';
    case 'lengthAtMost':
      return 'count';
    default:
      return 'text';
  }
}

/** How values of this argument are read; null: the schema does not say, so the person chooses. */
export function kindOf(schema: Json | undefined): ScalarKind | null {
  const type = isObject(schema) ? schema.type : undefined;
  if (type === 'string') return 'text';
  if (type === 'number' || type === 'integer') return 'number';
  return type === 'boolean' ? 'boolean' : null;
}

export function emptyCondition(key: number): ConditionForm {
  return { key, argument: '', op: 'is', kind: 'text', value: '', values: [] };
}

/** The same condition about another argument: an operator its type does not have gives way to the first it has. */
export function withArgument(form: ConditionForm, argument: string, inputSchema: Json | undefined): ConditionForm {
  const schema = schemaAt(inputSchema, argument);
  const offered = operatorsFor(schema);
  const op = offered.includes(form.op) ? form.op : (offered[0] ?? 'isPresent');
  const kind = kindOf(schema) ?? form.kind;
  if (kind === form.kind && op === form.op) return { ...form, argument };
  return { ...form, argument, op, kind, value: kind === 'boolean' ? 'true' : '', values: [] };
}

/** The same condition with another operator; what was typed stays where it still makes sense. */
export function withOperator(form: ConditionForm, op: ConditionOp): ConditionForm {
  const from = shapeOf(form.op);
  const to = shapeOf(op);
  if (to === 'list' && from !== 'list') return { ...form, op, values: form.value === '' ? [] : [form.value] };
  if (from === 'list' && to !== 'list') return { ...form, op, value: form.values[0] ?? '' };
  return { ...form, op };
}

export function toConditionForm(condition: ArgumentCondition, key: number): ConditionForm {
  const form: ConditionForm = { ...emptyCondition(key), argument: condition.argument, op: condition.op };
  if ('values' in condition) {
    const kind = sharedKind(condition.values);
    return { ...form, kind, values: condition.values.map((value) => writeScalar(value, kind)) };
  }
  if (!('value' in condition)) return form;
  const kind = condition.op === 'is' ? sharedKind([condition.value]) : 'text';
  return { ...form, kind, value: kind === 'text' ? String(condition.value) : writeScalar(condition.value, kind) };
}

export type Reading<T> = { ok: true; value: T } | { ok: false; message: string };

/** The condition a person has written, or what is missing, in one sentence. */
export function readCondition(form: ConditionForm): Reading<ArgumentCondition> {
  const argument = form.argument.trim();
  if (argument === '') return wrong('Choose an argument.');
  if (parseArgumentPath(argument) === null)
    return wrong('This is not an argument. Write repo, files[0].path or files[*].path.');
  const { op } = form;
  if (op === 'isAbsent' || op === 'isPresent') return right({ argument, op });
  if (op === 'is') {
    if (form.kind === 'text' && form.value === '') return wrong('Type what to compare with.');
    const value = readScalar(form.value, form.kind);
    return value.ok ? right({ argument, op, value: value.value }) : value;
  }
  if (op === 'isOneOf') return readList(argument, form);
  if (op === 'numberAtMost' || op === 'numberAtLeast') {
    const value = readNumber(form.value);
    return value === null ? wrong('Type a number.') : right({ argument, op, value });
  }
  if (op === 'lengthAtMost') {
    const value = readNumber(form.value);
    if (value === null || !Number.isInteger(value) || value < 0) return wrong('Type a whole number, 0 or more.');
    return right({ argument, op, value });
  }
  if (form.value === '') return wrong('Type what to compare with.');
  return right({ argument, op, value: form.value });
}

function readList(argument: string, form: ConditionForm): Reading<ArgumentCondition> {
  if (form.values.length === 0) return wrong('Add at least one value.');
  const values: Scalar[] = [];
  for (const text of form.values) {
    const value = readScalar(text, form.kind);
    if (!value.ok) return value;
    values.push(value.value);
  }
  return right({ argument, op: 'isOneOf', values });
}

/** Reads one typed value. */
export function readScalar(text: string, kind: ScalarKind): Reading<Scalar> {
  switch (kind) {
    case 'text':
      return right(text);
    case 'number': {
      const value = readNumber(text);
      return value === null ? wrong(text === '' ? 'Type a number.' : `“${text}” is not a number.`) : right(value);
    }
    case 'boolean':
      return text === 'true' || text === 'false' ? right(text === 'true') : wrong('Choose yes or no.');
    case 'json':
      return readJson(text);
  }
}

function readJson(text: string): Reading<Scalar> {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return right(value);
  } catch {
    // Said below, in the same words as for a list or an object.
  }
  return wrong('Write text in quotes, a number, true, false or null.');
}

function readNumber(text: string): number | null {
  const trimmed = text.trim();
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(trimmed) && Number.isFinite(Number(trimmed)) ? Number(trimmed) : null;
}

function sharedKind(values: readonly Scalar[]): ScalarKind {
  // An empty text can only be seen, and meant, in quotes.
  if (values.includes('')) return 'json';
  const kinds = new Set(values.map((value) => (value === null ? 'object' : typeof value)));
  if (kinds.size !== 1) return 'json';
  if (kinds.has('string')) return 'text';
  if (kinds.has('number')) return 'number';
  return kinds.has('boolean') ? 'boolean' : 'json';
}

function writeScalar(value: Scalar, kind: ScalarKind): string {
  return kind === 'text' ? String(value) : JSON.stringify(value);
}

function right<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}

function wrong(message: string): { ok: false; message: string } {
  return { ok: false, message };
}
