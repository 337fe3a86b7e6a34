import { describe, expect, it } from 'vitest';
import type { NeverEntry, Rule } from '../../../../electron/shared/index.ts';
import {
  emptyRuleForm,
  type FormReading,
  isSameForm,
  newRuleId,
  type RuleForm,
  readRuleForm,
  suggestName,
  toNeverForm,
  toRuleForm,
} from '../../../../renderer/features/policy/rule-form.ts';

const now = 1_800_000_000_000;
const nameOf = (id: string): string => (id === 'agent-1' ? 'Claude Code' : id);
const read = (form: RuleForm, taken: string[] = []): FormReading =>
  readRuleForm(form, { now, taken: new Set(taken), nameOf });
const form = (part: Partial<RuleForm>): RuleForm => ({ ...emptyRuleForm('rule'), ...part });
const problemsOf = (reading: FormReading): object => (reading.ok ? {} : reading.problems);

const rule: Rule = {
  id: 'issues',
  name: 'Issues in our repositories',
  enabled: false,
  effect: 'allow',
  agent: 'agent-1',
  server: 'github',
  tool: 'create_issue',
  conditions: [{ argument: 'repo', op: 'isOneOf', values: ['acme/app', 'acme/docs'] }],
  limit: { count: 10, per: 'min' },
  expiresAt: now + 1000,
};
const never: NeverEntry = { id: 'n', name: 'Never', server: '*', tool: 'delete_*', conditions: rule.conditions };

describe('a rule as a form', () => {
  it('comes back as it was, with its id, its switch and its end', () => {
    expect(read(toRuleForm(rule))).toEqual({ ok: true, change: { kind: 'rule', id: 'issues', value: rule } });
    const plain: Rule = { ...rule, tool: '*', limit: null, expiresAt: null, conditions: [], enabled: true };
    expect(read(toRuleForm(plain))).toMatchObject({ change: { value: plain } });
    expect(read(toNeverForm(never))).toEqual({ ok: true, change: { kind: 'never', id: 'n', value: never } });
  });

  it('counts a duration from the moment it is saved', () => {
    expect(read(form({ life: '1h' }))).toMatchObject({ change: { value: { expiresAt: now + 3_600_000 } } });
    expect(read(form({ life: 'always', keptUntil: 5 }))).toMatchObject({ change: { value: { expiresAt: null } } });
  });

  it('sends no limit with Block, whatever was typed before', () => {
    const reading = read(form({ effect: 'deny', limitCount: '10' }));
    expect(reading).toMatchObject({ ok: true, change: { value: { effect: 'deny', limit: null } } });
  });

  it('says for each field what is wrong, and is no rule until all are right', () => {
    const conditions = [{ key: 4, argument: '', op: 'is' as const, kind: 'text' as const, value: '', values: [] }];
    const reading = read(form({ tool: 'del*', limitCount: 'many', name: 'x'.repeat(121), conditions }));
    expect(problemsOf(reading)).toEqual({
      tool: 'A star stands for whole parts of a name, such as create_*.',
      limit: expect.stringContaining('whole number'),
      name: 'Use at most 120 characters.',
      'condition.4': 'Choose an argument.',
    });
  });

  it('is the same as another that says the same, whatever its rows are called inside', () => {
    const one = toRuleForm(rule);
    const other = { ...one, conditions: one.conditions.map((condition) => ({ ...condition, key: 99 })) };
    expect(isSameForm(one, other)).toBe(true);
    expect(isSameForm(one, { ...one, effect: 'ask' })).toBe(false);
  });
});

describe('a new rule', () => {
  it('is named after what it does until a person names it', () => {
    expect(suggestName(form({ effect: 'allow', agent: 'agent-1', tool: 'create_issue' }), nameOf)).toBe(
      'Allow create_issue, Claude Code',
    );
    expect(suggestName(form({ effect: 'deny', server: 'github' }), nameOf)).toBe('Block any tool of github');
    expect(suggestName({ ...emptyRuleForm('never'), tool: 'delete_*' }, nameOf)).toBe('Never delete_*');
    expect(read(form({ effect: 'ask' }))).toMatchObject({ change: { value: { name: 'Ask before any tool' } } });
  });

  it('gets an id of its own that is never that of another', () => {
    expect(newRuleId('No recursive delete!', new Set())).toBe('no-recursive-delete');
    expect(newRuleId('-- 1 --', new Set())).toBe('1');
    expect(newRuleId('x', new Set(['x', 'x-2']))).toBe('x-3');
    expect(newRuleId('規則', new Set())).toBe('rule');
    expect(newRuleId('y'.repeat(300), new Set())).toHaveLength(56);
    expect(read(form({ name: 'Issues' }), ['issues'])).toMatchObject({ change: { id: 'issues-2' } });
  });
});
