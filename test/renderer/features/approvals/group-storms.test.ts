import { describe, expect, it } from 'vitest';
import { stormAt } from '../../../../electron/shared/index.ts';
import { countTools, groupStorms } from '../../../../renderer/features/approvals/group-storms.ts';
import { makeApproval } from '../../fake-channel.ts';

const ask = (agentId: string, count: number) =>
  Array.from({ length: count }, (_, index) => makeApproval({ id: `${agentId}-${index}`, agentId }));
const none = new Set<string>();

describe('groupStorms', () => {
  it('leaves five questions of one agent as they are', () => {
    expect(groupStorms(ask('a', stormAt - 1), none).every(({ kind }) => kind === 'card')).toBe(true);
  });

  it('folds more into one at the place of the oldest, and leaves other agents alone', () => {
    const [first, ...rest] = ask('a', stormAt);
    if (first === undefined) throw new Error('none');
    const entries = groupStorms([...ask('b', 1), first, ...ask('c', 2), ...rest], none);
    expect(entries.map(({ id }) => id)).toEqual(['b-0', 'storm a', 'c-0', 'c-1']);
    expect(entries[1]).toMatchObject({ kind: 'storm', approvals: { length: stormAt } });
  });

  it('unfolds the questions of an agent the person chose to review', () => {
    expect(groupStorms(ask('a', 9), new Set(['a']))).toHaveLength(9);
  });

  it('leaves the question that stands in front of the person as it is', () => {
    const entries = groupStorms(ask('a', 8), none, 'a-3');
    expect(entries.map(({ id }) => id)).toEqual(['storm a', 'a-3']);
    expect(entries[0]).toMatchObject({ kind: 'storm', approvals: { length: 7 } });
  });

  it('loses no question', () => {
    const entries = groupStorms([...ask('a', 9), ...ask('b', 3)], none);
    const ids = entries.flatMap((entry) => (entry.kind === 'card' ? [entry.id] : entry.approvals.map(({ id }) => id)));
    expect(ids).toHaveLength(12);
  });
});

describe('countTools', () => {
  it('counts every waiting call, most asked first', () => {
    const approvals = [makeApproval({ id: '1', tool: 'a' }), makeApproval({ id: '2', tool: 'b', waiting: 3 })];
    expect(countTools(approvals)).toMatchObject([
      { tool: 'b', count: 3 },
      { tool: 'a', count: 1 },
    ]);
  });
});
