import { describe, expect, it } from 'vitest';
import { countOf, formatBytes, formatCount, formatCountdown, formatDuration } from '../../../renderer/lib/format.ts';

describe('format', () => {
  it('writes durations as short as they can be read', () => {
    expect([0.94, 14.4, 999, 1840, 59_000, 125_000].map(formatDuration)).toEqual([
      '0.9 ms',
      '14 ms',
      '999 ms',
      '1.8 s',
      '59.0 s',
      '2:05',
    ]);
  });

  it('counts down to zero and not below', () => {
    expect([252_000, 9_500, -5, 3_725_000].map(formatCountdown)).toEqual(['4:12', '0:10', '0:00', '1:02:05']);
  });

  it('groups thousands', () => {
    expect([999, 1204, 1_234_567].map((count) => formatCount(count).replaceAll('\u202f', ' '))).toEqual([
      '999',
      '1 204',
      '1 234 567',
    ]);
    expect(countOf(1, 'call')).toBe('1 call');
    expect(countOf(0, 'call')).toBe('0 calls');
  });

  it('writes sizes', () => {
    expect([812, 2048, 65_536, 1_258_291].map(formatBytes)).toEqual(['812 B', '2.0 KiB', '64 KiB', '1.2 MiB']);
  });
});
