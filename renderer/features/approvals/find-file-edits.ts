import type { Json } from '../../lib/lay-out-tree.ts';

/** One replacement of text that a call asks for. */
export interface FileEdit {
  /** Where the arguments name it, e.g. `edits 2`; empty when there is only one. */
  label: string;
  before: string;
  after: string;
}

/** The names tools use for the text that goes and the text that comes. */
const pairs = [
  ['oldText', 'newText'],
  ['old_text', 'new_text'],
  ['old_string', 'new_string'],
  ['old_str', 'new_str'],
  ['oldString', 'newString'],
  ['search', 'replace'],
  ['before', 'after'],
] as const;

/** Replacements in the arguments of an edit of a file: at the top, or in a list of edits. Nothing for other calls. */
export function findFileEdits(args: Json): FileEdit[] {
  const top = readPair(args, '');
  if (top !== null) return [top];
  if (!isObject(args)) return [];
  for (const [name, value] of Object.entries(args)) {
    if (!Array.isArray(value)) continue;
    const edits = value.map((item, index) => readPair(item, value.length === 1 ? '' : `${name} ${index + 1}`));
    const found = edits.filter((edit) => edit !== null);
    if (found.length > 0) return found;
  }
  return [];
}

function readPair(value: Json, label: string): FileEdit | null {
  if (!isObject(value)) return null;
  for (const [from, to] of pairs) {
    const before = Object.hasOwn(value, from) ? value[from] : undefined;
    const after = Object.hasOwn(value, to) ? value[to] : undefined;
    if (typeof before === 'string' && typeof after === 'string') return { label, before, after };
  }
  return null;
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
