import { describe, expect, it } from 'vitest';
import { createEchoGuard, secretMask } from '../../../electron/engine/wire/echo-guard.ts';
import { formsOfSecret } from '../../../electron/engine/wire/secret-forms.ts';
import { fc } from '../../helpers/property.ts';

const secret = 'sk-"tok/en+1\\2&é€<x>';

function guardOf(...secrets: string[]) {
  const guard = createEchoGuard();
  for (const one of secrets) guard.add(one);
  return guard;
}

const message = (text: string) =>
  Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text }] } }));
const readText = (bytes: Buffer) =>
  (JSON.parse(bytes.toString()) as { result: { content: { text: string }[] } }).result.content[0]?.text;

describe('the echo guard', () => {
  it('hands back the very same bytes when nothing is in them', () => {
    const bytes = message('nothing here, \\u0041 and a/b');
    expect(createEchoGuard().cleanMessage(bytes)).toBe(bytes);
    expect(guardOf(secret).cleanMessage(bytes)).toBe(bytes);
  });

  it.each([
    ['as it is', secret],
    ['percent-encoded', encodeURIComponent(secret)],
    ['percent-encoded in lower case', encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase())],
    ['as a form', new URLSearchParams({ key: secret }).toString()],
    [
      'in HTML',
      `<b>${secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')}</b>`,
    ],
    ['as JSON in the text', JSON.stringify({ key: secret })],
    ['as JSON in JSON in the text', JSON.stringify(JSON.stringify({ key: secret }))],
    ['in hex', Buffer.from(secret).toString('hex')],
    ['in hex, upper case', Buffer.from(secret).toString('hex').toUpperCase()],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64url', Buffer.from(secret).toString('base64url')],
    ['in base64, one byte on', Buffer.from(`a${secret}b`).toString('base64')],
    ['in base64, two bytes on', Buffer.from(`ab${secret}b`).toString('base64url')],
  ])('finds a secret %s (security)', (_name, told) => {
    const cleaned = readText(guardOf(secret).cleanMessage(message(`before ${told} after`))) ?? '';
    expect(cleaned).toMatch(/^before .*\[secret\].* after$/s);
    for (const form of formsOfSecret(secret)) expect(cleaned).not.toContain(form.toString());
  });

  it('finds it written in escapes, in a member name, and as a number (security)', () => {
    const escaped = [...'token-1234'].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
    const guard = guardOf('token-1234', '4711471147', 'a/b/c/d/e/f');
    const raw = `{"id":1,"result":{"${escaped}":"x","token-1234":[4711471147, 12.50],"p":"a\\/b\\/c\\/d\\/e\\/f"}}`;
    expect(guard.cleanMessage(Buffer.from(raw)).toString()).toBe(
      `{"id":1,"result":{"[secret]":"x","[secret]":["[secret]", 12.50],"p":"[secret]"}}`,
    );
  });

  it('leaves every other byte as it was, big numbers and odd spaces too', () => {
    const raw = '{ "n" : 123456789012345678901234567890, "s":"a token-1234 b",\n"e":1e400 , "u":"\\u00e9" }';
    expect(guardOf('token-1234').cleanMessage(Buffer.from(raw)).toString()).toBe(raw.replace('token-1234', secretMask));
  });

  it('takes out each of many that overlap (security)', () => {
    expect(guardOf('abcdefgh', 'defghijk', 'abcdef').cleanText('xabcdefghijky abcdefz')).toBe('x[secret]y [secret]z');
  });

  it('cleans values and their names, and keeps those without any', () => {
    const guard = guardOf('token-1234');
    const value = { a: ['x', { b: 1 }], c: null };
    expect(guard.cleanValue(value)).toBe(value);
    expect(guard.cleanValue({ ...value, 'token-1234': ['is token-1234'] })).toEqual({
      ...value,
      [secretMask]: ['is [secret]'],
    });
  });

  it('leaves no trace of any secret in any form, and valid JSON (security)', () => {
    // quotes, backslashes and control characters double with each level of JSON; their cases are above
    const anySecret = fc
      .string({ minLength: 8, maxLength: 40, unit: 'grapheme' })
      .filter((text) => text.trim().length > 7 && !/["\\]/.test(text));
    fc.assert(
      fc.property(anySecret, fc.string(), fc.nat(), (one, around, pick) => {
        const forms = formsOfSecret(one);
        const told = forms[pick % forms.length]?.toString() ?? '';
        const cleaned = guardOf(one).cleanMessage(message(`${around}<${told}>${around}`));
        const text = readText(cleaned) ?? '';
        expect(text.includes(told) && !around.includes(told)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('does not take words apart that every message needs', () => {
    const bytes = message('the result');
    expect(guardOf('result', 'content', 'x').cleanMessage(bytes)).toBe(bytes);
  });

  it('forgets a stored value for no number of renewed tokens, and the tokens in use last (security)', () => {
    const guard = guardOf('a-stored-api-key');
    const tokenOf = (n: number) => `token-number-${n}-of-a-server`;
    for (let n = 0; n < 1001; n += 1) {
      guard.addPassing(tokenOf(n));
      guard.addPassing(tokenOf(0));
    }
    expect(guard.cleanText('it is a-stored-api-key')).toBe('it is [secret]');
    expect(guard.cleanText(`it is ${tokenOf(0)}`)).toBe('it is [secret]');
    expect(guard.cleanText(`it is ${tokenOf(1)}`)).toBe(`it is ${tokenOf(1)}`);
  });
});
