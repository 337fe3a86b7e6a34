import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { type ChainValue, genesisHash, hashRow } from '../../../electron/engine/store/audit-chain.ts';
import { migrate } from '../../../electron/engine/store/migrate.ts';
import { migrations } from '../../../electron/engine/store/migrations/index.ts';
import { databaseIn, makeFolder, sampleEvent } from '../store/samples.ts';
import { openTrailRoom, verifyFolder } from './trail-room.ts';

const oldColumns = `seq, id, at, event, actor, agent_id, agent_name, server_id, tool, call_id, effect, outcome,
  reason_code, risk_tier, policy_version, arguments_digest, result_digest, result_bytes, duration_ms, waited_ms,
  approval_id, subject, details`;

/** A log as version 12 of the schema wrote it. */
function makeOldLog(rows: number): string {
  const folder = makeFolder();
  const db = new Database(databaseIn(folder));
  db.pragma('journal_mode = WAL');
  migrate(
    db,
    migrations.filter(({ version }) => version <= 12),
  );
  const insert = db.prepare(
    `INSERT INTO audit (${oldColumns}, prev_hash, hash) VALUES (${Array.from({ length: 25 }, () => '?').join(', ')})`,
  );
  let hash = genesisHash;
  for (let seq = 1; seq <= rows; seq += 1) {
    const values: ChainValue[] = [
      ...[
        seq,
        `row-${seq}`,
        1_700_000_000_000 + seq,
        'call.settled',
        'agent',
        'agent-1',
        'Claude',
        'files',
        'read_file',
      ],
      ...[
        `call-${seq}`,
        'allow',
        'ok',
        'switch_tool',
        'read',
        1,
        null,
        null,
        12,
        seq / 3,
        null,
        null,
        'notes',
        '{"a":1}',
      ],
    ];
    const next = hashRow(values, hash);
    insert.run(...values, hash, next);
    hash = next;
  }
  db.close();
  return folder;
}

describe('a log of an earlier version', () => {
  it('goes on after the upgrade, verifies from its first row, and is signed', async () => {
    const folder = makeOldLog(20);
    const room = openTrailRoom({ folder });
    expect(room.trail.start.losses).toEqual([]);
    await room.gate.commit(sampleEvent({ credential: 'github' }));
    expect(room.store.callRows('call-3')).toMatchObject([{ format: 1, subject: 'notes', ruleId: null, osUser: null }]);
    await room.close();
    expect(verifyFolder(folder)).toMatchObject({
      ...{ verdict: 'whole', problems: [], firstSeq: 1, lastSeq: 23, signedThrough: 23 },
    });
  });

  it('cannot be given a credential afterwards (security)', async () => {
    const folder = makeOldLog(20);
    await openTrailRoom({ folder }).close();
    const db = new Database(databaseIn(folder));
    db.exec("DROP TRIGGER audit_no_update; UPDATE audit SET credential = 'github' WHERE seq = 7");
    db.close();
    expect(verifyFolder(folder)).toMatchObject({ verdict: 'broken', problems: [{ seq: 7, code: 'hash' }] });
  });
});
