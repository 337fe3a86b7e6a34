import { describe, expect, it } from 'vitest';
import { makeFolder, makeStore, sampleAgent } from './samples.ts';

describe('agents in the store', () => {
  it('come back as they were put, oldest first', () => {
    const store = makeStore();
    const younger = sampleAgent({
      id: 'b',
      tokenHash: Buffer.alloc(32, 2),
      createdAt: 2000,
      limit: null,
      paused: true,
    });
    const older = sampleAgent({ id: 'a', toolLimit: { count: 1, per: 's' }, clientName: 'claude-code 2.1' });
    store.putAgent(younger);
    store.putAgent(older);
    expect(store.agents()).toEqual([older, younger]);
  });

  it('are replaced as a whole under the same id', () => {
    const store = makeStore();
    store.putAgent(sampleAgent());
    const changed = sampleAgent({ name: 'Renamed', tokenHash: Buffer.alloc(32, 9), removedAt: 5000, limit: null });
    store.putAgent(changed);
    expect(store.agents()).toEqual([changed]);
  });

  it('remember when they were last seen, and the last name they gave', () => {
    const store = makeStore();
    store.putAgent(sampleAgent());
    store.touchAgent('agent-1', 3000, 'cursor 1.0');
    store.touchAgent('agent-1', 4000, null);
    expect(store.agents()[0]).toMatchObject({ lastSeenAt: 4000, clientName: 'cursor 1.0' });
  });

  it('take their own switches with them, and nobody else’s', () => {
    const store = makeStore();
    store.putAgent(sampleAgent());
    const kept = { agentId: '*', serverId: 'files', toolName: '*', effect: 'ask' as const };
    store.putGrants([kept, { agentId: 'agent-1', serverId: 'files', toolName: 'read', effect: 'allow' }], 1);
    store.deleteAgent('agent-1');
    store.deleteAgent('*');
    expect(store.agents()).toEqual([]);
    expect(store.grants()).toEqual([{ ...kept, updatedAt: 1 }]);
  });

  it('cannot share a token (security)', () => {
    const store = makeStore();
    store.putAgent(sampleAgent({ id: 'a' }));
    expect(() => store.putAgent(sampleAgent({ id: 'b' }))).toThrow(/UNIQUE/);
  });

  it('survive closing and opening again', () => {
    const folder = makeFolder();
    const first = makeStore(folder);
    first.putAgent(sampleAgent());
    first.close();
    expect(makeStore(folder).agents()).toEqual([sampleAgent()]);
  });
});
