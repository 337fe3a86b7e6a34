import { describe, expect, it } from 'vitest';
import { findFileEdits } from '../../../../renderer/features/approvals/find-file-edits.ts';

describe('findFileEdits', () => {
  it('finds one replacement at the top, under the names tools use', () => {
    expect(findFileEdits({ path: 'a', old_string: 'x', new_string: 'y' })).toEqual([
      { label: '', before: 'x', after: 'y' },
    ]);
  });

  it('finds each of a list of edits', () => {
    const edits = [
      { oldText: 'a', newText: 'b' },
      { oldText: 'c', newText: 'd' },
    ];
    expect(findFileEdits({ path: 'a', edits }).map(({ label }) => label)).toEqual(['edits 1', 'edits 2']);
  });

  it('finds nothing in other calls', () => {
    for (const args of [null, {}, { path: 'a' }, { oldText: 'a' }, { oldText: 1, newText: 2 }, { edits: ['a'] }]) {
      expect(findFileEdits(args)).toEqual([]);
    }
  });
});
