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

  it.each([
    ['github-mcp-server', 'merge_pull_request', 'publish'],
    ['@playwright/mcp', 'browser_evaluate', 'secret'],
    ['@modelcontextprotocol/server-filesystem', 'write_file', 'write'],
    ['@modelcontextprotocol/server-memory', 'delete_entities', 'destructive'],
    ['https://mcp.stripe.com/v1', 'create_refund', 'publish'],
    ['desktop-commander', 'interact_with_process', 'secret'],
    ['mcp-server-kubernetes', 'kubectl_apply', 'destructive'],
    ['mcp-server-docker', 'run_container', 'secret'],
    ['@gongrzhe/server-gmail-autoauth-mcp', 'send_email', 'publish'],
    ['mcp-server-shell', 'anything_at_all', 'secret'],
  ])('knows the tools of %s: %s is %s', (identity, name, tier) => {
    expect(classifyRisk({ name }, { ...untrusted, identities: [identity] }).tier).toBe(tier);
  });

  it('lets the name a server gives itself raise a tier, never count as proof that a tool only reads (security)', () => {
    const named = { ...untrusted, selfNames: ['playwright'] };
    expect(classifyRisk({ name: 'browser_click' }, named).tier).toBe('publish');
    expect(classifyRisk({ name: 'browser_tabs' }, named).tier).toBe('write');
    expect(classifyRisk({ name: 'browser_tabs' }, { ...untrusted, identities: ['@playwright/mcp'] }).tier).toBe('read');
  });

  it('lets the user’s own tier win over everything, and shows whose it is', () => {
    const risk = classifyRisk({ name: 'delete_all' }, { ...untrusted, override: 'read' });
    expect(risk).toMatchObject({ tier: 'read', isOverridden: true });
    expect(risk.reasons[0]).toMatchObject({ source: 'you' });
    expect(risk.reasons.map(({ source }) => source)).toContain('name');
  });
});
