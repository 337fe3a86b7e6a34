import { type Json, layOutTree, type TreeLine } from './lay-out-tree.ts';

/** A line of a tree; `removed` and `added` where two values differ, nothing where they agree. */
export type MarkedLine = TreeLine & { mark?: 'added' | 'removed' };

/**
 * Two values as one tree: the lines of `after` in their order, each changed one under what it was. Lines belong together
 * by path, so a value that moved within a list counts as changed.
 */
export function diffTrees(before: Json, after: Json, expanded: ReadonlySet<string>): MarkedLine[] {
  const old = layOutTree(before, expanded);
  const fresh = layOutTree(after, expanded);
  const oldAt = new Map(old.map((line, index) => [keyOf(line), index]));
  const freshKeys = new Set(fresh.map(keyOf));
  // A folded list ends in a line whose count alone does not tell whether what it hides is the same.
  const isEqual = isSameJson(before, after);
  const lines: MarkedLine[] = [];
  let next = 0;
  const flushRemoved = (until: number) => {
    for (; next < until; next += 1) {
      const line = old[next];
      if (line !== undefined && !freshKeys.has(keyOf(line))) lines.push({ ...line, mark: 'removed' });
    }
  };
  for (const line of fresh) {
    const at = oldAt.get(keyOf(line));
    if (at === undefined) {
      lines.push({ ...line, mark: 'added' });
      continue;
    }
    flushRemoved(at);
    const was = old[at];
    if (was === undefined || isSameLine(was, line, isEqual)) lines.push(line);
    else lines.push({ ...was, mark: 'removed' }, { ...line, mark: 'added' });
  }
  flushRemoved(old.length);
  return lines;
}

/** Equal as JSON values; the order of names does not count. */
export function isSameJson(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => Object.hasOwn(other, name) && isSameJson(itemOf(one, name), itemOf(other, name)));
}

function isSameLine(was: TreeLine, line: TreeLine, isEqual: boolean): boolean {
  if (was.kind === 'leaf' && line.kind === 'leaf') return was.value === line.value;
  if (was.kind === 'group' && line.kind === 'group') return was.note === line.note;
  return was.kind === 'more' && line.kind === 'more' && isEqual;
}

/** A group and a leaf of one path are two lines, so that a value that became an object shows as both. */
function keyOf(line: TreeLine): string {
  return `${line.kind} ${line.path}`;
}

function itemOf(container: Json[] | { [key: string]: Json }, name: string): Json | undefined {
  return Array.isArray(container) ? container[Number(name)] : container[name];
}
