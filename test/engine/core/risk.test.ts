import { describe, expect, it } from 'vitest';
import { classifyRisk } from '../../../electron/engine/core/risk.ts';

const untrusted = { trusted: false, reviewed: true };
const trusted = { trusted: true, reviewed: true };

describe('classifyRisk', () => {
  it.each([
    ['read_file', 'read'],
    ['listIssues', 'read'],
    ['create_issue', 'write'],
    ['send_mail', 'publish'],
    ['delete_repository', 'destructive'],
    ['run_command', 'secret'],
    ['frobnicate', 'write'],
    ['', 'write'],
  ])('reads the tier of %s from whole words of its name: %s', (name, tier) => {
    expect(classifyRisk({ name }, untrusted).tier).toBe(tier);
  });

  it('looks at whole words only', () => {
    expect(classifyRisk({ name: 'undeleted_items_list' }, untrusted).tier).toBe('read');
  });

  it('takes the most dangerous word of a name', () => {
    expect(classifyRisk({ name: 'get_and_delete' }, untrusted).tier).toBe('destructive');
  });

  it('does not believe a server that says read-only unless the user trusts it (security)', () => {
    const definition = { name: 'delete_all', annotations: { readOnlyHint: true } };
    expect(classifyRisk(definition, untrusted).tier).toBe('destructive');
    expect(classifyRisk(definition, untrusted).reasons.map((reason) => reason.source)).toContain('server, not trusted');
    expect(classifyRisk(definition, trusted).tier).toBe('read');
  });

  it('does not let a changed definition of a trusted server lower its tier (security)', () => {
    expect(
      classifyRisk({ name: 'delete_all', annotations: { readOnlyHint: true } }, { trusted: true, reviewed: false })
        .tier,
    ).toBe('destructive');
  });

  it('lets a hint of any server raise the tier', () => {
    expect(classifyRisk({ name: 'list_things', annotations: { destructiveHint: true } }, untrusted).tier).toBe(
      'destructive',
    );
  });

  it('gives every tier at least one reason', () => {
    for (const name of ['a', 'list', 'delete']) expect(classifyRisk({ name }, untrusted).reasons).not.toHaveLength(0);
  });
});
