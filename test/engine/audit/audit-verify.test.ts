import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { databaseIn, makeFolder, sampleEvent } from '../store/samples.ts';
import { openTrailRoom, type TrailRoom, verifyFolder } from './trail-room.ts';

/** Calls with both rows each. */
async function writeCalls({ gate }: TrailRoom, calls: number, from = 0): Promise<void> {
  for (let call = from; call < from + calls; call += 1) {
    const facts = sampleEvent({ callId: `call-${call}` });
    await gate.commit({ ...facts, event: 'call.decided' });
    await gate.commit({ ...facts, event: 'call.settled', outcome: 'ok', durationMs: 1.5, upstreamMs: 0.5 });
  }
}

/** A log of an engine that ended as it should. */
async function makeLog(calls = 200): Promise<string> {
  const room = openTrailRoom();
  await writeCalls(room, calls);
  await room.close();
  return room.folder;
}

/** Somebody with a shell, for whom triggers are no obstacle. */
function tamper(folder: string, sql: string): void {
  const db = new Database(databaseIn(folder));
  for (const trigger of ['audit_next_only', 'audit_no_update', 'audit_no_delete']) db.exec(`DROP TRIGGER ${trigger}`);
  for (const trigger of ['next_only', 'no_update', 'no_delete']) db.exec(`DROP TRIGGER audit_checkpoints_${trigger}`);
  db.exec(sql);
  db.close();
}

const copyOf = (folder: string): string => {
  const copy = makeFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
};

describe('verifying the audit log', () => {
  it('finds a log whole after a proper end, every row of it signed', async () => {
    const report = verifyFolder(await makeLog());
    expect(report).toMatchObject({ verdict: 'whole', problems: [], notes: [], firstSeq: 1, lastSeq: 402 });
    expect(report).toMatchObject({ chainedThrough: 402, signedThrough: 402, confirmedThrough: 402 });
    expect(report.checkpoints).toBeGreaterThanOrEqual(2);
    expect(report.firstKeys).toHaveLength(1);
  });

  it('works while the engine writes, and says up to where the rows are signed', async () => {
    const room = openTrailRoom();
    await writeCalls(room, 10);
    expect(verifyFolder(room.folder)).toMatchObject({
      verdict: 'whole',
      ...{ signedThrough: 0, confirmedThrough: 21, lastSeq: 21 },
    });
    await room.trail.checkpoint();
    expect(verifyFolder(room.folder)).toMatchObject({ verdict: 'whole', signedThrough: 21, checkpoints: 1 });
  });

  it('goes on with the same line of keys after a restart', async () => {
    const folder = await makeLog(5);
    const room = openTrailRoom({ folder });
    await writeCalls(room, 5, 5);
    await room.close();
    const report = verifyFolder(folder);
    expect(report).toMatchObject({ verdict: 'whole', problems: [], checkpoints: 2, signedThrough: report.lastSeq });
  });

  it.each([
    ['a changed row', "UPDATE audit SET tool = 'read_fi1e' WHERE seq = 77", 77],
    ['a changed number', 'UPDATE audit SET duration_ms = 1.25 WHERE seq = 77', 77],
    ['a credential written into a row', "UPDATE audit SET credential = 'x' WHERE seq = 77", 77],
    ['a row that claims an old format', 'UPDATE audit SET format = 1 WHERE seq = 77', 77],
    ['a deleted row', 'DELETE FROM audit WHERE seq = 77', 77],
    ['rows cut off at the beginning', 'DELETE FROM audit WHERE seq < 77', 1],
    ['rows cut off at the end', 'DELETE FROM audit WHERE seq > 300', 402],
    ['the last row cut off', 'DELETE FROM audit WHERE seq = 402', 402],
    [
      'rows declared pruned',
      "DELETE FROM audit WHERE seq <= 256; UPDATE meta SET value = 256 WHERE name = 'audit_pruned_through'",
      256,
    ],
    [
      'two rows swapped',
      'UPDATE audit SET seq = 9999 WHERE seq = 77; UPDATE audit SET seq = 77 WHERE seq = 78; UPDATE audit SET seq = 78 WHERE seq = 9999',
      77,
    ],
    ['a changed checkpoint', 'UPDATE audit_checkpoints SET at = at + 1 WHERE n = 1', null],
    ['a deleted checkpoint', 'DELETE FROM audit_checkpoints WHERE n = 1', null],
    [
      'the newest checkpoint deleted',
      'DELETE FROM audit_checkpoints WHERE n = (SELECT max(n) FROM audit_checkpoints)',
      null,
    ],
  ])('finds %s (security)', async (_what, sql, row) => {
    const folder = await makeLog();
    tamper(folder, sql);
    const report = verifyFolder(folder);
    expect(report.verdict).toBe('broken');
    if (row !== null) expect(report.problems[0]).toMatchObject({ seq: row });
  });

  it('finds a log that was hashed anew from a changed row on (security)', async () => {
    const folder = await makeLog();
    const room = openTrailRoom();
    await writeCalls(room, 200);
    await room.close();
    // a whole, signed log of somebody else in place of ours
    cpSync(databaseIn(room.folder), databaseIn(folder));
    expect(verifyFolder(folder).problems.map(({ code }) => code)).toContain('first_key');
  });

  it('finds an older database put back, with its mark and without (security)', async () => {
    const folder = await makeLog(100);
    const older = copyOf(folder);
    const room = openTrailRoom({ folder });
    await writeCalls(room, 100, 100);
    await room.close();

    cpSync(databaseIn(older), databaseIn(folder));
    expect(verifyFolder(folder)).toMatchObject({ verdict: 'broken' });
    cpSync(join(older, 'audit-mark'), join(folder, 'audit-mark'));
    const report = verifyFolder(folder);
    expect(report).toMatchObject({ verdict: 'broken', problems: [{ code: 'rolled_back' }] });
  });

  it('keeps a loss in the log for ever, once an engine has started on it (security)', async () => {
    const folder = await makeLog(100);
    const older = copyOf(folder);
    const room = openTrailRoom({ folder });
    await writeCalls(room, 100, 100);
    await room.close();
    cpSync(databaseIn(older), databaseIn(folder));

    const after = openTrailRoom({ folder });
    expect(after.trail.start.losses.map(({ reason }) => reason)).toEqual(['rows_missing', 'checkpoints_missing']);
    await writeCalls(after, 3, 200);
    await after.close();
    const report = verifyFolder(folder);
    expect(report).toMatchObject({
      verdict: 'incomplete',
      problems: [{ code: 'recorded_loss' }, { code: 'recorded_loss' }],
    });
    expect(report.signedThrough).toBe(report.lastSeq);
    expect(report.firstKeys).toHaveLength(2);
  });

  it('says what cannot be known where a file beside the database is gone', async () => {
    const folder = await makeLog(5);
    for (const name of ['audit-mark', 'audit-signer', 'audit-first-keys.json']) rmSync(join(folder, name));
    expect(verifyFolder(folder)).toMatchObject({
      verdict: 'whole',
      notes: [/mark/, /signer/, /first public key/].map((part) => expect.stringMatching(part)),
    });
    const room = openTrailRoom({ folder });
    expect(room.trail.start.losses.map(({ reason }) => reason)).toEqual([
      'mark_missing',
      'key_missing',
      'first_key_missing',
    ]);
    await room.close();
    expect(verifyFolder(folder).verdict).toBe('incomplete');
  });

  it('begins a new line of keys when the engine’s own key is another one, and says so', async () => {
    const folder = await makeLog(5);
    const room = openTrailRoom({ folder, key: Buffer.alloc(32, 9) });
    expect(room.trail.start.losses).toMatchObject([{ reason: 'key_missing' }]);
    await room.close();
    expect(verifyFolder(folder)).toMatchObject({ verdict: 'incomplete', problems: [{ code: 'recorded_loss' }] });
  });

  it('compares a head noted elsewhere', async () => {
    const folder = await makeLog(5);
    const { lastSeq, lastHash } = verifyFolder(folder);
    expect(verifyFolder(folder, { knownHead: { seq: lastSeq, hash: lastHash } }).verdict).toBe('whole');
    expect(verifyFolder(folder, { knownHead: { seq: lastSeq, hash: 'f'.repeat(64) } })).toMatchObject({
      verdict: 'broken',
      problems: [{ code: 'other_head', seq: lastSeq }],
    });
  });

  it('reads a mark whose newest slot was torn from the other one, and finds rows after it not proven', async () => {
    const folder = await makeLog(5);
    const mark = join(folder, 'audit-mark');
    const db = new Database(databaseIn(folder), { readonly: true });
    const rows = Number(db.prepare('SELECT count(*) FROM audit').pluck().get());
    db.close();
    // the last write went to one slot; spoil both in turn and one of them must leave the older one
    const seen = [16, 4096 + 16].map((at) => {
      const copy = copyOf(folder);
      const file = Buffer.alloc(1, 255);
      const bytes = Buffer.concat([Buffer.from(readFileSync(mark))]);
      file.copy(bytes, at);
      writeFileSync(join(copy, 'audit-mark'), bytes);
      return verifyFolder(copy);
    });
    expect(seen.map(({ verdict }) => verdict)).toEqual(['whole', 'whole']);
    expect(seen.every(({ confirmedThrough }) => confirmedThrough === rows)).toBe(true);
  });
});
