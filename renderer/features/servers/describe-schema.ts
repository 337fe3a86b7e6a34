/** JSON as the bridge carries it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** One input of a tool in words: `channel: string, pattern ^#[a-z]+$`. */
export interface SchemaLine {
  /** 0 for the tool's own inputs, one more inside each object or list. */
  depth: number;
  name: string;
  /** Type and limits: `string, one of "a", "b", optional`. */
  type: string;
  /** The server's own words; empty when it gives none. */
  description: string;
}

const deepest = 6;
const mostLines = 400;

export function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Lists the inputs a JSON Schema describes, depth first, at most 400 lines; unknown keywords are left out. */
export function describeSchema(schema: Json | undefined): SchemaLine[] {
  const lines: SchemaLine[] = [];
  if (isObject(schema)) collectProperties(schema, 0, lines);
  return lines;
}

/** The line as one string, as the diff shows it. */
export function formatSchemaLine(line: SchemaLine): string {
  const description = line.description === '' ? '' : ` — ${line.description}`;
  return `${'  '.repeat(line.depth)}${line.name}: ${line.type}${description}`;
}

function collectProperties(schema: { [key: string]: Json }, depth: number, lines: SchemaLine[]): void {
  const properties = schema.properties;
  if (!isObject(properties) || depth > deepest) return;
  const required = Array.isArray(schema.required) ? schema.required : [];
  for (const [name, property] of Object.entries(properties)) {
    if (lines.length >= mostLines) return;
    const optional = required.includes(name) ? [] : ['optional'];
    lines.push({
      depth,
      name,
      type: [...describeType(property), ...optional].join(', '),
      description: isObject(property) && typeof property.description === 'string' ? property.description : '',
    });
    if (!isObject(property)) continue;
    collectProperties(property, depth + 1, lines);
    const items = property.items;
    if (isObject(items)) collectProperties(items, depth + 1, lines);
  }
}

function describeType(schema: Json): string[] {
  if (!isObject(schema)) return [schema === false ? 'nothing' : 'anything'];
  const words = [typeName(schema)];
  if (Array.isArray(schema.enum)) words.push(`one of ${schema.enum.map((value) => JSON.stringify(value)).join(', ')}`);
  if (schema.const !== undefined) words.push(`always ${JSON.stringify(schema.const)}`);
  if (typeof schema.format === 'string') words.push(schema.format);
  if (typeof schema.pattern === 'string') words.push(`pattern ${schema.pattern}`);
  for (const [keyword, word] of limits) {
    const value = schema[keyword];
    if (typeof value === 'number') words.push(`${word} ${value}`);
  }
  if (schema.default !== undefined) words.push(`default ${JSON.stringify(schema.default)}`);
  return words;
}

const limits = [
  ['minimum', 'at least'],
  ['exclusiveMinimum', 'more than'],
  ['maximum', 'at most'],
  ['exclusiveMaximum', 'less than'],
  ['minLength', 'length at least'],
  ['maxLength', 'length at most'],
  ['minItems', 'items at least'],
  ['maxItems', 'items at most'],
] as const;

function typeName(schema: { [key: string]: Json }): string {
  const type = schema.type;
  if (type === 'array') {
    const items = schema.items;
    return isObject(items) ? `list of ${typeName(items)}` : 'list';
  }
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) return type.map(String).join(' or ');
  const choice = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choice))
    return choice.map((option) => (isObject(option) ? typeName(option) : 'anything')).join(' or ');
  return isObject(schema.properties) ? 'object' : 'anything';
}
