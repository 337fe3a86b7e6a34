import { isObject, type Json } from '../servers/describe-schema.ts';
import type { Reading } from './condition-form.ts';

/** One argument of the test box, as typed. Empty: left out. */
export interface TestField {
  name: string;
  kind: 'text' | 'number' | 'boolean' | 'json';
  required: boolean;
  description: string;
  /** Values the schema leaves to choose from. */
  choices: string[];
}

/** The fields for a tool's own inputs, in the schema's order; null when the schema does not say what they are. */
export function listTestFields(inputSchema: Json | undefined): TestField[] | null {
  if (!isObject(inputSchema) || !isObject(inputSchema.properties)) return null;
  const required = Array.isArray(inputSchema.required) ? inputSchema.required : [];
  return Object.entries(inputSchema.properties).map(([name, property]) => ({
    name,
    kind: kindOf(property),
    required: required.includes(name),
    description: isObject(property) && typeof property.description === 'string' ? property.description : '',
    choices: isObject(property) && Array.isArray(property.enum) ? property.enum.filter(isText) : [],
  }));
}

function isText(value: Json): value is string {
  return typeof value === 'string';
}

function kindOf(schema: Json): TestField['kind'] {
  const type = isObject(schema) ? schema.type : undefined;
  if (type === 'string') return 'text';
  if (type === 'number' || type === 'integer') return 'number';
  return type === 'boolean' ? 'boolean' : 'json';
}

/** The arguments the fields stand for; what cannot be read as its own type is sent as the text it is. */
export function readTestFields(
  fields: readonly TestField[],
  typed: Readonly<Record<string, string>>,
): Record<string, Json> {
  const found: [string, Json][] = [];
  for (const { name, kind } of fields) {
    const text = typed[name] ?? '';
    if (text === '') continue;
    found.push([name, kind === 'text' ? text : readLoosely(text)]);
  }
  return Object.fromEntries(found);
}

function readLoosely(text: string): Json {
  const parsed = readJson(text);
  return parsed.ok ? parsed.value : text;
}

/** What the fields say for these arguments; null when an argument has no field, so that nothing would be lost. */
export function writeTestFields(
  fields: readonly TestField[],
  args: Readonly<Record<string, Json>>,
): Record<string, string> | null {
  const typed: Record<string, string> = {};
  for (const [name, value] of Object.entries(args)) {
    const field = fields.find((one) => one.name === name);
    if (field === undefined) return null;
    typed[name] = field.kind === 'text' && typeof value === 'string' ? value : JSON.stringify(value);
  }
  return typed;
}

/** Reads arguments written as JSON. */
export function readArguments(text: string): Reading<Record<string, Json>> {
  if (text.trim() === '') return { ok: true, value: {} };
  const parsed = readJson(text);
  if (!parsed.ok) return parsed;
  return isObject(parsed.value)
    ? { ok: true, value: parsed.value }
    : { ok: false, message: 'Arguments are an object: { "name": value }.' };
}

function readJson(text: string): Reading<Json> {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, message: `This is not JSON: ${error instanceof Error ? error.message : 'it cannot be read'}.` };
  }
}
