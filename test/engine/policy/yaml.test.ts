import { describe, expect, it } from 'vitest';
import type { PolicyBook } from '../../../electron/engine/core/policy-book.ts';
import {
  type AgentNames,
  importChanges,
  readPolicyYaml,
  writePolicyYaml,
} from '../../../electron/engine/policy-yaml.ts';
import { type Rule, ruleSchema } from '../../../electron/shared/index.ts';
import { fc } from '../../helpers/property.ts';
import { rules } from './random-policy.ts';

const names: AgentNames = {
  nameOf: (id) => ({ a: 'Claude Code', b: '*', c: 'yes' })[id] ?? null,
  idOf: (name) => ({ 'Claude Code': 'a', '*': 'b', yes: 'c' })[name] ?? null,
};

function bookOf(list: readonly Rule[]): PolicyBook {
  return {
    rules: new Map(list.map((rule) => [rule.id, { rule, confirmedAt: 0 }])),
    never: new Map(),
    broken: [],
    risks: new Map(),
    agents: new Map(),
  };
}

const oddText = fc.oneof(
  fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }),
  fc.constantFrom(
    'null',
    'true',
    '1',
    '1.0',
    '~',
    '- a',
    'a: b',
    '#x',
    '"',
    "'",
    '2026-01-01',
    '0x1f',
    'no',
    '\ttab',
    'a\nb',
    '&x',
    '*x',
    '!x',
    '<<',
  ),
);

const oddRules = fc
  .record({
    rule: rules,
    name: oddText,
    agent: fc.constantFrom('*', 'a', 'b', 'c', 'gone'),
    value: oddText,
    limit: fc.option(
      fc.record({ count: fc.integer({ min: 1, max: 1_000_000 }), per: fc.constantFrom('s', 'min', 'h') }),
      { nil: null },
    ),
    expiresAt: fc.option(fc.integer({ min: 0, max: 4_000_000_000_000 }), { nil: null }),
  })
  .map(({ rule, name, agent, value, limit, expiresAt }) => ({
    ...rule,
    name,
    agent,
    expiresAt,
    limit: rule.effect === 'deny' ? null : limit,
    conditions: [
      ...rule.conditions,
      { argument: `[${JSON.stringify(value)}]`, op: 'is', value },
      { argument: 'x', op: 'isOneOf', values: [value, 1.5, null, false] },
    ],
  }))
  .filter((rule) => ruleSchema.safeParse(rule).success)
  .map((rule) => ruleSchema.parse(rule));

describe('the text of a rule set', () => {
  it('reads back as exactly the rules it was written from', () => {
    fc.assert(
      fc.property(fc.uniqueArray(oddRules, { maxLength: 5, selector: ({ id }) => id }), (list) => {
        const book = bookOf(list);
        const read = readPolicyYaml(writePolicyYaml(book, names), names);
        if (!read.ok) expect.fail(JSON.stringify(read.problems));
        const byId = (a: Rule, b: Rule) => (a.id < b.id ? -1 : 1);
        expect([...read.rules].sort(byId)).toEqual([...list].sort(byId));
        expect(importChanges(book, read, 'replace')).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  const good = [
    'version: 1',
    'rules:',
    '  - id: one',
    '    name: One',
    '    effect: allow',
    '    agent: Claude Code',
    '    server: github',
    '    tool: create_*',
    '    when:',
    '      - argument: repo',
    '        is_one_of: [acme/app, acme/docs]',
    '    limit: 10/min',
  ];

  it('is as short as a person would write it', () => {
    const read = readPolicyYaml(good.join('\n'), names);
    expect(read).toMatchObject({ ok: true, rules: [{ id: 'one', agent: 'a', limit: { count: 10, per: 'min' } }] });
  });

  it.each<[string, number, string, string]>([
    ['an unknown key of a rule', 5, '    efect: allow', '5:5 unknown key "efect"'],
    ['an unknown operator', 11, '        is_like: x', '11:9 unknown key "is_like"'],
    ['an unknown effect', 5, '    effect: permit', '5:13 effect'],
    ['a star inside a word', 8, '    tool: del*', '8:11 tool: A star'],
    ['an agent that does not exist', 6, '    agent: Nobody', '6:12 there is no agent called "Nobody"'],
    ['a limit in other words', 12, '    limit: often', '12:12 expected N/s'],
    ['a bad pattern', 11, '        matches: (?=x)', '10:9 The pattern'],
    ['a bad argument', 10, '      - argument: "a b"', '10:9 conditions.0.argument: Not an argument'],
    ['a tag', 4, '    name: !!js/function x', 'tags'],
    ['another version', 1, 'version: 2', '1:10 expected version: 1'],
  ])('is refused whole for %s, with line and column', (_what, line, text, expected) => {
    const lines = [...good];
    lines[line - 1] = text;
    const read = readPolicyYaml(lines.join('\n'), names);
    expect(read.ok).toBe(false);
    const said = read.ok ? '' : read.problems.map((one) => `${one.line}:${one.column} ${one.message}`).join('\n');
    expect(said).toContain(expected);
  });

  it('says no more than a hundred things that are wrong, however many rules are', () => {
    const rules = Array.from({ length: 300 }, (_, index) => `  - { id: r${index}, effect: maybe }`).join('\n');
    const read = readPolicyYaml(`version: 1\nrules:\n${rules}\n`, names);
    expect(read.ok).toBe(false);
    if (!read.ok) expect(read.problems).toHaveLength(100);
  });

  it.each(['rules: &a [*a]', 'version: 1\nrules:\n  - &r { id: r }\n  - *r', '&a a: *a'])(
    'is refused when it refers to itself or to another part: %j',
    (text) => {
      const read = readPolicyYaml(text, names);
      expect(read.ok ? [] : read.problems.map(({ message }) => message).join()).toMatch(/anchors.*aliases/);
    },
  );

  it('is refused whole when one of many rules is bad (security)', () => {
    const rest = 'effect: allow, agent: "*", server: s, tool: t, name: N';
    const text = `version: 1\nrules:\n  - { id: a, ${rest} }\n  - { id: b, ${rest}, when: [{ argument: x, matches: "(" }] }\n`;
    const read = readPolicyYaml(text, names);
    expect(read).toMatchObject({ ok: false, problems: [{ line: 4 }] });
  });

  it('is refused when an id stands twice, and when an alias would multiply it', () => {
    const twice = [...good, ...good.slice(2)].join('\n');
    expect(readPolicyYaml(twice, names)).toMatchObject({ ok: false });
    const bomb = 'version: 1\nrules: &a [*a, *a]';
    expect(readPolicyYaml(bomb, names)).toMatchObject({ ok: false });
  });
});
