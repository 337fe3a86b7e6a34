import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { runVerify } from '../../electron/headless/verify.ts';
import { openTrailRoom } from '../engine/audit/trail-room.ts';
import { databaseIn, makeFolder, sampleEvent } from '../engine/store/samples.ts';

function verify(dataDir: string, more: { json?: boolean; head?: { seq: number; hash: string } } = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const code = runVerify(
    { dataDir, head: more.head ?? null, json: more.json ?? false },
    {
      env: {},
      stdout: { write: (text) => out.push(text) },
      stderr: { write: (text) => err.push(text) },
    },
  );
  return { code, out: out.join(''), err: err.join('') };
}

async function makeLog(): Promise<string> {
  const room = openTrailRoom();
  await room.gate.commit(sampleEvent());
  await room.gate.commit(sampleEvent({ event: 'call.settled', outcome: 'ok' }));
  await room.close();
  return room.folder;
}

describe('scopegate verify', () => {
  it('says what is proven of a whole log, in words and as JSON, and prints a head it accepts again', async () => {
    const folder = await makeLog();
    const { code, out } = verify(folder);
    expect(code).toBe(0);
    expect(out).toContain('The audit log is whole.');
    expect(out).toMatch(/signed +up to row 4 /);
    expect(out).toMatch(/not proven +nothing/);
    const report = JSON.parse(verify(folder, { json: true }).out);
    expect(report).toMatchObject({ verdict: 'whole', dataDir: folder, signedThrough: 4 });
    const [, seq, hash = ''] = /head: (\d+):([0-9a-f]{64})/.exec(out) ?? [];
    expect(verify(folder, { head: { seq: Number(seq), hash } }).code).toBe(0);
  });

  it('names the first bad row, with exit code 1 (security)', async () => {
    const folder = await makeLog();
    const db = new Database(databaseIn(folder));
    db.exec("DROP TRIGGER audit_no_update; UPDATE audit SET outcome = 'denied' WHERE seq = 3");
    db.close();
    const { code, out } = verify(folder);
    expect(code).toBe(1);
    expect(out).toContain('BROKEN');
    expect(out).toContain('Row 3 is not what was written.');
  });

  it('says what to do where there is no log, with exit code 3', async () => {
    const { code, err } = verify(join(makeFolder(), 'nowhere'));
    expect(code).toBe(3);
    expect(err).toContain('--data-dir');
  });

  it('names what it could not look at when the files beside the database are gone', async () => {
    const folder = await makeLog();
    rmSync(join(folder, 'audit-mark'));
    expect(verify(folder).out).toContain('note: The mark beside the database is missing');
  });
});
