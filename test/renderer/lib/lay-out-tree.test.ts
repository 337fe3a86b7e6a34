import { describe, expect, it } from 'vitest';
import { countFolds, foldText, itemFold, type Json, layOutTree, textFold } from '../../../renderer/lib/lay-out-tree.ts';

const none = new Set<string>();

describe('layOutTree', () => {
  it('writes one line for each value, in the order of the arguments', () => {
    const lines = layOutTree({ owner: 'acme', options: { draft: false, tags: ['a'] }, none: null, empty: {} }, none);
    expect(
      lines.map((line) => (line.kind === 'leaf' ? [line.depth, line.name, line.value] : [line.depth, line.kind])),
    ).toEqual([
      [0, 'owner', 'acme'],
      [0, 'group'],
      [1, 'draft', false],
      [1, 'group'],
      [2, '0', 'a'],
      [0, 'none', null],
      [0, 'group'],
    ]);
    expect(lines.at(-1)).toMatchObject({ note: '{}' });
  });

  it('folds a long text and says how much is missing', () => {
    const text = 'x'.repeat(textFold.from + 1);
    const [line] = layOutTree({ text }, none);
    expect(line).toMatchObject({ kind: 'leaf', folded: text.length - textFold.shown, value: text });
    expect(countFolds(layOutTree({ text }, none))).toBe(1);
    expect(countFolds(layOutTree({ text }, new Set([line?.path ?? ''])))).toBe(0);
  });

  it('never cuts a character in two', () => {
    const text = `${'x'.repeat(textFold.shown - 1)}😀${'y'.repeat(textFold.from)}`;
    expect(foldText(text)).toBe('x'.repeat(textFold.shown - 1));
  });

  it('folds a long list, and counts the folds inside only once they can be seen (security)', () => {
    const items: Json[] = Array.from({ length: itemFold.from + 1 }, () => 'x'.repeat(textFold.from + 1));
    const folded = layOutTree({ items }, none);
    expect(folded.at(-1)).toMatchObject({ kind: 'more', items: items.length - itemFold.shown });
    expect(countFolds(folded)).toBe(itemFold.shown + 1);
    const path = folded.at(-1)?.path ?? '';
    expect(countFolds(layOutTree({ items }, new Set([path])))).toBe(items.length);
  });

  it('lets no argument name imitate the path of another, so that expanding one never expands two (security)', () => {
    const lines = layOutTree({ a: { b: 1 }, 'a"]["b': 2, 'a.b': 3 }, none);
    expect(new Set(lines.map((line) => line.path)).size).toBe(lines.length);
  });

  it('shows arguments that are no object', () => {
    expect(layOutTree('text', none)).toEqual([
      { kind: 'leaf', path: '$', depth: 0, name: '', value: 'text', folded: 0 },
    ]);
    expect(layOutTree({}, none)).toEqual([]);
  });
});
