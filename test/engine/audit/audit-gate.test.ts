import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { FileWrites } from '../../../electron/engine/store/slot-file.ts';
import { realWrites } from '../../../electron/engine/store/slot-file.ts';
import { databaseIn, makeFolder, sampleEvent } from '../store/samples.ts';
import { openTrailRoom, verifyFolder } from './trail-room.ts';

interface HeldSyncs extends FileWrites {
  begun: number;
  release(error?: Error): void;
  onEnd(): void;
}

/** Syncs that end when the test says so. */
function holdSyncs(): HeldSyncs {
  const held: ((error?: Error) => void)[] = [];
  const port: HeldSyncs = {
    ...realWrites,
    begun: 0,
    sync: () =>
      new Promise<void>((resolve, reject) => {
        port.begun += 1;
        held.push((error) => (error ? reject(error) : resolve()));
      }),
    release: (error?: Error) => {
      for (const end of held.splice(0)) end(error);
    },
    // what still waits at the end, the last checkpoint among it, must not hold it up
    onEnd: () => {
      port.sync = async () => {};
      port.release();
    },
  };
  return port;
}

const decided = (change: Parameters<typeof sampleEvent>[0] = {}) =>
  sampleEvent({ event: 'call.decided', riskTier: 'write', ...change });
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Whether a promise has settled by now, and to what. */
async function stateOf(promise: Promise<boolean>): Promise<boolean | 'waiting'> {
  return Promise.race([promise, turn().then(() => turn().then(() => 'waiting' as const))]);
}

describe('the way to the audit log', () => {
  it('lets a call that may write go on only when its row is on the disk (security)', async () => {
    const writes = holdSyncs();
    const { gate, store } = openTrailRoom({ writes, onEnd: () => writes.onEnd(), durability: 'by-tier' });
    const committed = gate.commit(decided());
    expect(await stateOf(committed)).toBe('waiting');
    expect(store.auditEnd()).toBe(2);
    writes.release();
    expect(await committed).toBe(true);
  });

  it.each([
    ['a read', 'by-tier', { riskTier: 'read' }, false],
    ['a refusal', 'by-tier', { effect: 'deny' }, false],
    ['an outcome', 'by-tier', { event: 'call.settled' }, false],
    ['a tier nobody knows', 'by-tier', { riskTier: null }, true],
    ['a deletion', 'by-tier', { riskTier: 'destructive' }, true],
    ['a read at full', 'full', { riskTier: 'read', event: 'call.settled' }, true],
    ['a deletion at normal', 'normal', { riskTier: 'destructive' }, false],
  ] as const)('syncs %s with durability %s as it should', async (_what, durability, change, isSynced) => {
    const writes = holdSyncs();
    const { gate } = openTrailRoom({ writes, onEnd: () => writes.onEnd(), durability });
    expect(await stateOf(gate.commit(decided(change)))).toBe(isSynced ? 'waiting' : true);
  });

  it('shares one sync among all calls that wait, and starts the next only for those that came later', async () => {
    const writes = holdSyncs();
    const { gate } = openTrailRoom({ writes, onEnd: () => writes.onEnd(), durability: 'full' });
    const first = [1, 2, 3, 4].map((n) => gate.commit(decided({ callId: `${n}` })));
    await turn();
    expect(writes.begun).toBe(1);
    const later = [5, 6, 7].map((n) => gate.commit(decided({ callId: `${n}` })));
    await turn();
    expect(writes.begun).toBe(1);
    writes.release();
    expect(await Promise.all(first)).toEqual([true, true, true, true]);
    expect(await Promise.all(later.map(stateOf))).toEqual(['waiting', 'waiting', 'waiting']);
    expect(writes.begun).toBe(2);
    writes.release();
    expect(await Promise.all(later)).toEqual([true, true, true]);
  });

  it('refuses what a failed sync was for, and starts the write-ahead log over before it goes on (security)', async () => {
    const writes = holdSyncs();
    const { gate, health, store } = openTrailRoom({ writes, onEnd: () => writes.onEnd(), durability: 'full' });
    const lost = gate.commit(decided());
    await turn();
    writes.release(new Error('EIO'));
    expect(await lost).toBe(false);
    expect(gate.problem).toBe('EIO');
    const next = gate.commit(decided({ callId: 'call-2' }));
    await turn();
    writes.release();
    expect(await next).toBe(true);
    expect(health).toEqual(['EIO', null]);
    expect(store.auditEnd()).toBe(3);
  });

  it('commits rows that come in one turn together, in order', async () => {
    const { gate, store } = openTrailRoom();
    const marks: number[] = [];
    store.onAuditCommit(({ seq }) => marks.push(seq));
    await Promise.all([1, 2, 3].map((n) => gate.commit(decided({ callId: `${n}` }))));
    expect(marks).toEqual([4]);
    expect(['1', '2', '3'].map((id) => store.callRows(id)[0]?.seq)).toEqual([2, 3, 4]);
  });

  it.each([
    [
      'fails',
      () => {
        throw new Error('EIO');
      },
    ],
    [
      'finds no room',
      () => {
        throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
      },
    ],
    ['writes only a part', () => 7],
  ])('counts a row as unwritten when its mark %s, and recovers by one retry (security)', async (_how, write) => {
    let isBroken = false;
    const writes: FileWrites = {
      ...realWrites,
      write: (...given) => (isBroken ? write() : realWrites.write(...given)),
    };
    const room = openTrailRoom({ writes });
    expect(await room.gate.commit(decided())).toBe(true);
    isBroken = true;
    expect(await room.gate.commit(decided({ callId: 'call-2' }))).toBe(false);
    expect(room.gate.append(decided({ callId: 'call-3' }))).toBe(false);
    expect(room.gate.problem).toContain('mark');
    expect(room.gate.retry()).not.toBeNull();
    isBroken = false;
    expect(room.gate.retry()).toBeNull();
    expect(await room.gate.commit(decided({ callId: 'call-4' }))).toBe(true);
    await room.close();
    expect(verifyFolder(room.folder)).toMatchObject({ verdict: 'whole', problems: [] });
  });

  it('refuses while somebody holds the database, and loses nothing it had said is written (security)', async () => {
    const { gate, folder, store, close } = openTrailRoom();
    expect(await gate.commit(decided())).toBe(true);
    const stranger = new Database(databaseIn(folder));
    stranger.exec('BEGIN IMMEDIATE');
    expect(await gate.commit(decided({ callId: 'call-2' }))).toBe(false);
    expect(gate.problem).toContain('locked');
    stranger.exec('ROLLBACK');
    stranger.close();
    expect(await gate.commit(decided({ callId: 'call-3' }))).toBe(true);
    expect(store.auditEnd()).toBe(3);
    await close();
    expect(verifyFolder(folder).verdict).toBe('whole');
  });

  it('keeps what a signer could not write down for the next checkpoint', async () => {
    const folder = makeFolder();
    let failing = false;
    const writes: FileWrites = {
      ...realWrites,
      write(descriptor, bytes, position) {
        if (failing && bytes.length > 100) throw new Error('EIO');
        return realWrites.write(descriptor, bytes, position);
      },
    };
    const room = openTrailRoom({ folder, writes });
    await room.gate.commit(decided());
    failing = true;
    await room.trail.checkpoint();
    failing = false;
    await room.gate.commit(decided({ callId: 'call-2' }));
    await room.close();
    expect(verifyFolder(folder)).toMatchObject({ verdict: 'whole', problems: [] });
    const again = openTrailRoom({ folder });
    expect(again.trail.start.losses).toEqual([]);
  });

  it('signs again after a checkpoint whose sync failed, without a restart (security)', async () => {
    let failing = false;
    const writes: FileWrites = {
      ...realWrites,
      sync: (descriptor) => (failing ? Promise.reject(new Error('EIO')) : realWrites.sync(descriptor)),
    };
    const room = openTrailRoom({ writes });
    await room.gate.commit(decided());
    failing = true;
    await room.trail.checkpoint();
    failing = false;
    await room.gate.commit(decided({ callId: 'call-2' }));
    await room.trail.checkpoint();
    expect(room.trail.last?.seq).toBe(room.store.auditEnd());
    await room.close();
    expect(verifyFolder(room.folder)).toMatchObject({ verdict: 'whole', problems: [] });
    expect(openTrailRoom({ folder: room.folder }).trail.start.losses).toEqual([]);
  });
});
