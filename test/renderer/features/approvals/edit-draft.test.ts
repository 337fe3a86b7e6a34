import { describe, expect, it } from 'vitest';
import { parseEditText, parseField, withField } from '../../../../renderer/features/approvals/edit-draft.ts';

describe('parseEditText', () => {
  it('reads an object', () => {
    expect(parseEditText('{"a": [1, "x"]}')).toEqual({ ok: true, value: { a: [1, 'x'] } });
  });

  it('says where a text is no JSON, and that arguments are an object', () => {
    expect(parseEditText('{"a": 1,\n}')).toMatchObject({ ok: false, message: expect.stringContaining('line 2') });
    expect(parseEditText('{"a": 1')).toMatchObject({ ok: false });
    for (const text of ['[]', 'null', '"x"', '3']) {
      expect(parseEditText(text)).toMatchObject({ ok: false, message: expect.stringContaining('object') });
    }
  });

  it('refuses a name that stands twice, as one of the two would vanish (security)', () => {
    expect(parseEditText('{"a": 1, "a": 2}')).toMatchObject({ ok: false });
    expect(parseEditText('{"x": {"a": 1, "\\u0061": 2}}')).toMatchObject({ ok: false });
    expect(parseEditText('{"x": {"a": 1}, "y": [{"a": 2}, {"a": 3}], "z": "\\"a\\": \\"a\\":"}')).toMatchObject({
      ok: true,
    });
  });

  it('refuses an integer that would not be sent as it is written (security)', () => {
    expect(parseEditText('{"id": 12345678901234567890}')).toMatchObject({ ok: false });
    expect(parseEditText('{"id": "12345678901234567890"}')).toMatchObject({ ok: true });
  });

  it('keeps a name such as __proto__ as a name', () => {
    const parsed = parseEditText('{"__proto__": 1}');
    expect(parsed.ok && Object.keys(parsed.value)).toEqual(['__proto__']);
  });
});

describe('parseField', () => {
  it('keeps the type of the argument', () => {
    expect(parseField('text', '12')).toBe('12');
    expect(parseField('number', '12.5')).toBe(12.5);
    expect(parseField('flag', 'false')).toBe(false);
    expect(parseField('json', '[1]')).toEqual([1]);
  });

  it('takes nothing that is not of its type', () => {
    for (const text of ['', 'x', '0x10', '1e999', '9007199254740993']) {
      expect(parseField('number', text)).toBeUndefined();
    }
    expect(parseField('json', '{')).toBeUndefined();
  });
});

describe('withField', () => {
  it('changes one value and keeps the order of the names', () => {
    expect(Object.entries(withField({ a: 1, b: 2, c: 3 }, 'b', 'x'))).toEqual([
      ['a', 1],
      ['b', 'x'],
      ['c', 3],
    ]);
  });
});
