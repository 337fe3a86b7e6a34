import { describe, expect, test, vi } from 'vitest';
import type { GrantView } from '../../electron/shared/index.ts';
import { quickAnswer } from '../../electron/shell/approval-answers.ts';
import { type ApprovalMenuActions, grantItems, waitingItems } from '../../electron/shell/approval-menu.ts';
import { noticeButtons } from '../../electron/shell/notice-text.ts';
import { makeApproval } from './bridge-values.ts';

const actions = (): ApprovalMenuActions => ({
  review: vi.fn(),
  deny: vi.fn(),
  approve: vi.fn(),
  denyAll: vi.fn(),
  pauseAgent: vi.fn(),
  endGrant: vi.fn(),
});
const tiers = ['read', 'write', 'publish', 'destructive', 'secret'] as const;
const approvalOf = (tier: (typeof tiers)[number]) => makeApproval({ id: tier, risk: { tier, reasons: [] } });

describe('approvals in the tray', () => {
  test('can be approved there only when they read (security)', () => {
    for (const tier of tiers) {
      const [item] = waitingItems([approvalOf(tier)], actions());
      const labels = item?.submenu?.map(({ label }) => label);
      expect(labels).toEqual(tier === 'read' ? ['Review…', 'Deny', 'Approve once'] : ['Review…', 'Deny']);
    }
  });

  test('collapse into one item when one agent has more than five waiting', () => {
    const done = actions();
    const storm = Array.from({ length: 6 }, (_, i) => makeApproval({ id: `s${i}`, agentId: 'a', agentName: 'Stormy' }));
    const other = makeApproval({ id: 'other', agentId: 'b', agentName: 'Calm' });
    const items = waitingItems([...storm, other], done);
    expect(items.map(({ label }) => label)).toEqual(['Stormy: 6 waiting', 'Calm → delete_repository']);
    items[0]?.submenu?.find(({ label }) => label === 'Deny all')?.click?.();
    items[0]?.submenu?.find(({ label }) => label === 'Pause agent')?.click?.();
    expect(done.denyAll).toHaveBeenCalledExactlyOnceWith('a');
    expect(done.pauseAgent).toHaveBeenCalledExactlyOnceWith('a');
    expect(waitingItems(storm.slice(0, 5), done)).toHaveLength(3);
  });
});

describe('permissions in the tray', () => {
  const grant = (own: Partial<GrantView>): GrantView => ({
    id: 'g',
    agentId: 'a',
    agentName: 'Claude Code',
    serverId: 'files',
    tool: 'write_file',
    sentence: 'For 1 hour … "/home/me/secret-plans"',
    createdAt: 1,
    expiresAt: null,
    untilQuit: false,
    ...own,
  });

  test('are listed with their end and can be ended, without the values they are about (security)', () => {
    const done = actions();
    const [item] = grantItems([grant({ untilQuit: true }), grant({ id: 'h' })], done);
    expect(item?.label).toBe('2 permissions in force');
    expect(item?.submenu?.map(({ label }) => label)).toEqual([
      'Claude Code → write_file, until ScopeGate quits',
      'Claude Code → write_file, always',
    ]);
    expect(JSON.stringify(item)).not.toContain('secret-plans');
    item?.submenu?.[1]?.submenu?.[0]?.click?.();
    expect(done.endGrant).toHaveBeenCalledExactlyOnceWith('h');
  });

  test('take no place when there is none', () => {
    expect(grantItems([], actions())).toEqual([]);
  });
});

describe('a notification', () => {
  test('has Deny and Review, and Approve for reading only (security)', () => {
    for (const tier of tiers) expect(noticeButtons(approvalOf(tier)).includes('approve'), tier).toBe(tier === 'read');
    expect(noticeButtons(approvalOf('secret'))).toEqual(['deny', 'review']);
  });

  test('answers exactly the call it was about, once, and remembers nothing (security)', () => {
    const answer = quickAnswer(makeApproval({ id: 'p1', digest: 'd1' }), 'approve', 'notification');
    expect(answer).toMatchObject({ id: 'p1', digest: 'd1', input: 'notification', armedAt: null });
    expect(answer).not.toHaveProperty('remember');
    expect(answer).not.toHaveProperty('edited');
  });
});
