import { describe, expect, it } from 'vitest';
import type { ArgumentCondition } from '../../../../electron/shared/index.ts';
import {
  type ConditionForm,
  emptyCondition,
  readCondition,
  toConditionForm,
  withArgument,
  withOperator,
} from '../../../../renderer/features/policy/condition-form.ts';

const schema = {
  type: 'object',
  properties: { repo: { type: 'string' }, count: { type: 'integer' }, draft: { type: 'boolean' }, odd: {} },
};
const form = (part: Partial<ConditionForm>): ConditionForm => ({ ...emptyCondition(0), argument: 'repo', ...part });
const problemOf = (part: Partial<ConditionForm>): string | null => {
  const reading = readCondition(form(part));
  return reading.ok ? null : reading.message;
};

const every: ArgumentCondition[] = [
  { argument: 'a', op: 'is', value: 'text' },
  { argument: 'a', op: 'is', value: '' },
  { argument: 'a', op: 'is', value: '5' },
  { argument: 'a', op: 'is', value: 5 },
  { argument: 'a', op: 'is', value: false },
  { argument: 'a', op: 'is', value: null },
  { argument: 'a', op: 'isOneOf', values: ['x', 'y, z', '7'] },
  { argument: 'a', op: 'isOneOf', values: [1, 2.5, -3e20] },
  { argument: 'a', op: 'isOneOf', values: ['x', 1, null, true, ''] },
  { argument: 'a', op: 'startsWith', value: ' lead' },
  { argument: 'a', op: 'endsWith', value: '.md' },
  { argument: 'a', op: 'contains', value: '"quoted"' },
  { argument: 'files[*].path', op: 'pathInside', value: '~/Projects' },
  { argument: '["odd key"]', op: 'hostIs', value: 'example.com:8080' },
  { argument: 'a', op: 'hostUnder', value: 'example.com' },
  { argument: 'a', op: 'numberAtMost', value: -1.5 },
  { argument: 'a', op: 'numberAtLeast', value: 0 },
  { argument: 'a', op: 'lengthAtMost', value: 120 },
  { argument: 'a', op: 'isAbsent' },
  { argument: 'a', op: 'isPresent' },
  { argument: 'a', op: 'matches', value: '^v[0-9]+$' },
];

describe('a condition as a form', () => {
  it('comes back as it was, for every operator and every kind of value', () => {
    for (const condition of every) {
      expect(readCondition(toConditionForm(condition, 3))).toEqual({ ok: true, value: condition });
    }
  });

  it('never turns a text that looks like a number into one', () => {
    expect(readCondition(form({ op: 'is', kind: 'text', value: '5' }))).toMatchObject({ value: { value: '5' } });
    expect(readCondition(form({ op: 'is', kind: 'number', value: '5' }))).toMatchObject({ value: { value: 5 } });
  });

  it('says what is missing or wrong, in one sentence', () => {
    expect(problemOf({ argument: '  ' })).toBe('Choose an argument.');
    expect(problemOf({ argument: 'a..b' })).toContain('not an argument');
    expect(problemOf({ op: 'is', value: '' })).toBe('Type what to compare with.');
    expect(problemOf({ op: 'is', kind: 'number', value: '1e999' })).toContain('not a number');
    expect(problemOf({ op: 'is', kind: 'boolean', value: 'maybe' })).toBe('Choose yes or no.');
    expect(problemOf({ op: 'is', kind: 'json', value: '{}' })).toContain('Write text in quotes');
    expect(problemOf({ op: 'isOneOf', values: [] })).toBe('Add at least one value.');
    expect(problemOf({ op: 'isOneOf', kind: 'number', values: ['1', 'two'] })).toBe('“two” is not a number.');
    expect(problemOf({ op: 'numberAtMost', value: 'ten' })).toBe('Type a number.');
    expect(problemOf({ op: 'lengthAtMost', value: '-1' })).toContain('whole number');
    expect(problemOf({ op: 'lengthAtMost', value: '1.5' })).toContain('whole number');
    expect(problemOf({ op: 'pathInside', value: '' })).toBe('Type what to compare with.');
    expect(problemOf({ op: 'isAbsent', value: '' })).toBeNull();
  });
});

describe('changing a condition', () => {
  it('takes an operator of the new argument’s type when the old one has no meaning there', () => {
    const moved = withArgument(form({ op: 'pathInside', value: '~/x' }), 'count', schema);
    expect(moved).toMatchObject({ argument: 'count', op: 'is', kind: 'number', value: '' });
    expect(withArgument(form({ value: 'x' }), 'draft', schema)).toMatchObject({ kind: 'boolean', value: 'true' });
  });

  it('keeps what was typed where it still makes sense', () => {
    expect(withArgument(form({ value: 'acme' }), 'odd', schema)).toMatchObject({
      op: 'is',
      kind: 'text',
      value: 'acme',
    });
    const list = withOperator(form({ value: 'acme/app' }), 'isOneOf');
    expect(list.values).toEqual(['acme/app']);
    expect(withOperator({ ...list, values: ['a', 'b'] }, 'startsWith')).toMatchObject({ op: 'startsWith', value: 'a' });
  });
});
