import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { verifyChain } from '../../../electron/engine/store/audit-chain.ts';
import { appendCall, databaseIn, makeFolder, makeStore, sampleEvent } from './samples.ts';

describe('the audit log', () => {
  it('returns rows as they were appended, with number, id and hashes', () => {
    const store = makeStore();
    const event = sampleEvent({ details: { input: 'pointer' }, durationMs: 1.5, outcome: 'ok', resultBytes: 12 });
    expect(store.appendAudit(event)).toBe(1);
    expect(store.appendAudit(sampleEvent())).toBe(2);
    const [first, second] = store.callRows('call-1');
    expect(first).toMatchObject({ ...event, seq: 1, prevHash: '0'.repeat(64) });
    expect(second).toMatchObject({ seq: 2, prevHash: first?.hash });
    expect(first?.id).not.toBe(second?.id);
  });

  it('refuses every change of what is written, on any connection (security)', () => {
    const folder = makeFolder();
    const store = makeStore(folder);
    appendCall(store, 'call-1');
    const stranger = new Database(databaseIn(folder));
    for (const sql of [
      "UPDATE audit SET outcome = 'denied'",
      'UPDATE audit SET seq = 9 WHERE seq = 1',
      'DELETE FROM audit',
      'DELETE FROM audit WHERE seq = 2',
      'INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 1',
      `INSERT INTO audit SELECT 9, id, at, event, actor, agent_id, agent_name, server_id, tool, call_id, effect, outcome,
        reason_code, risk_tier, policy_version, arguments_digest, result_digest, result_bytes, duration_ms, waited_ms,
        approval_id, subject, details, prev_hash, hash, 1, null, null, null, null, null, null FROM audit WHERE seq = 1`,
    ]) {
      expect(() => stranger.exec(sql)).toThrow(/append-only|next row/);
    }
    stranger.close();
    expect(verifyChain(store)).toMatchObject({ ok: true, head: { seq: 2 } });
  });

  it('goes on from the row before, after a restart and after a transaction that failed', () => {
    const folder = makeFolder();
    const first = makeStore(folder);
    appendCall(first, 'one');
    first.close();
    const store = makeStore(folder);
    const failure = new Error('the rest of the transaction broke');
    expect(() =>
      store.transaction(() => {
        appendCall(store, 'lost');
        throw failure;
      }),
    ).toThrow(failure);
    store.transaction(() => {
      appendCall(store, 'two');
      expect(() =>
        store.transaction(() => {
          appendCall(store, 'lost too');
          throw failure;
        }),
      ).toThrow(failure);
      appendCall(store, 'three');
    });
    expect(store.auditCount()).toBe(6);
    expect(store.callRows('lost')).toEqual([]);
    expect(store.callRows('lost too')).toEqual([]);
    expect(verifyChain(store)).toMatchObject({ ok: true, head: { seq: 6 } });
  });

  it('throws when a row cannot be written, and goes on rightly once it can (security)', () => {
    const folder = makeFolder();
    const store = makeStore(folder);
    appendCall(store, 'one');
    const stranger = new Database(databaseIn(folder));
    stranger.exec('BEGIN IMMEDIATE');
    expect(() => store.appendAudit(sampleEvent({ callId: 'two' }))).toThrow(/locked/);
    stranger.exec('COMMIT');
    stranger.close();
    expect(store.appendAudit(sampleEvent({ callId: 'three' }))).toBe(3);
    expect(store.callRows('two')).toEqual([]);
    expect(verifyChain(store)).toMatchObject({ ok: true, head: { seq: 3 } });
  });

  it('lists ended calls newest first, page by page, one row for each', () => {
    const store = makeStore();
    const ids = ['a', 'b', 'c', 'd', 'e'];
    // b, c and d end in the same millisecond.
    ids.forEach((id, index) => {
      appendCall(store, id, { at: [1, 5, 5, 5, 9][index] ?? 0, ...(id === 'c' ? { event: 'call.refused' } : {}) });
    });
    store.appendAudit(sampleEvent({ event: 'grant.changed', callId: null }));
    const seen: (string | null)[] = [];
    let before: { at: number; id: string } | null = null;
    for (;;) {
      const page = store.settledCalls(before, 2);
      const last = page.at(-1);
      if (!last?.callId) break;
      seen.push(...page.map(({ callId }) => callId));
      before = { at: last.at, id: last.callId };
    }
    expect(seen).toEqual(['e', 'd', 'c', 'b', 'a']);
  });

  it('lists what is older than a call that has not ended yet', () => {
    const store = makeStore();
    appendCall(store, 'old', { at: 10 });
    appendCall(store, 'young', { at: 30 });
    expect(store.settledCalls({ at: 20, id: 'still running' }, 9).map(({ callId }) => callId)).toEqual(['old']);
  });

  it('finds forwarded calls without an end, asked ones too, and only those', () => {
    const folder = makeFolder();
    const store = makeStore(folder);
    appendCall(store, 'done');
    store.appendAudit(sampleEvent({ callId: 'open' }));
    appendCall(store, 'refused', { event: 'call.refused', effect: 'deny' });
    store.appendAudit(sampleEvent({ callId: 'asked', effect: 'ask', approvalId: 'x' }));
    store.appendAudit(sampleEvent({ callId: 'denied', effect: 'deny' }));
    appendCall(store, 'later');
    const open = (reader: typeof store) => reader.unfinishedCalls().map(({ callId }) => callId);
    expect(open(store)).toEqual(['open', 'asked']);
    store.close();
    const again = makeStore(folder);
    expect(open(again)).toEqual(['open', 'asked']);
    again.appendAudit(sampleEvent({ callId: 'open', event: 'call.recovered', outcome: 'unknown' }));
    expect(open(again)).toEqual(['asked']);
    again.close();
    expect(open(makeStore(folder))).toEqual(['asked']);
  });

  it('counts calls by tool since a time, and those that reached the server for the card', () => {
    const store = makeStore();
    const at = (time: number, tool: string, more = {}) =>
      appendCall(store, `${tool}-${time}`, { at: time, tool, ...more });
    at(10, 'read');
    at(20, 'read');
    at(30, 'read', { event: 'call.refused' });
    at(20, 'write', { serverId: 'memory' });
    at(5, 'list');
    at(99, 'read', { agentId: 'agent-2' });
    at(99, 'read', { tool: null });
    expect(store.callCounts('agent-1', 20)).toEqual([
      { serverId: 'files', tool: 'read', count: 2 },
      { serverId: 'memory', tool: 'write', count: 1 },
    ]);
    expect(store.callCounts('nobody', 0)).toEqual([]);
    expect(store.priorCalls('agent-1', 'files', 'read')).toBe(2);
    expect(store.priorCalls('agent-1', 'files', 'absent')).toBe(0);
  });

  it('never reads the table to count', () => {
    const folder = makeFolder();
    makeStore(folder);
    const db = new Database(databaseIn(folder), { readonly: true });
    const plan = db
      .prepare(`EXPLAIN QUERY PLAN SELECT count(*) FROM audit INDEXED BY audit_by_tool
        WHERE event IN ('call.settled', 'call.refused', 'call.recovered') AND agent_id IS NOT NULL
          AND server_id IS NOT NULL AND tool IS NOT NULL AND agent_id = ? AND server_id = ? AND tool = ? AND at >= ?`)
      .all('a', 'b', 'c', 1);
    db.close();
    expect(JSON.stringify(plan)).toContain('USING COVERING INDEX audit_by_tool');
  });
});
