import { parse as parseToml } from '@decimalturn/toml-patch';
import { type Node, type ParseError, parseTree } from 'jsonc-parser';
import { parseDocument } from 'yaml';
import type { ConfigFormat } from './client-table.ts';

export type Plain = Record<string, unknown>;

export type Parsed = { ok: true; value: Plain } | { ok: false; why: string };

/** The members of a client's file. An empty file has none. `why`: never quotes the file, which may hold secrets. */
export function parseConfig(format: ConfigFormat, text: string): Parsed {
  if (text.trim() === '') return { ok: true, value: {} };
  try {
    const value = parsers[format](text);
    return isPlain(value) ? { ok: true, value } : { ok: false, why: 'it does not hold one object' };
  } catch (error) {
    const why = error instanceof UnreadableError ? error.message : 'it is not valid';
    return { ok: false, why: `${why} (${format === 'jsonc' ? 'JSON' : format.toUpperCase()})` };
  }
}

/** What is wrong, in words that quote nothing. */
class UnreadableError extends Error {}

const parsers: Readonly<Record<ConfigFormat, (text: string) => unknown>> = {
  jsonc: (text) => readValue(parseJsoncTree(text)),
  toml: (text) => parseToml(text),
  yaml: (text) => {
    const document = parseDocument(text, { uniqueKeys: true });
    const [error] = document.errors;
    if (error) throw new UnreadableError(`it is not valid in line ${error.linePos?.[0].line ?? '?'}`);
    // bounded: a few anchors could otherwise become gigabytes
    return document.toJS({ maxAliasCount: 100 });
  },
};

/** JSON with comments and commas at the end. Throws where it is broken or a key stands twice. */
export function parseJsoncTree(text: string): Node {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  const [error] = errors;
  if (error || !tree) throw new UnreadableError(`it is not valid in line ${lineOf(text, error?.offset ?? 0)}`);
  return tree;
}

/** Not the package's own: a key that stands twice, or `__proto__`, must not be lost. */
function readValue(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(readValue);
  if (node.type !== 'object') return node.value;
  const result: Plain = Object.create(null) as Plain;
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? [];
    if (key === undefined || value === undefined) continue;
    const name = String(key.value);
    if (name in result) throw new UnreadableError('one of its names stands twice in the same place');
    result[name] = readValue(value);
  }
  return result;
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** What stands at a path of own members; undefined where nothing does. */
export function valueAt(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((at, key) => (isPlain(at) && Object.hasOwn(at, key) ? at[key] : undefined), value);
}

/** Which of the possible places of the servers a file uses. */
export function findServersKey(value: Plain, keys: readonly (readonly string[])[]): readonly string[] {
  return keys.find((key) => isPlain(valueAt(value, key))) ?? keys[keys.length - 1] ?? [];
}
