import {
  type ArgumentPath,
  everyElement,
  formatArgumentPath,
  parseArgumentPath,
} from '../../../electron/shared/index.ts';
import { isObject, type Json } from '../servers/describe-schema.ts';

/** One argument a condition can speak of, from the tool's input schema. */
export interface ToolArgument {
  /** As a condition names it: `files[*].path`. */
  path: string;
  schema: Json;
  /** One or two of our words: `text`, `number`, `list of text`. */
  type: string;
  required: boolean;
  /** The server's own words; empty when it gives none. */
  description: string;
}

const deepest = 4;
const mostArguments = 200;

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: 'yes or no',
  object: 'group',
  null: 'nothing',
};

/** Every argument an input schema describes, the tool's own first, at most 200. */
export function listArguments(inputSchema: Json | undefined): ToolArgument[] {
  const found: ToolArgument[] = [];
  collect(inputSchema, [], found);
  return found;
}

function collect(schema: Json | undefined, at: ArgumentPath, found: ToolArgument[]): void {
  if (!isObject(schema) || at.length > deepest) return;
  const required = Array.isArray(schema.required) ? schema.required : [];
  for (const [name, property] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
    if (found.length >= mostArguments) return;
    const path = [...at, name];
    found.push({
      path: formatArgumentPath(path),
      schema: property,
      type: describeType(property),
      // Inside a list or an optional group nothing is certain to be there.
      required: at.length === 0 && required.includes(name),
      description: isObject(property) && typeof property.description === 'string' ? property.description : '',
    });
    collect(property, path, found);
    if (isObject(property) && isObject(property.items)) collectItems(property.items, [...path, everyElement], found);
  }
}

function collectItems(items: { [key: string]: Json }, at: ArgumentPath, found: ToolArgument[]): void {
  const type = describeType(items);
  found.push({ path: formatArgumentPath(at), schema: items, type: `each: ${type}`, required: false, description: '' });
  collect(items, at, found);
}

/** The schema of one argument; undefined where the tool's schema does not say. */
export function schemaAt(inputSchema: Json | undefined, path: string): Json | undefined {
  let schema = inputSchema;
  for (const part of parseArgumentPath(path) ?? []) {
    if (!isObject(schema)) return undefined;
    if (typeof part !== 'string') schema = schema.items;
    else schema = isObject(schema.properties) ? schema.properties[part] : undefined;
  }
  return path === '' ? undefined : schema;
}

/** The values a schema leaves to choose from; empty when it does not limit them. */
export function choicesOf(schema: Json | undefined): (string | number | boolean | null)[] {
  if (!isObject(schema)) return [];
  const listed = Array.isArray(schema.enum) ? schema.enum : schema.const === undefined ? [] : [schema.const];
  return listed.filter((choice) => choice === null || typeof choice !== 'object');
}

function describeType(schema: Json): string {
  if (!isObject(schema)) return 'anything';
  const { type } = schema;
  if (type === 'array') return isObject(schema.items) ? `list of ${describeType(schema.items)}` : 'list';
  return (typeof type === 'string' ? typeWords[type] : undefined) ?? 'anything';
}
