import { describe, expect, it } from 'vitest';
import {
  listTestFields,
  readArguments,
  readTestFields,
  writeTestFields,
} from '../../../../renderer/features/policy/test-form.ts';

const schema = {
  type: 'object',
  required: ['repo'],
  properties: {
    repo: { type: 'string' },
    count: { type: 'integer' },
    draft: { type: 'boolean' },
    labels: { type: 'array' },
  },
};
const fields = listTestFields(schema) ?? [];

describe('the test box', () => {
  it('has a field for each input, and none where the schema names none', () => {
    expect(fields.map(({ name, kind, required }) => [name, kind, required])).toEqual([
      ['repo', 'text', true],
      ['count', 'number', false],
      ['draft', 'boolean', false],
      ['labels', 'json', false],
    ]);
    expect(listTestFields({ type: 'object' })).toBeNull();
    expect(listTestFields(undefined)).toBeNull();
  });

  it('sends each value as its own type, leaves empty ones out, and lets a wrong one be wrong', () => {
    expect(readTestFields(fields, { repo: '5', count: '5', draft: 'true', labels: '["a"]' })).toEqual({
      repo: '5',
      count: 5,
      draft: true,
      labels: ['a'],
    });
    expect(readTestFields(fields, { repo: '', count: 'many' })).toEqual({ count: 'many' });
  });

  it('changes between fields and JSON without losing anything', () => {
    const args = { repo: 'acme/app', count: 3, draft: false, labels: ['a', 'b'] };
    const typed = writeTestFields(fields, args);
    expect(typed && readTestFields(fields, typed)).toEqual(args);
    expect(writeTestFields(fields, { unknown: 1 })).toBeNull();
  });

  it('reads arguments as JSON, an object and nothing else', () => {
    expect(readArguments('')).toEqual({ ok: true, value: {} });
    expect(readArguments('{"a":1}')).toEqual({ ok: true, value: { a: 1 } });
    expect(readArguments('[1]')).toMatchObject({ ok: false, message: expect.stringContaining('object') });
    expect(readArguments('{')).toMatchObject({ ok: false, message: expect.stringContaining('not JSON') });
  });
});
