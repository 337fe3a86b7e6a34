import { describe, expect, it } from 'vitest';
import { describeSubject } from '../../../electron/engine/core/subject.ts';

describe('describeSubject', () => {
  it('takes the argument a person would look for first', () => {
    expect(describeSubject({ content: 'x', path: 'src/a.ts' })).toBe('src/a.ts');
  });

  it('names small values when no telling argument is there', () => {
    expect(describeSubject({ a: 1, b: 2, c: { d: 1 } })).toBe('a 1, b 2');
  });

  it('stays on one line of at most 120 characters without cutting a character in half', () => {
    const subject = describeSubject({ path: `a\n\tb${'😀'.repeat(100)}` });
    expect(subject).not.toMatch(/[\n\t]/);
    expect(subject.length).toBeLessThanOrEqual(120);
    expect(subject.isWellFormed()).toBe(true);
  });

  it('is empty when there is nothing to tell', () => {
    expect(describeSubject({})).toBe('');
  });
});
