import { describe, expect, it } from 'vitest';
import { everyEntry } from '../../../electron/shared/index.ts';
import { callsLink } from '../../../renderer/features/analytics/chart-links.ts';
import { niceScale } from '../../../renderer/features/analytics/nice-scale.ts';
import { parseAuditQuery, parseTime, toFilter, writeTime } from '../../../renderer/features/audit/audit-query.ts';

const now = new Date(2026, 10, 22, 14, 20).getTime();
const at = (...parts: [number, number, number, number?, number?]) => new Date(...parts).getTime();

describe('a query of the Audit page', () => {
  it('becomes a filter: words for outcomes, times of this machine, the rest as text', () => {
    const tokens = parseAuditQuery('agent:"Claude Code" outcome:denied rule:no-ssh after:today rm -rf risk:x');
    expect(toFilter(tokens, now)).toEqual({
      ...everyEntry,
      agent: ['Claude Code'],
      outcome: ['denied', 'approval_denied'],
      rule: ['no-ssh'],
      text: ['rm', '-rf', 'risk:x'],
      after: at(2026, 10, 22),
    });
  });

  it('reads times, and takes what is none as fitting nothing', () => {
    expect(parseTime('2h', now, 'after')).toBe(now - 7_200_000);
    expect(parseTime('yesterday', now, 'after')).toBe(at(2026, 10, 21));
    expect(parseTime('yesterday', now, 'before')).toBe(at(2026, 10, 22));
    expect(parseTime('2026-11-02', now, 'before')).toBe(at(2026, 10, 3));
    expect(parseTime('2026-11-02T09:30', now, 'before')).toBe(at(2026, 10, 2, 9, 30));
    expect(parseTime('14:03', now, 'after')).toBe(at(2026, 10, 22, 14, 3));
    for (const text of ['2026-02-31', '25:00', 'soon', '', '-1d']) expect(parseTime(text, now, 'after')).toBeNull();
    expect(toFilter(parseAuditQuery('after:soon'), now).after).toBe(Number.MAX_SAFE_INTEGER);
    expect(parseTime(writeTime(now), now, 'after')).toBe(now);
  });

  it('comes back from the link of a chart as what the chart counted', () => {
    const link = callsLink(
      { at: at(2026, 10, 22, 13), to: at(2026, 10, 22, 14) },
      ['denied'],
      [{ key: 'tool', value: 'a b' }],
    );
    const filter = toFilter(parseAuditQuery(decodeURIComponent(link.replace('/audit/', ''))), now);
    expect(filter).toMatchObject({ tool: ['a b'], after: at(2026, 10, 22, 13), before: at(2026, 10, 22, 14) });
    expect(filter.outcome.sort()).toEqual([
      'approval_denied',
      'approval_expired',
      'degraded',
      'denied',
      'invalid_arguments',
      'not_found',
      'paused',
      'rate_limited',
    ]);
  });

  it('scales an axis to round numbers that hold everything', () => {
    for (const most of [1, 2, 7, 42, 99, 101, 5_300, 0.4]) {
      const { top, ticks } = niceScale(most);
      expect(top).toBeGreaterThanOrEqual(most);
      expect(ticks).toEqual([0, top / 2, top]);
    }
  });
});
