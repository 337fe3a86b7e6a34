import { describe, expect, it } from 'vitest';
import { measureFatigue } from '../../../electron/engine/pipeline/fatigue.ts';
import type { AuditRow } from '../../../electron/engine/store/contract.ts';
import { sampleRow } from '../store/samples.ts';

const now = new Date(2026, 10, 22, 15, 0).getTime();
const hourMs = 3_600_000;
let seq = 0;

function answer(change: Partial<AuditRow> & { shownMs?: number } = {}): AuditRow {
  const { shownMs = 5_000, ...rest } = change;
  seq += 1;
  return {
    ...sampleRow({ event: 'approval.decided', actor: 'person', reasonCode: 'approved', at: now }),
    details: { shownMs },
    waitedMs: 9_000,
    seq,
    id: `${seq}`,
    prevHash: '',
    hash: '',
    ...rest,
  };
}
const approvals = (count: number, change: (i: number) => Partial<AuditRow>) =>
  Array.from({ length: count }, (_, i) => answer(change(i)));

describe('the fatigue meter', () => {
  it('counts each question once, by how it ended and by day', () => {
    const fatigue = measureFatigue(
      [
        answer({ at: now - 25 * hourMs }),
        answer({ effect: 'deny', reasonCode: 'denied' }),
        answer({ actor: 'engine', effect: 'deny', reasonCode: 'timeout' }),
        answer({ reasonCode: 'allowed_next' }),
        answer({ actor: 'engine', effect: 'deny', reasonCode: 'not_called_again' }),
      ],
      3,
      now,
    );
    expect(fatigue).toMatchObject({ asked: 3, approved: 1, denied: 1, unanswered: 1 });
    expect(fatigue.perDay.map(({ asked }) => asked)).toEqual([0, 1, 2]);
    expect(fatigue.perDay.at(-1)?.day).toBe(new Date(2026, 10, 22).getTime());
  });

  it('tells the median time to a person’s answer, and how many were too quick to have been read', () => {
    const rows = [500, 1_000, 4_000, 60_000].map((shownMs) => answer({ shownMs }));
    expect(measureFatigue(rows, 1, now)).toMatchObject({ medianMs: 2_500, hastyShare: 0.5 });
    expect(measureFatigue([], 1, now)).toMatchObject({ medianMs: null, hastyShare: null, rows: [] });
  });

  it('suggests exactly these arguments where the same call was approved again and again', () => {
    const rows = approvals(6, (i) => ({ argumentsDigest: i < 5 ? 'same' : 'other', subject: 'git status' }));
    expect(measureFatigue(rows, 1, now).rows[0]?.suggestion).toMatchObject({
      kind: 'exact',
      value: 'git status',
      spares: 4,
    });
  });

  it('suggests the folder or the host that all approved calls share, never a wider one', () => {
    const suggest = (subjects: string[]) => {
      const rows = subjects.map((subject, i) => answer({ argumentsDigest: `${i}`, subject }));
      return measureFatigue(rows, 1, now).rows[0]?.suggestion ?? null;
    };
    const files = ['a', 'b', 'c', 'd', 'e'];
    expect(suggest(files.map((name) => `/home/me/notes/${name}.md`))).toMatchObject({
      kind: 'inside',
      value: '/home/me/notes',
    });
    expect(suggest(files.map((name) => `https://example.com/${name}`))).toMatchObject({
      kind: 'host',
      value: 'example.com',
    });
    expect(suggest(files.map((name) => `/home/${name}/x.md`))).toBeNull();
    expect(suggest(files.map((name) => `/home/me/../${name}/x`))).toBeNull();
    expect(suggest(files.map((name) => `https://${name}.com/`))).toBeNull();
    expect(suggest(files.map((name) => `/home/me/notes/${name}…`))).toBeNull();
  });

  it('suggests nothing after few approvals or any denial', () => {
    const same = { argumentsDigest: 'same' };
    expect(
      measureFatigue(
        approvals(4, () => same),
        1,
        now,
      ).rows[0]?.suggestion,
    ).toBeNull();
    const denied = [...approvals(9, () => same), answer({ ...same, effect: 'deny' })];
    expect(measureFatigue(denied, 1, now).rows[0]?.suggestion).toBeNull();
  });
});
