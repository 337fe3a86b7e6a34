import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../electron/engine/wire/edit-bytes.ts';

const bytes = Buffer.from('0123456789');
const edit = (start: number, end: number, text: string) => ({ start, end, with: Buffer.from(text) });

describe('applyEdits', () => {
  it('replaces, inserts and removes, in whatever order the edits come', () => {
    const edits = [edit(10, 10, 'z'), edit(4, 6, 'AAA'), edit(0, 0, 'a'), edit(7, 8, '')];
    expect(Buffer.concat(applyEdits(bytes, edits)).toString()).toBe('a0123AAA689z');
  });

  it('gives back the very bytes where there is nothing to do', () => {
    expect(applyEdits(bytes, [])[0]?.equals(bytes)).toBe(true);
    expect(applyEdits(Buffer.alloc(0), [])).toEqual([]);
  });
});
