import { describe, expect, it } from 'vitest';
import {
  draftOfSource,
  emptySource,
  readSource,
  type SourceDraft,
} from '../../../../renderer/features/credentials/source-draft.ts';

const read = (draft: Partial<SourceDraft>) => readSource({ ...emptySource, ...draft });

describe('where a value comes from', () => {
  it('takes a pasted value without the line ends around it, and nothing else away', () => {
    expect(read({ value: ' a b \r\n' })).toEqual({ ok: true, source: { from: 'vault', value: ' a b ' } });
    expect(read({ value: '\n' })).toMatchObject({ ok: false });
  });

  it('writes references as the engine reads them, whoever typed the scheme', () => {
    const reference = (draft: Partial<SourceDraft>) => {
      const result = read(draft);
      return result.ok && result.source.from === 'reference' ? result.source.reference : null;
    };
    expect(reference({ form: 'env', reference: 'KEY' })).toBe('env:KEY');
    expect(reference({ form: 'env', reference: 'env:KEY' })).toBe('env:KEY');
    expect(reference({ form: 'env', reference: 'not a name' })).toBeNull();
    expect(reference({ form: 'file', reference: '/a b' })).toBe('file:/a b');
    expect(reference({ form: 'op', reference: 'op://Private/GitHub/token' })).toBe('op://Private/GitHub/token');
    expect(reference({ form: 'op', reference: 'GitHub' })).toBeNull();
  });

  it('never begins with the old value of the vault (security)', () => {
    expect(draftOfSource({ from: 'vault' })).toEqual(emptySource);
    expect(draftOfSource({ from: 'reference', reference: 'file:/a:b' })).toMatchObject({
      form: 'file',
      reference: '/a:b',
    });
  });
});
