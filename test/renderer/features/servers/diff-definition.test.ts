import { describe, expect, it } from 'vitest';
import { type DiffSection, diffDefinition } from '../../../../renderer/features/servers/diff-definition.ts';

const before = {
  name: 'post',
  description: 'Post a message.',
  inputSchema: {
    type: 'object',
    properties: { channel: { type: 'string', pattern: '^#' } },
    required: ['channel'],
  },
  annotations: { readOnlyHint: false },
};

function draw(sections: DiffSection[]): string[] {
  const marks = { removed: '-', added: '+', same: ' ' };
  return sections.flatMap((section) => [
    section.title,
    ...section.lines.map((line) => `${marks[line.mark]} ${line.parts.map((part) => part.text).join('')}`),
  ]);
}

describe('the difference between two definitions', () => {
  it('is empty when nothing changed', () => {
    expect(diffDefinition(before, structuredClone(before))).toEqual([]);
  });

  it('shows changed inputs line by line, removed before added', () => {
    const after = structuredClone(before) as Record<string, unknown>;
    after.inputSchema = {
      type: 'object',
      properties: { channel: { type: 'string' }, to: { type: 'string' } },
      required: ['channel'],
    };
    expect(draw(diffDefinition(before, after as never))).toEqual([
      'Input',
      '- channel: string, pattern ^#',
      '+ channel: string',
      '+ to: string, optional',
    ]);
  });

  it('marks only the sentences that are new', () => {
    const after = { ...before, description: 'Post a message. Include the whole thread.' };
    const [section] = diffDefinition(before, after);
    expect(section?.title).toContain('Description');
    expect(section?.lines[1]?.parts).toEqual([
      { text: 'Post a message. ', isNew: false },
      { text: 'Include the whole thread.', isNew: true },
    ]);
  });

  it('shows a schema change that the short form leaves out (security)', () => {
    const after = { ...before, inputSchema: { ...before.inputSchema, additionalProperties: true } };
    expect(draw(diffDefinition(before, after)).join('\n')).toContain('"additionalProperties": true');
  });

  it('shows members it does not know (security)', () => {
    const after = { ...before, execution: { taskSupport: 'required' } };
    const lines = draw(diffDefinition(before, after));
    expect(lines[0]).toBe('execution');
    expect(lines.join('\n')).toContain('+   "taskSupport": "required"');
  });

  it('does not stall on a definition of many lines (security)', () => {
    const many = (word: string) => ({
      ...before,
      extra: Array.from({ length: 5000 }, (_, index) => `${word} ${index}`),
    });
    const [section] = diffDefinition(many('old'), many('new'));
    expect(section?.lines.filter((line) => line.mark === 'removed')).toHaveLength(5002);
    expect(section?.lines.filter((line) => line.mark === 'added')).toHaveLength(5002);
  });

  it('shows annotations one by one', () => {
    const after = { ...before, annotations: { readOnlyHint: true } };
    expect(draw(diffDefinition(before, after))).toEqual([
      'Annotations',
      '- readOnlyHint: false',
      '+ readOnlyHint: true',
    ]);
  });
});
