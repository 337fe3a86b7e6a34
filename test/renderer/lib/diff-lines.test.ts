import { describe, expect, it } from 'vitest';
import { diffLines } from '../../../renderer/lib/diff-lines.ts';
import { fc } from '../../helpers/property.ts';

const signs = { same: ' ', added: '+', removed: '-' } as const;
const diff = (before: string, after: string) =>
  diffLines(before, after).map(({ mark, text }) => `${signs[mark]}${text}`);

describe('diffLines', () => {
  it('finds the lines that changed between those that did not', () => {
    expect(diff('a\nb\nc\nd', 'a\nB\nc\ne\nd')).toEqual([' a', '-b', '+B', ' c', '+e', ' d']);
  });

  it('gives back both texts whole, whatever they are (security)', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', '', ' a', 'a\r'), { maxLength: 12 })
      .map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffLines(before, after);
        const without = (mark: 'added' | 'removed') =>
          lines
            .filter((line) => line.mark !== mark)
            .map((line) => line.text)
            .join('\n');
        expect(without('added')).toBe(before);
        expect(without('removed')).toBe(after);
      }),
    );
  });

  it('shows two long unlike texts as replaced whole', () => {
    const long = (name: string) => Array.from({ length: 2000 }, (_, index) => `${name} ${index}`).join('\n');
    const lines = diffLines(long('old'), long('new'));
    expect(lines).toHaveLength(4000);
    expect(lines.some(({ mark }) => mark === 'same')).toBe(false);
  });
});
