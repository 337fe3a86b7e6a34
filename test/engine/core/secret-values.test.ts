import { describe, expect, it } from 'vitest';
import { isSecretName, maskSecrets } from '../../../electron/engine/core/secret-values.ts';
import { describeSubject } from '../../../electron/engine/core/subject.ts';
import type { JsonObject } from '../../../electron/engine/wire/json-rpc.ts';
import { maskedText } from '../../../electron/shared/index.ts';
import { fc } from '../../helpers/property.ts';

const token = `ghp_${'a1B2'.repeat(6)}`;

describe('what looks secret', () => {
  it('is known by the words of its name', () => {
    for (const name of [
      'password',
      'apiKey',
      'API_KEY',
      'x-auth-token',
      'clientSecret',
      'DB_PASSWORD',
      'private-key',
      'pin',
    ])
      expect([name, isSecretName(name)]).toEqual([name, true]);
    for (const name of [
      'passage',
      'compass',
      'max_tokens',
      'maxTokens',
      'page_token',
      'tokenizer',
      'key',
      'author',
      'pinned',
      'opinion',
    ])
      expect([name, isSecretName(name)]).toEqual([name, false]);
  });

  it('is taken out with its place and length, and nothing else is (security)', () => {
    const args: JsonObject = {
      path: '/tmp/x',
      headers: { Authorization: 'Bearer abc', accept: 'json' },
      list: ['plain', token],
      credentials: { user: 'me', pin: 4711, ok: true },
      max_tokens: 100,
      note: '',
      password: '',
    };
    const { value, masked } = maskSecrets(args);
    expect(value).toEqual({
      path: '/tmp/x',
      headers: { Authorization: maskedText, accept: 'json' },
      list: ['plain', maskedText],
      credentials: { user: maskedText, pin: maskedText, ok: true },
      max_tokens: 100,
      note: '',
      password: '',
    });
    expect(masked).toEqual([
      { path: ['headers', 'Authorization'], length: 10 },
      { path: ['list', 1], length: token.length },
      { path: ['credentials', 'user'], length: 2 },
      { path: ['credentials', 'pin'], length: 4 },
    ]);
  });

  it('harmless arguments come back as they are', () => {
    const args = { path: '/tmp/x', text: maskedText, n: 1 };
    const { value, masked } = maskSecrets(args);
    expect(value).toBe(args);
    expect(masked).toEqual([]);
  });

  it('wherever a secret stands, it does not leave (security)', () => {
    const secret = 'hunter2-hunter2';
    const tree = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.constant(token),
        fc.string(),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'text'), tie('node'), { maxKeys: 3 }),
        fc.record({ password: fc.oneof(fc.constant(secret), fc.array(fc.constant(secret), { maxLength: 2 })) }),
      ),
    })).node;
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('x', 'y', 'z'), tree), (args) => {
        const text = JSON.stringify(maskSecrets(args as JsonObject));
        expect(text).not.toContain(secret);
        expect(text).not.toContain(token);
      }),
    );
  });

  it('stands in no line on what a call is about (security)', () => {
    expect(describeSubject({ user: 'me', password: 'hunter2' })).toBe('user me');
    expect(describeSubject({ text: `use ${token}`, n: 1 })).toBe('n 1');
  });
});
