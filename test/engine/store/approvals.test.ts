import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { databaseIn, makeFolder, makeStore, sampleApproval } from './samples.ts';

describe('approvals in the store', () => {
  it('are open while pending or armed, oldest first', () => {
    const store = makeStore();
    const armed = sampleApproval({
      id: 'armed',
      status: 'approved',
      argumentsJson: null,
      createdAt: 500,
      decidedAt: 600,
    });
    store.putApproval(sampleApproval());
    store.putApproval(armed);
    store.putApproval(sampleApproval({ id: 'done', status: 'denied', decidedAt: 700 }));
    expect(store.approvals({ status: 'open' })).toEqual([armed, sampleApproval()]);
  });

  it('are history once closed, newest first, page by page', () => {
    const store = makeStore();
    for (const createdAt of [1, 2, 3, 4, 5]) {
      store.putApproval(sampleApproval({ id: `a${createdAt}`, status: 'expired', argumentsJson: null, createdAt }));
    }
    const page = (before: number | null) => store.approvals({ status: 'closed', before, limit: 2 }).map(({ id }) => id);
    expect(page(null)).toEqual(['a5', 'a4']);
    expect(page(4)).toEqual(['a3', 'a2']);
    expect(page(2)).toEqual(['a1']);
  });

  it('lose their arguments with the decision, down to the bytes of the file (security)', () => {
    const folder = makeFolder();
    const store = makeStore(folder);
    const argumentsJson = JSON.stringify({ text: 'a-secret-of-the-person' });
    store.putApproval(sampleApproval({ argumentsJson }));
    expect(store.approvals({ status: 'open' })[0]?.argumentsJson).toBe(argumentsJson);
    store.putApproval(sampleApproval({ argumentsJson, status: 'denied', decidedAt: 2000, denyReason: 'too_broad' }));
    expect(store.approvals({ status: 'closed', before: null, limit: 1 })).toMatchObject([
      { argumentsJson: null, denyReason: 'too_broad' },
    ]);
    store.close();
    expect(readFileSync(databaseIn(folder)).includes('a-secret-of-the-person')).toBe(false);
  });
});
