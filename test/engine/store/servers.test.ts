import { describe, expect, it } from 'vitest';
import { makeStore, sampleServer } from './samples.ts';

describe('servers in the store', () => {
  it('come back as they were put', () => {
    const store = makeStore();
    const remote = sampleServer({
      id: 'remote',
      transport: { kind: 'http', url: 'http://127.0.0.1:9000/mcp', headers: { 'X-Key': 'env:REMOTE' } },
      enabled: false,
      trusted: true,
      createdAt: 2000,
      reviewedAt: 3000,
    });
    store.putServer(remote);
    store.putServer(sampleServer());
    expect(store.servers()).toEqual([sampleServer(), remote]);
  });

  it('are replaced as a whole under the same id', () => {
    const store = makeStore();
    store.putServer(sampleServer());
    const changed = sampleServer({ name: 'Other', enabled: false, removedAt: 9 });
    store.putServer(changed);
    expect(store.servers()).toEqual([changed]);
  });

  it('take their tools and switches with them, and nobody else’s', () => {
    const store = makeStore();
    const tool = { name: 'read', definition: { name: 'read' }, definitionHash: 'h', position: 0 };
    for (const id of ['files', 'memory']) {
      store.putServer(sampleServer({ id }));
      store.putTools(id, [tool], 1);
      store.putGrants([{ agentId: 'a', serverId: id, toolName: 'read', effect: 'allow' }], 1);
    }
    store.putGrants([{ agentId: 'a', serverId: '*', toolName: '*', effect: 'ask' }], 1);
    store.deleteServer('files');
    store.deleteServer('*');
    expect(store.servers().map(({ id }) => id)).toEqual(['memory']);
    expect(store.tools('files')).toEqual([]);
    expect(store.tools('memory')).toHaveLength(1);
    expect(store.grants().map(({ serverId }) => serverId)).toEqual(['*', 'memory']);
  });
});
