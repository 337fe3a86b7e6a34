import { describe, expect, it } from 'vitest';
import { makeStore, sampleServer } from './samples.ts';

const tool = (name: string, hash: string, position = 0) => ({
  name,
  definition: { name, description: hash, nested: { unknown: [1, null, 'x'] } },
  definitionHash: hash,
  position,
});

describe('tools in the store', () => {
  it('keep the definition whole and the server’s own order', () => {
    const store = makeStore();
    store.putTools('files', [tool('b', 'hb', 0), tool('a', 'ha', 1)], 10);
    expect(store.tools('files').map(({ name, definition }) => ({ name, definition }))).toEqual([
      { name: 'b', definition: tool('b', 'hb').definition },
      { name: 'a', definition: tool('a', 'ha').definition },
    ]);
  });

  it('keep what a person accepted when the server changes a definition (security)', () => {
    const store = makeStore();
    store.putTools('files', [tool('read', 'old')], 10);
    store.markReviewed('files', [{ name: 'read', definitionHash: 'old' }], 20);
    store.putTools('files', [tool('read', 'new', 3)], 30);
    expect(store.tools('files')).toEqual([
      {
        serverId: 'files',
        ...tool('read', 'new', 3),
        reviewedHash: 'old',
        reviewedDefinition: tool('read', 'old').definition,
        firstSeenAt: 10,
      },
    ]);
  });

  it('forget the review of a tool that left and came back (security)', () => {
    const store = makeStore();
    store.putTools('files', [tool('read', 'h')], 10);
    store.markReviewed('files', [{ name: 'read', definitionHash: 'h' }], 20);
    store.putTools('files', [], 30);
    store.putTools('files', [tool('read', 'h')], 40);
    expect(store.tools('files')).toMatchObject([{ reviewedHash: null, reviewedDefinition: null, firstSeenAt: 40 }]);
  });

  it('become reviewed only in the definition the person saw (security)', () => {
    const store = makeStore();
    store.putServer(sampleServer());
    store.putTools('files', [tool('read', 'now'), tool('write', 'w', 1)], 10);
    expect(store.markReviewed('files', [{ name: 'read', definitionHash: 'before' }], 20)).toEqual([]);
    expect(store.servers()[0]?.reviewedAt).toBeNull();

    const seen = [
      { name: 'read', definitionHash: 'before' },
      { name: 'write', definitionHash: 'w' },
      { name: 'absent', definitionHash: 'w' },
    ];
    expect(store.markReviewed('files', seen, 30)).toEqual(['write']);
    expect(store.tools('files').map(({ reviewedHash }) => reviewedHash)).toEqual([null, 'w']);
    expect(store.servers()[0]?.reviewedAt).toBe(30);
    store.markReviewed('files', [{ name: 'read', definitionHash: 'now' }], 40);
    expect(store.servers()[0]?.reviewedAt).toBe(30);
  });

  it('can be kept for a declared server, which has no row of its own', () => {
    const store = makeStore();
    store.putTools('declared', [tool('read', 'h')], 10);
    expect(store.markReviewed('declared', [{ name: 'read', definitionHash: 'h' }], 20)).toEqual(['read']);
  });
});
