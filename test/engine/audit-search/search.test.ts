import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { appendCall, databaseIn, makeFolder, makeStore, sampleEvent } from '../store/samples.ts';
import { catchUp, count, makeIndexer, search } from './fixture.ts';

describe('searching the audit log', () => {
  it('finds calls by every part of a filter, once each, newest first', async () => {
    const store = makeStore();
    appendCall(store, 'call-1', { tool: 'read_file', subject: 'README.md' });
    appendCall(store, 'call-2', {
      subject: 'acme',
      tool: 'create_issue',
      serverId: 'github',
      riskTier: 'write',
      at: 1_700_000_060_000,
    });
    appendCall(store, 'call-3', {
      event: 'call.refused',
      agentId: 'agent-2',
      agentName: 'Cursor',
      tool: 'write_file',
      outcome: 'denied',
      reasonCode: 'rule_deny',
      ruleId: 'no-ssh',
      subject: '~/.ssh/authorized_keys',
    });
    store.appendAudit(
      sampleEvent({
        event: 'policy.changed',
        actor: 'person',
        agentId: null,
        tool: null,
        callId: null,
        subject: null,
        details: { id: 'no-ssh' },
      }),
    );
    await catchUp(makeIndexer(store));

    expect(await search(store, {})).toEqual(['policy.changed', 'call-3', 'call-2', 'call-1']);
    expect(await search(store, { agent: ['curs'] })).toEqual(['call-3']);
    expect(await search(store, { agent: ['agent-1', 'cursor'], tool: ['file'] })).toEqual(['call-3', 'call-1']);
    expect(await search(store, { server: ['GitHub'] })).toEqual(['call-2']);
    expect(await search(store, { outcome: ['denied'] })).toEqual(['call-3']);
    expect(await search(store, { rule: ['no-ssh'] })).toEqual(['call-3']);
    expect(await search(store, { tier: ['write'] })).toEqual(['call-2']);
    expect(await search(store, { event: ['policy'] })).toEqual(['policy.changed']);
    expect(await search(store, { text: ['ssh authorized'] })).toEqual(['call-3']);
    expect(await search(store, { text: ['no-ssh'] })).toEqual(['policy.changed']);
    expect(await search(store, { text: ['readm*'] })).toEqual(['call-1']);
    expect(await search(store, { after: 1_700_000_060_000 })).toEqual(['call-2']);
    expect(await search(store, { before: 1_700_000_060_000, tool: ['issue'] })).toEqual([]);
    expect(await search(store, { agent: ['nobody'] })).toEqual([]);
  });

  it('finds what is written after a round in which there was nothing to read', async () => {
    const store = makeStore();
    const indexer = makeIndexer(store);
    await catchUp(indexer);
    await catchUp(indexer);
    appendCall(store, 'call-1', { subject: 'late' });
    await catchUp(indexer);
    expect(await search(store, { text: ['late'] })).toEqual(['call-1']);
  });

  it('pages through a list by the marks of its count, without gaps and without doubles', async () => {
    const store = makeStore();
    for (let index = 0; index < 230; index += 1) appendCall(store, `call-${index}`, { tool: index % 3 ? 'a' : 'b' });
    const indexer = makeIndexer(store);
    await catchUp(indexer);
    const all = await search(store, { tool: ['a'] });
    const { total, marks } = await count(store, { tool: ['a'] });
    expect(total).toBe(all.length);
    expect(marks).toHaveLength(Math.floor(total / 50));
    const pages = [null, ...marks].map((mark) =>
      store
        .searchWindow(
          {
            terms: { tool: store.searchTerms('tool', 'a', true, 5).map(({ id }) => id) },
            match: null,
            after: null,
            before: null,
          },
          1,
          mark === null ? store.searchState().headSeq : mark - 1,
        )
        .slice(0, 50),
    );
    expect(pages.flatMap((seqs) => store.auditRows(seqs).map((row) => row.callId))).toEqual(all);
  });

  it('finds words of kept arguments until they are erased, and leaves none of them on disk (security)', async () => {
    const folder = makeFolder();
    const store = makeStore(folder);
    const kept = new Map([['call-1', { path: '/srv/zanzibarium', deep: [{ note: 'quokkadelic plan' }] }]]);
    store.putKeptCalls([keptCall('call-1')]);
    appendCall(store, 'call-1');
    const indexer = makeIndexer(store, kept);
    await catchUp(indexer);
    expect(await search(store, { text: ['quokkadelic'] })).toEqual(['call-1']);
    expect(store.searchState().callsWithArguments).toBe(1);

    store.pruneKeptCalls(Number.MAX_SAFE_INTEGER, 0);
    await catchUp(indexer);
    expect(await search(store, { text: ['quokkadelic'] })).toEqual([]);
    expect(await search(store, { text: ['README'] })).toEqual(['call-1']);
    expect(store.searchState().callsWithArguments).toBe(0);
    store.close();
    const bytes = readFileSync(databaseIn(folder)).toString('latin1');
    expect(bytes).not.toContain('quokkadelic');
    expect(bytes).not.toContain('zanzibarium');
  });

  it('erases every word when search in text is turned off, and reads the log anew when it is on again', async () => {
    const folder = makeFolder();
    const store = makeStore(folder);
    for (let index = 0; index < 40; index += 1) appendCall(store, `call-${index}`, { subject: `wombatic ${index}` });
    const indexer = makeIndexer(store);
    await catchUp(indexer);
    expect(await search(store, { text: ['wombatic 7'] })).toEqual(['call-7']);
    indexer.setTextSearch(false);
    await catchUp(indexer);
    expect(await search(store, { text: ['wombatic'] })).toEqual([]);
    expect(store.searchState()).toMatchObject({ textOn: false, textThrough: 0 });
    expect(await search(store, { tool: ['read_file'] })).toHaveLength(40);
    indexer.setTextSearch(true);
    await catchUp(indexer);
    expect(await search(store, { text: ['wombatic 7'] })).toEqual(['call-7']);
  });

  it.each([
    '"',
    'a" OR "b',
    'NEAR(a b)',
    'words: secret',
    'arguments : x*',
    '* OR *',
    '^a',
    'a AND NOT b',
    '{words}: a',
    "'; DROP TABLE audit; --",
    'a\u0000b',
    '\ud800',
    '-',
    '()',
    '\u202e\u0000',
    '%',
    '_',
  ])('takes %j as words, never as an expression (security)', async (text) => {
    const store = makeStore();
    appendCall(store, 'call-1', { subject: 'plain words' });
    appendCall(store, 'call-2', { subject: `odd ${text} words` });
    await catchUp(makeIndexer(store));
    expect(await search(store, { text: ['plain'] })).toEqual(['call-1']);
    const found = await search(store, { text: [text] });
    expect(found).not.toContain('call-1');
    expect(await search(store, { agent: [text], tool: [text] })).toEqual([]);
  });

  it('knows nothing more of rows that were pruned', async () => {
    const store = makeStore();
    for (let index = 0; index < 20; index += 1) appendCall(store, `call-${index}`, { subject: `wombat ${index}` });
    const indexer = makeIndexer(store);
    await catchUp(indexer);
    store.transaction(() => store.allowPruning(20));
    expect(store.deletePruned(20)).toBe(20);
    await catchUp(indexer);
    expect(await search(store, { text: ['wombat'] })).toHaveLength(10);
    expect(await search(store, {})).not.toContain('call-3');
  });
});

function keptCall(callId: string) {
  return {
    callId,
    at: 1,
    agentId: 'agent-1',
    agentName: 'Claude Code',
    serverId: 'files',
    tool: 'read_file',
    subject: 'README.md',
    argumentsDigest: 'a'.repeat(64),
    sealed: Buffer.alloc(40),
    day: null,
  };
}
