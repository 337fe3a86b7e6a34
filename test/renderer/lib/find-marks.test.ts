import { describe, expect, it } from 'vitest';
import { findMarks } from '../../../renderer/lib/find-marks.ts';
import { fc } from '../../helpers/property.ts';

const marked = (text: string) => findMarks(text).map(({ start, end }) => text.slice(start, end));

describe('findMarks', () => {
  it('marks every verb of an SQL text, not those in quotes or comments (security)', () => {
    expect(marked('select * from t; DROP table t')).toEqual(['select', 'DROP']);
    expect(marked("with x as (delete from t returning *) select 'update' from x -- drop")).toEqual([
      'delete',
      'select',
    ]);
  });

  it('lets a quote that never ends hide nothing (security)', () => {
    expect(marked("select 'a from t; delete from t")).toEqual(['select', 'delete']);
  });

  it('marks the root of a path and every step up', () => {
    expect(marked('/etc/passwd')).toEqual(['/etc']);
    expect(marked('~/.ssh/id')).toEqual(['~']);
    expect(marked('C:\\Users\\ada\\..\\x')).toEqual(['C:\\Users', '..']);
    expect(marked('/home/ada/../../etc')).toEqual(['/home', '..', '..']);
    expect(marked('../up')).toEqual(['..']);
  });

  it('marks nothing in other texts', () => {
    for (const text of ['', 'hello', '// a comment', 'line\n/etc', 'a/b', '...']) expect(marked(text)).toEqual([]);
  });

  it('gives marks in order that never overlap', () => {
    const piece = fc.constantFrom('select', 'drop', "'", '"', '--', '/*', '*/', '/', '..', '~', ' ', ';', 'x', '\n');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        let from = 0;
        for (const { start, end } of findMarks(pieces.join(''))) {
          expect(start).toBeGreaterThanOrEqual(from);
          expect(end).toBeGreaterThan(start);
          from = end;
        }
      }),
    );
  });
});
