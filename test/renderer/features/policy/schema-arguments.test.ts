import { describe, expect, it } from 'vitest';
import { operatorsFor } from '../../../../electron/shared/index.ts';
import { choicesOf, listArguments, schemaAt } from '../../../../renderer/features/policy/schema-arguments.ts';

const schema = {
  type: 'object',
  required: ['repo', 'files'],
  properties: {
    repo: { type: 'string', description: 'Owner and name' },
    count: { type: 'integer' },
    visibility: { type: 'string', enum: ['public', 'private'] },
    files: {
      type: 'array',
      items: { type: 'object', required: ['path'], properties: { path: { type: 'string' } } },
    },
    'odd key': { type: 'boolean' },
    anything: {},
  },
};

describe('the arguments a condition can speak of', () => {
  it('are those of the schema, with lists opened, as conditions name them', () => {
    expect(listArguments(schema).map(({ path, type, required }) => [path, type, required])).toEqual([
      ['repo', 'text', true],
      ['count', 'whole number', false],
      ['visibility', 'text', false],
      ['files', 'list of group', true],
      ['files[*]', 'each: group', false],
      ['files[*].path', 'text', false],
      ['["odd key"]', 'yes or no', false],
      ['anything', 'anything', false],
    ]);
  });

  it('are none for a schema that says nothing, and stop in one that never ends', () => {
    expect(listArguments(undefined)).toEqual([]);
    expect(listArguments(true)).toEqual([]);
    const endless: { [key: string]: never } = {};
    const self = { properties: { again: endless } };
    Object.assign(endless, self);
    expect(listArguments(self).length).toBeLessThanOrEqual(200);
    const wide = { properties: Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`a${index}`, {}])) };
    expect(listArguments(wide)).toHaveLength(200);
  });

  it('lead back to their part of the schema, and so to the operators of their type', () => {
    expect(schemaAt(schema, 'files[*].path')).toEqual({ type: 'string' });
    expect(schemaAt(schema, 'files[0].path')).toEqual({ type: 'string' });
    expect(schemaAt(schema, '["odd key"]')).toEqual({ type: 'boolean' });
    expect(schemaAt(schema, 'no.such')).toBeUndefined();
    expect(schemaAt(schema, '')).toBeUndefined();
    expect(operatorsFor(schemaAt(schema, 'count'))).toContain('numberAtMost');
    expect(operatorsFor(schemaAt(schema, 'count'))).not.toContain('pathInside');
    expect(operatorsFor(schemaAt(schema, 'repo'))).toContain('pathInside');
    expect(operatorsFor(schemaAt(schema, '["odd key"]'))).toEqual(['is', 'isAbsent', 'isPresent']);
    expect(operatorsFor(schemaAt(schema, 'no.such'))).toContain('numberAtMost');
  });

  it('offer the values their schema lists', () => {
    expect(choicesOf(schema.properties.visibility)).toEqual(['public', 'private']);
    expect(choicesOf({ const: 3 })).toEqual([3]);
    expect(choicesOf({ type: 'string' })).toEqual([]);
    expect(choicesOf({ enum: [{ a: 1 }, null, true] })).toEqual([null, true]);
  });
});
