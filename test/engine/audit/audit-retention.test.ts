import Database from 'better-sqlite3';
import { describe, expect, it, vi } from 'vitest';
import { AuditRetention } from '../../../electron/engine/audit-retention.ts';
import { databaseIn, sampleEvent } from '../store/samples.ts';
import { openTrailRoom, type TrailRoom, verifyFolder } from './trail-room.ts';

const dayMs = 24 * 3_600_000;
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

async function writeCalls({ gate, trail }: TrailRoom, calls: number): Promise<void> {
  for (let call = 0; call < calls; call += 1) {
    const facts = sampleEvent({ callId: `call-${call}`, details: { filler: 'x'.repeat(400) } });
    await gate.commit({ ...facts, event: 'call.decided' });
    await gate.commit({ ...facts, event: 'call.settled', outcome: 'ok' });
    if (call % 50 === 49) await trail.checkpoint();
  }
}

function makeRetention({ store, gate, trail }: TrailRoom, now: () => number): AuditRetention {
  return new AuditRetention({ store, audit: gate, trail, log: quiet, now });
}

describe('retention of the audit log', () => {
  it('prunes by age up to a signed checkpoint, says so in a signed row, and verifies from there', async () => {
    const room = openTrailRoom();
    await writeCalls(room, 200);
    const old = verifyFolder(room.folder);
    const retention = makeRetention(room, () => Date.now() + 31 * dayMs);
    expect(retention.prune()).toBe(0);
    room.store.putAuditSettings({ durability: 'normal', days: 30, megabytes: null });
    const pruned = retention.prune();
    expect(pruned).toBe(old.signedThrough);
    await vi.waitFor(() => expect(room.store.auditCount()).toBe(room.store.auditEnd() - pruned), { timeout: 10_000 });
    await writeCalls(room, 10);
    await retention.close();
    await room.close();
    expect(verifyFolder(room.folder)).toMatchObject({
      ...{ verdict: 'whole', problems: [], firstSeq: pruned + 1, prunedThrough: pruned },
      signedThrough: expect.any(Number),
    });
    // and a start on it goes on where it was
    const again = openTrailRoom({ folder: room.folder });
    expect(again.trail.start.losses).toEqual([]);
    await again.close();
    expect(verifyFolder(room.folder).verdict).toBe('whole');
  });

  it('prunes by size no more than it must, and never a call that is still open', async () => {
    const room = openTrailRoom();
    await room.gate.commit(sampleEvent({ callId: 'open', event: 'call.decided' }));
    await writeCalls(room, 500);
    const retention = makeRetention(room, () => Date.now());
    const limit = Math.floor(room.store.usedBytes() / 2);
    vi.spyOn(room.store, 'auditSettings').mockReturnValue({
      ...{ durability: 'normal', days: null, megabytes: limit / 1024 / 1024 },
    });
    expect(retention.prune()).toBe(0);
    await room.gate.commit(sampleEvent({ callId: 'open', event: 'call.settled', outcome: 'ok' }));
    const rows = room.store.auditEnd();
    const pruned = retention.prune();
    expect(pruned).toBeGreaterThan(rows * 0.3);
    expect(pruned).toBeLessThan(rows * 0.8);
    await vi.waitFor(() => expect(room.store.auditCount()).toBe(room.store.auditEnd() - pruned), { timeout: 10_000 });
    // what is no row (tables, indexes of other things) stays and is large beside so small a log
    expect(room.store.usedBytes()).toBeLessThan(limit * 1.5);
    await retention.close();
    await room.close();
    expect(verifyFolder(room.folder)).toMatchObject({ verdict: 'whole', prunedThrough: pruned });
  });

  it('finds rows that were pruned further than the signed row says (security)', async () => {
    const room = openTrailRoom();
    await writeCalls(room, 200);
    room.store.putAuditSettings({ durability: 'normal', days: 1, megabytes: null });
    const retention = makeRetention(room, () => Date.now() + 2 * dayMs);
    retention.prune();
    await retention.close();
    await writeCalls(room, 200);
    await room.close();
    const report = verifyFolder(room.folder);
    expect(report.verdict).toBe('whole');
    const db = new Database(databaseIn(room.folder));
    const next = db
      .prepare('SELECT min(seq) FROM audit_checkpoints WHERE seq > ?')
      .pluck()
      .get(report.prunedThrough + 10);
    db.prepare("UPDATE meta SET value = ? WHERE name = 'audit_pruned_through'").run(next);
    db.prepare('DELETE FROM audit WHERE seq <= ?').run(next);
    db.close();
    expect(verifyFolder(room.folder)).toMatchObject({ verdict: 'broken', problems: [{ code: 'beginning' }] });
  });
});
