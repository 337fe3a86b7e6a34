import { describe, expect, it } from 'vitest';
import { diffTrees, isSameJson, type MarkedLine } from '../../../renderer/lib/diff-tree.ts';
import { type Json, layOutTree } from '../../../renderer/lib/lay-out-tree.ts';
import { fc } from '../../helpers/property.ts';

const everything = new Set<string>();
const read = (line: MarkedLine) =>
  `${line.mark === 'added' ? '+' : line.mark === 'removed' ? '-' : ' '} ${line.kind === 'leaf' ? `${line.name}=${line.value}` : line.kind}`;
const diff = (before: Json, after: Json) => diffTrees(before, after, everything).map(read);
const json = () => fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

describe('diffTrees', () => {
  it('shows a changed value under what it was, and the rest as it is', () => {
    expect(diff({ a: 1, b: 2, c: 3 }, { a: 1, b: 5, c: 3 })).toEqual(['  a=1', '- b=2', '+ b=5', '  c=3']);
  });

  it('shows what was added and what was removed in their places', () => {
    expect(diff({ a: 1, gone: 2, c: 3 }, { a: 1, c: 3, fresh: 4 })).toEqual([
      '  a=1',
      '- gone=2',
      '  c=3',
      '+ fresh=4',
    ]);
  });

  it('shows both when a text became an object', () => {
    expect(diff({ a: 'x' }, { a: { b: 1 } })).toEqual(['+ group', '+ b=1', '- a=x']);
  });

  it('tells a number from the text of it (security)', () => {
    expect(diff({ a: 1 }, { a: '1' })).toEqual(['- a=1', '+ a=1']);
  });

  it('marks a change inside a folded text and behind a folded list (security)', () => {
    const long = 'x'.repeat(400);
    expect(diff({ a: `${long}y` }, { a: `${long}z` }).map((line) => line[0])).toEqual(['-', '+']);
    const list = Array.from({ length: 60 }, (_, index) => index);
    expect(diff({ a: list }, { a: list.with(55, -1) }).slice(-2)).toEqual(['- more', '+ more']);
  });

  it('contains every line of what will be sent, in order, however the two differ (security)', () => {
    fc.assert(
      fc.property(json(), json(), (before, after) => {
        const kept = diffTrees(before, after, everything).filter((line) => line.mark !== 'removed');
        expect(kept.map(({ mark: _, ...line }) => line)).toEqual(layOutTree(after, everything));
      }),
    );
  });

  it('marks nothing between equal values, and something between unequal objects', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json()), fc.dictionary(fc.string(), json()), (one, other) => {
        expect(diffTrees(one, structuredClone(one), everything).every(({ mark }) => mark === undefined)).toBe(true);
        const marks = diffTrees(one, other, everything).filter(({ mark }) => mark !== undefined).length;
        expect(marks > 0).toBe(!isSameJson(one, other));
      }),
    );
  });
});
