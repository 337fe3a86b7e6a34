import { describe, expect, it } from 'vitest';
import type { GrantView } from '../../../../electron/shared/index.ts';
import { offerShorterEnds } from '../../../../renderer/features/approvals/shorten-grant.ts';

const grant: GrantView = {
  id: 'g',
  agentId: 'a',
  agentName: 'A',
  serverId: 's',
  tool: 't',
  sentence: '',
  createdAt: 0,
  expiresAt: null,
  untilQuit: true,
};

describe('offerShorterEnds', () => {
  it('offers only earlier ends than the one there is (security)', () => {
    const ends = offerShorterEnds({ ...grant, expiresAt: 3_600_000 }, 0);
    expect(ends.map(({ label }) => label)).toEqual(['In 5 min', 'In 15 min']);
    expect(ends.every(({ expiresAt }) => expiresAt < 3_600_000)).toBe(true);
  });

  it('offers every end for a grant without one, and none when it ends at once', () => {
    expect(offerShorterEnds(grant, 0)).toHaveLength(5);
    expect(offerShorterEnds({ ...grant, expiresAt: 60_000 }, 0)).toEqual([]);
  });
});
