import { describe, expect, test } from 'vitest';
import { noticeText } from '../../electron/shell/notice-text.ts';
import { menuLabel, plainLabel } from '../../electron/shell/plain-label.ts';
import { makeApproval } from './bridge-values.ts';

describe('plainLabel', () => {
  test('leaves a plain name as it is', () => {
    expect(plainLabel('Claude Code (работа) 🐙')).toBe('Claude Code (работа) 🐙');
  });

  test('shows what would hide or reorder text (security)', () => {
    expect(plainLabel('a\u202eb\u200bc\u0007d\u{e0041}e')).toBe('a�b�c�d�e');
  });

  test('keeps to one line (security)', () => {
    expect(plainLabel(' first\r\nsecond\u2028third\u00a0 ')).toBe('first second third');
  });

  test('cuts by characters, not by halves of them', () => {
    expect(plainLabel('🐙'.repeat(50), 5)).toBe('🐙🐙🐙🐙…');
  });

  test('lets a name set no access key in a menu', () => {
    expect(menuLabel('R&D && co')).toBe('R&&D &&&& co');
  });
});

describe('noticeText', () => {
  test('names agent and tool and shows no argument (security)', () => {
    const approval = makeApproval({ arguments: { token: 'hunter2' }, subject: 'hunter2', toolDescription: 'hunter2' });
    const { title, body } = noticeText(approval);
    expect(title).toBe('Claude Code wants to use delete_repository');
    expect(title + body).not.toContain('hunter2');
  });
});
