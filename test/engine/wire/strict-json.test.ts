import { describe, expect, it } from 'vitest';
import type { StrictJsonFaultCode } from '../../../electron/engine/wire/strict-json.ts';
import { parseStrictJson } from '../../../electron/engine/wire/strict-json.ts';
import { fc } from '../../helpers/property.ts';

function parse(text: string | Buffer) {
  return parseStrictJson(Buffer.from(text as string));
}

function faultOf(text: string | Buffer): StrictJsonFaultCode | 'accepted' {
  const result = parse(text);
  return result.ok ? 'accepted' : result.fault.code;
}

const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);
const list = (length: number) => `[${Array.from({ length }, () => '0').join(',')}]`;
const wide = (length: number) => `{${Array.from({ length }, (_, i) => `"k${i}":0`).join(',')}}`;

const hostile: [string, string | Buffer, StrictJsonFaultCode][] = [
  ['nothing', '', 'syntax'],
  ['white space only', ' \n\t ', 'syntax'],
  ['a byte-order mark', Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]), 'syntax'],
  ['UTF-16', Buffer.from('{"a":1}', 'utf16le'), 'syntax'],
  ['a byte that is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'encoding'],
  ['an overlong encoding', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), 'encoding'],
  ['a cut off sequence', Buffer.from([0x22, 0xe2, 0x82, 0x22]), 'encoding'],
  ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'encoding'],
  ['a code point beyond Unicode', Buffer.from([0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]), 'encoding'],
  ['a key twice', '{"a":1,"a":2}', 'duplicate_key'],
  ['a key twice, once escaped', '{"name":1,"n\\u0061me":2}', 'duplicate_key'],
  ['a key twice, far inside', '{"a":[{"b":{"c":1,"d":2,"c":3}}]}', 'duplicate_key'],
  ['an empty key twice', '{"":1,"":2}', 'duplicate_key'],
  ['an index-like key twice', '{"1":1,"1":2}', 'duplicate_key'],
  ['toString twice', '{"toString":1,"toString":2}', 'duplicate_key'],
  ['__proto__', '{"__proto__":{"a":1}}', 'forbidden_key'],
  ['__proto__, escaped', '{"\\u005f_proto__":1}', 'forbidden_key'],
  ['__proto__, far inside', '[{"a":{"__proto__":null}}]', 'forbidden_key'],
  ['65 arrays in one another', nested(65, '[', ']'), 'too_deep'],
  ['65 objects in one another', `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`, 'too_deep'],
  ['100,000 open brackets', '['.repeat(100_000), 'too_deep'],
  ['20,001 elements', list(20_001), 'too_many_members'],
  ['20,001 members', wide(20_001), 'too_many_members'],
  ['20,001 members in all', `[${wide(10_000)},${list(10_000)}]`, 'too_many_members'],
  ['a number of 65 characters', `0.${'1'.repeat(63)}`, 'number'],
  ['an infinite number', '1e999', 'number'],
  ['an infinite number, negative', '-1e309', 'number'],
  ['an integer beyond 2^53', '9007199254740993', 'number'],
  ['an integer beyond -2^53', '[-9007199254740993]', 'number'],
  ['a lone high surrogate', '"\\ud800"', 'lone_surrogate'],
  ['a lone low surrogate', '"\\udc00"', 'lone_surrogate'],
  ['a swapped pair', '"\\udc00\\ud800"', 'lone_surrogate'],
  ['a high surrogate before a letter', '"\\ud800\\u0041"', 'lone_surrogate'],
  ['a lone surrogate as key', '{"\\udfff":1}', 'lone_surrogate'],
  ['NaN', 'NaN', 'syntax'],
  ['Infinity', '-Infinity', 'syntax'],
  ['a leading zero', '01', 'syntax'],
  ['a plus', '+1', 'syntax'],
  ['hexadecimal', '0x10', 'syntax'],
  ['a bare fraction', '.5', 'syntax'],
  ['a fraction without digits', '1.', 'syntax'],
  ['an exponent without digits', '1e', 'syntax'],
  ['a minus alone', '-', 'syntax'],
  ['single quotes', "{'a':1}", 'syntax'],
  ['a bare key', '{a:1}', 'syntax'],
  ['a number as key', '{1:1}', 'syntax'],
  ['a trailing comma in an object', '{"a":1,}', 'syntax'],
  ['a trailing comma in an array', '[1,]', 'syntax'],
  ['a leading comma', '[,1]', 'syntax'],
  ['two commas', '[1,,2]', 'syntax'],
  ['a missing comma', '[1 2]', 'syntax'],
  ['a missing colon', '{"a" 1}', 'syntax'],
  ['a missing value', '{"a":}', 'syntax'],
  ['a comment', '{"a":1}/* x */', 'syntax'],
  ['a line comment', '// x\n{}', 'syntax'],
  ['two documents', '{}{}', 'syntax'],
  ['a NUL behind', '{}\u0000', 'syntax'],
  ['a no-break space', '\u00a0{}', 'syntax'],
  ['a line separator', '{}\u2028', 'syntax'],
  ['a form feed', '\f{}', 'syntax'],
  ['a raw line break in a string', '"a\nb"', 'syntax'],
  ['a raw NUL in a string', '"a\u0000b"', 'syntax'],
  ['a raw tab behind an escape', '"\\n\t"', 'syntax'],
  ['an unknown escape', '"\\x41"', 'syntax'],
  ['an escaped quote of the other kind', '"\\\'"', 'syntax'],
  ['a short \\u', '"\\u12"', 'syntax'],
  ['a \\u with a sign', '"\\u+123"', 'syntax'],
  ['a \\u with spaces', '"\\u 123"', 'syntax'],
  ['an open string', '"abc', 'syntax'],
  ['an open string behind an escape', '"abc\\n', 'syntax'],
  ['an open escape', '"abc\\', 'syntax'],
  ['an open array', '[1', 'syntax'],
  ['an open object', '{"a":1', 'syntax'],
  ['a wrong bracket', '[1}', 'syntax'],
  ['a cut off word', 'tru', 'syntax'],
  ['a word in capitals', 'True', 'syntax'],
  ['a word and more', 'nullx', 'syntax'],
  ['undefined', 'undefined', 'syntax'],
];

describe('parseStrictJson', () => {
  it.each(hostile)('refuses %s (security)', (_name, text, code) => {
    expect(faultOf(text)).toBe(code);
  });

  it.each([
    ['64 levels', nested(64, '[', ']')],
    ['20,000 elements', list(20_000)],
    ['20,000 members', wide(20_000)],
    ['a number of 64 characters', `0.${'1'.repeat(62)}`],
    ['the largest safe integer', '[9007199254740991,-9007199254740991]'],
    ['a surrogate pair', '"\\ud83d\\ude00 \\uD83D\\uDE00 😀"'],
    ['every escape', '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u00e9"'],
    ['the same key in different objects', '[{"a":1},{"a":{"a":1}}]'],
    ['white space of all four kinds', ' {\t"a"\r\n:\n[ ]\r, "b" : { } } '],
    ['floats far from one', '[1.5e300,1e-300,-0.0,1E+2,1e20]'],
    ['names of Object.prototype', '{"constructor":1,"toString":2,"hasOwnProperty":3,"prototype":{}}'],
  ])('accepts %s', (_name, text) => {
    const result = parse(text);
    expect(result.ok && result.value).toEqual(JSON.parse(text));
  });

  it('finds no member that was not sent (security)', () => {
    const result = parse('{"params":{}}');
    if (!result.ok) throw new Error(result.fault.message);
    const value = result.value as { params: Record<string, unknown> };
    expect(value.params.constructor).toBeUndefined();
    expect('__proto__' in value.params).toBe(false);
    expect('toString' in value.params).toBe(false);
  });

  it('names the place of a fault and quotes nothing of the document (security)', () => {
    const result = parse('{"secret-key": "hunter2", "secret-key": 1}');
    expect(result).toEqual({
      ok: false,
      fault: { code: 'duplicate_key', message: 'A key is given twice at character 38.' },
    });
  });

  it('accepts what JSON.stringify wrote of any value without the refused features', () => {
    const isPlain = (value: unknown): boolean => {
      if (typeof value === 'number')
        return !Number.isInteger(value) || Number.isSafeInteger(value) || /e/.test(`${value}`);
      if (typeof value === 'string') return value.isWellFormed();
      if (Array.isArray(value)) return value.every(isPlain);
      if (typeof value !== 'object' || value === null) return true;
      return Object.entries(value).every(([key, inner]) => key !== '__proto__' && key.isWellFormed() && isPlain(inner));
    };
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' }).filter(isPlain),
        fc.integer({ min: 0, max: 3 }),
        (value, indent) => {
          const text = JSON.stringify(value, null, indent);
          const result = parse(text);
          expect(result.ok, text).toBe(true);
          if (result.ok) expect(result.value).toEqual(JSON.parse(text));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('accepts nothing that JSON.parse refuses and reads nothing differently (security)', () => {
    const token = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '\\',
        '"a"',
        '"b"',
        '1',
        '-0',
        '1.5',
        'e',
        '+',
        '\\u0061',
        '\\ud83d',
        '\\ude00',
      ],
      ...['true', 'null', ' ', '\n', '\u0000', '\ufeff', 'é', '__proto__', '"a":1', '{"a":', '[1,'],
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
        const text = tokens.join('');
        const result = parse(text);
        if (result.ok) expect(result.value).toEqual(JSON.parse(text));
        else expect(result.fault.message).toMatch(/^[A-Z].*\.$/);
      }),
      { numRuns: 5_000 },
    );
  });

  it('never throws, whatever the bytes (security)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const result = parseStrictJson(Buffer.from(bytes));
        if (result.ok) expect(result.value).toEqual(JSON.parse(Buffer.from(bytes).toString()));
      }),
      { numRuns: 3_000 },
    );
  });

  it('reads 4 MiB of escapes, of digits and of plain text to the end (security)', () => {
    const size = 4 * 1024 * 1024;
    const escapes = `"${'\\u0041'.repeat(size / 6)}"`;
    expect(parse(escapes)).toEqual({ ok: true, value: 'A'.repeat(Math.floor(size / 6)) });
    expect(faultOf('9'.repeat(size))).toBe('number');
    expect(faultOf(`"${'x'.repeat(size)}"`)).toBe('accepted');
    expect(faultOf(`[${' '.repeat(size)}]`)).toBe('accepted');
    expect(faultOf(`["${'x'.repeat(size)}`)).toBe('syntax');
  });
});
