import { isMap, isScalar, parseDocument, stringify } from 'yaml';
import type { Plain } from './parse-config.ts';

/**
 * Sets one entry of a top-level map. A new one is put in front of the others as lines of its own, so that nothing else
 * changes; where that cannot be, the document is written anew by the library, which keeps comments and order.
 */
export function setYaml(text: string, path: readonly string[], value: Plain): string {
  const eol = /\r?\n/.exec(text)?.[0] ?? '\n';
  if (text.trim() === '') return `${text}${withEol(stringify(nest(path, value)), eol)}`;
  return insertLines(text, path, value, eol) ?? rewrite(text, eol, (document) => document.setIn(path, value));
}

export function removeYaml(text: string, path: readonly string[]): string {
  const eol = /\r?\n/.exec(text)?.[0] ?? '\n';
  return cutLines(text, path) ?? rewrite(text, eol, (document) => document.deleteIn(path));
}

function insertLines(text: string, path: readonly string[], value: Plain, eol: string): string | null {
  const [top = '', name = ''] = path;
  const document = parseDocument(text);
  if (path.length !== 2 || document.hasIn(path) || !isMap(document.contents) || document.contents.flow) return null;
  const pair = document.contents.items.find(({ key }) => isScalar(key) && key.value === top);
  if (!pair) {
    if (/^(?:\.\.\.|---)/m.test(text)) return null;
    return `${text}${text.endsWith('\n') ? '' : eol}${withEol(stringify(nest(path, value)), eol)}`;
  }
  if (!isMap(pair.value) || pair.value.flow || !isScalar(pair.key)) return null;
  const firstKey = pair.value.items[0]?.key;
  const first = isScalar(firstKey) ? firstKey.range?.[0] : undefined;
  const start = pair.key.range?.[1];
  if (first === undefined || start === undefined) return null;
  const lineEnd = text.indexOf('\n', start) + 1;
  const column = first - (text.lastIndexOf('\n', first - 1) + 1);
  if (lineEnd === 0 || lineEnd > first || column === 0) return null;
  const indent = ' '.repeat(column);
  const lines = stringify({ [name]: value })
    .trimEnd()
    .split('\n');
  const added = lines.map((line) => `${indent}${line}${eol}`).join('');
  return text.slice(0, lineEnd) + added + text.slice(lineEnd);
}

/** Takes out the lines of one entry of a block map; null where they are shared with something else. */
function cutLines(text: string, path: readonly string[]): string | null {
  const document = parseDocument(text);
  const parent = document.getIn(path.slice(0, -1));
  if (!isMap(parent) || parent.flow || parent.items.length < 2) return null;
  const index = parent.items.findIndex(({ key }) => isScalar(key) && key.value === path[path.length - 1]);
  const key = parent.items[index]?.key;
  const next = parent.items[index + 1]?.key;
  const from = isScalar(key) ? key.range?.[0] : undefined;
  const to = isScalar(next) ? next.range?.[0] : undefined;
  if (from === undefined || to === undefined) return null;
  const lineOf = (offset: number) => text.lastIndexOf('\n', offset - 1) + 1;
  const cut = text.slice(lineOf(from), lineOf(to));
  // a comment in between may belong to the next one
  if (cut.includes('#') || lineOf(from) === lineOf(to)) return null;
  return text.slice(0, lineOf(from)) + text.slice(lineOf(to));
}

function rewrite(text: string, eol: string, change: (document: ReturnType<typeof parseDocument>) => void): string {
  const document = parseDocument(text);
  change(document);
  return withEol(document.toString({ lineWidth: 0 }), eol);
}

function withEol(text: string, eol: string): string {
  return eol === '\n' ? text : text.replace(/\r?\n/g, eol);
}

function nest(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}
