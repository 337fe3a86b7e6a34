import { describe, expect, it } from 'vitest';
import {
  describeAnswerTime,
  describeRate,
  perDayAverage,
} from '../../../../renderer/features/approvals/fatigue-words.ts';

describe('the figures', () => {
  it('are rounded to what can be read at a glance', () => {
    expect(perDayAverage({ asked: 66, days: 14 })).toBe('4.7');
    expect(perDayAverage({ asked: 660, days: 14 })).toBe('47');
    expect(describeRate(58, 63)).toBe('92 %');
    expect(describeAnswerTime(1800)).toBe('1.8 s');
  });

  it('say nothing of nothing', () => {
    expect(describeRate(0, 0)).toBe('–');
    expect(describeAnswerTime(null)).toBe('–');
  });
});
