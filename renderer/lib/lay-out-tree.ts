import type { MaskedValue } from '../../electron/shared/index.ts';

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** One line of a readable tree. `path` is unique within the tree and stays the same while things are expanded. */
export type TreeLine =
  | {
      kind: 'leaf';
      path: string;
      depth: number;
      name: string;
      value: null | boolean | number | string;
      folded: number;
      /** The value is not shown and so many characters long; `value` only stands for it. */
      hidden?: number;
    }
  /** An object or a list; `note` says so when it is empty. */
  | { kind: 'group'; path: string; depth: number; name: string; note: '' | '{}' | '[]' }
  /** Items of a long object or list that are not shown yet. */
  | { kind: 'more'; path: string; depth: number; items: number };

/** A longer text shows only its start until a person expands it. UTF-16 units. */
export const textFold = { from: 300, shown: 200 };
/** A longer list or object shows only its start until a person expands it. */
export const itemFold = { from: 50, shown: 40 };

/** Lays a value out as lines; what is in `expanded` (by path) is not folded. */
export function layOutTree(value: Json, expanded: ReadonlySet<string>): TreeLine[] {
  const lines: TreeLine[] = [];
  if (isContainer(value)) addItems(value, '$', 0, expanded, lines);
  else addValue(value, '', '$', 0, expanded, lines);
  return lines;
}

/** The lines with those at masked places told apart: what stands there is not the value. */
export function hideMasked(lines: readonly TreeLine[], masked: readonly MaskedValue[]): readonly TreeLine[] {
  if (masked.length === 0) return lines;
  const lengths = new Map(masked.map(({ path, length }) => [pathOf(path), length]));
  return lines.map((line) => {
    const hidden = line.kind === 'leaf' ? lengths.get(line.path) : undefined;
    return line.kind === 'leaf' && hidden !== undefined ? { ...line, folded: 0, hidden } : line;
  });
}

function pathOf(steps: MaskedValue['path']): string {
  return `$${steps.map((step) => JSON.stringify([String(step)])).join('')}`;
}

/** How many folds are left to read. */
export function countFolds(lines: readonly TreeLine[]): number {
  return lines.filter((line) => line.kind === 'more' || (line.kind === 'leaf' && line.folded > 0)).length;
}

/** Where a folded text is cut; never inside a surrogate pair. */
export function foldText(text: string): string {
  const last = text.charCodeAt(textFold.shown - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? textFold.shown - 1 : textFold.shown);
}

function addItems(
  container: Json[] | { [key: string]: Json },
  path: string,
  depth: number,
  expanded: ReadonlySet<string>,
  lines: TreeLine[],
): void {
  const entries = Object.entries(container);
  const isFolded = entries.length > itemFold.from && !expanded.has(path);
  const shown = isFolded ? entries.slice(0, itemFold.shown) : entries;
  // The name goes into the path as JSON, so that no name can imitate the path of another line.
  for (const [name, item] of shown) addValue(item, name, `${path}${JSON.stringify([name])}`, depth, expanded, lines);
  if (isFolded) lines.push({ kind: 'more', path, depth, items: entries.length - shown.length });
}

function addValue(
  value: Json,
  name: string,
  path: string,
  depth: number,
  expanded: ReadonlySet<string>,
  lines: TreeLine[],
): void {
  if (isContainer(value)) {
    const isEmpty = Object.keys(value).length === 0;
    const note = !isEmpty ? '' : Array.isArray(value) ? '[]' : '{}';
    lines.push({ kind: 'group', path, depth, name, note });
    addItems(value, path, depth + 1, expanded, lines);
    return;
  }
  const isFolded = typeof value === 'string' && value.length > textFold.from && !expanded.has(path);
  const folded = isFolded ? value.length - foldText(value).length : 0;
  lines.push({ kind: 'leaf', path, depth, name, value, folded });
}

function isContainer(value: Json): value is Json[] | { [key: string]: Json } {
  return typeof value === 'object' && value !== null;
}
