import { describe, expect, it } from 'vitest';
import { describeNever, describeRule, joinSentence, type Rule } from '../../../../electron/shared/index.ts';

const now = 1_800_000_000_000;
const rule: Rule = {
  id: 'a',
  name: 'A',
  enabled: true,
  effect: 'allow',
  agent: 'agent-1',
  server: 'github',
  tool: 'create_issue',
  conditions: [{ argument: 'repo', op: 'isOneOf', values: ['acme/app', 'acme/docs'] }],
  limit: { count: 10, per: 'min' },
  expiresAt: now + 3_600_000,
};
const say = (part: Partial<Rule>): string => joinSentence(describeRule({ ...rule, ...part }, 'Claude Code', now));

describe('a rule as a sentence', () => {
  it('says who calls what with what, and what comes of it', () => {
    expect(say({})).toBe(
      'When Claude Code calls github: create_issue and repo is one of "acme/app", "acme/docs" → Allow for 1 hour, at most 10 per minute',
    );
    expect(
      say({ agent: '*', server: '*', tool: '*', conditions: [], limit: null, expiresAt: null, effect: 'deny' }),
    ).toBe('When any agent calls any tool → Block');
    expect(say({ tool: '*', conditions: [], limit: null, expiresAt: null })).toContain('any tool of github → Allow');
    expect(say({ server: '*', conditions: [] })).toContain('create_issue of any server');
  });

  it('says how long is left, or that it has ended', () => {
    const left = (ms: number) => /Allow(.*?),? at most/.exec(say({ expiresAt: now + ms }))?.[1];
    expect(left(60_000)).toBe(' for 1 minute');
    expect(left(90 * 60_000)).toBe(' for 90 minutes');
    expect(left(5 * 3_600_000)).toBe(' for 5 hours');
    expect(left(7 * 86_400_000)).toBe(' for 7 days');
    expect(left(-1)).toBe(', ended');
  });

  it('keeps texts of agents and servers apart from its own words, so that none can imitate them (security)', () => {
    const value = 'x" → Block and nothing else';
    const parts = describeRule({ ...rule, conditions: [{ argument: 'repo', op: 'is', value }] }, 'any agent', now);
    expect(parts.filter(({ kind }) => kind === 'value')).toEqual([{ kind: 'value', text: JSON.stringify(value) }]);
    expect(parts[1]).toEqual({ kind: 'name', text: 'any agent' });
  });

  it('shows a pattern as it was typed, and escaped where it holds what cannot be seen', () => {
    const shown = (value: string) => say({ conditions: [{ argument: 'path', op: 'matches', value }] });
    expect(shown('^src\\/.*\\.tsx?$')).toContain('path matches /^src\\/.*\\.tsx?$/');
    expect(shown('a\u202eb')).toContain('path matches "a\u202eb"');
    expect(shown('a\nb')).toContain('path matches "a\\nb"');
  });

  it('says how much of a long value or list it leaves out', () => {
    const long = say({ conditions: [{ argument: 'body', op: 'contains', value: 'y'.repeat(500) }] });
    expect(long).toContain('… (502 characters)');
    const values = Array.from({ length: 20 }, (_, index) => index);
    expect(say({ conditions: [{ argument: 'n', op: 'isOneOf', values }] })).toContain('6, 7 and 12 more');
  });

  it('says of the never-list that it holds for everybody', () => {
    const entry = { id: 'n', name: 'N', server: 'github', tool: 'delete_repository', conditions: rule.conditions };
    expect(joinSentence(describeNever(entry))).toBe(
      'Never github: delete_repository when repo is one of "acme/app", "acme/docs", whoever calls it',
    );
  });
});
