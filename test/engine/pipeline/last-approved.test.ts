import { describe, expect, it } from 'vitest';
import { changedNames } from '../../../electron/engine/pipeline/last-approved.ts';

describe('changedNames', () => {
  it('names arguments that are other, new or gone, and not those in another order', () => {
    expect(changedNames({ a: 1, b: { x: 1, y: 2 }, gone: 0 }, { b: { y: 2, x: 1 }, a: 2, fresh: null })).toEqual([
      'a',
      'fresh',
      'gone',
    ]);
  });
});
