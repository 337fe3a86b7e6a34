import { lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { describe, expect, it, vi } from 'vitest';
import { verifyChain } from '../../../electron/engine/store/audit-chain.ts';
import { listBackups } from '../../../electron/engine/store/backups.ts';
import { schemaVersion } from '../../../electron/engine/store/migrations/index.ts';
import { openStore } from '../../../electron/engine/store/open.ts';
import { openReader } from '../../../electron/engine/store/reader.ts';
import { appendCall, databaseIn, makeFolder, makeStore } from './samples.ts';

const day = 24 * 60 * 60 * 1000;
const start = Date.UTC(2026, 10, 22, 9, 30);

function makeDatabase(): string {
  const folder = makeFolder();
  const store = makeStore(folder);
  appendCall(store, 'call-1');
  store.close();
  return databaseIn(folder);
}

/** Opens at a time, waits for what `isDone` says, closes. */
async function openAt(file: string, time: number, isDone: () => boolean): Promise<void> {
  const store = openStore({ file, now: () => time });
  await vi.waitFor(() => expect(isDone()).toBe(true), 5000);
  store.close();
}

describe('the backups of the database', () => {
  it('are made once a day and are whole, private databases', async () => {
    const file = makeDatabase();
    await openAt(file, start, () => listBackups(file).length === 1);
    const [backup] = listBackups(file);
    expect(backup?.at).toBe(start);
    if (process.platform !== 'win32') {
      expect(lstatSync(backup?.path ?? '').mode & 0o777).toBe(0o600);
      expect(lstatSync(dirname(backup?.path ?? '')).mode & 0o777).toBe(0o700);
    }
    const copy = new Database(backup?.path, { readonly: true });
    expect(copy.prepare('SELECT count(*) FROM audit').pluck().get()).toBe(2);
    copy.close();
    openStore({ file: backup?.path ?? '', now: () => start }).close();
  });

  it('are not repeated on the same day, and only the newest three stay', async () => {
    const file = makeDatabase();
    const newest = () => listBackups(file)[0]?.at;
    for (const days of [0, 1, 2, 3, 4]) {
      const time = start + days * day;
      await openAt(file, time, () => newest() === time);
      // A copy would have its temporary name before the database is open.
      const again = openStore({ file, now: () => time + 1000 });
      expect(readdirSync(join(dirname(file), 'backups')).filter((name) => name.includes('.tmp'))).toEqual([]);
      again.close();
    }
    expect(listBackups(file).map(({ at }) => at)).toEqual([4, 3, 2].map((days) => start + days * day));
  });

  it('hold what was written while they were being made', async () => {
    const file = makeDatabase();
    const filling = openStore({ file, now: () => start - 2 * day });
    filling.transaction(() => {
      for (let call = 0; call < 2000; call++) appendCall(filling, `before-${call}`);
    });
    filling.close();
    const store = openStore({ file, now: () => start });
    for (let call = 0; listBackups(file).length === 0; call++) {
      appendCall(store, `during-${call}`);
      await setImmediate();
    }
    const copy = openReader({ file: listBackups(file)[0]?.path ?? '' });
    expect(copy.auditCount()).toBeGreaterThan(4002);
    expect(verifyChain(copy)).toMatchObject({ ok: true, head: { seq: copy.auditCount() } });
    copy.close();
    store.close();
  });

  it('leave nothing half-made in the list when the database closes at once', async () => {
    const file = makeDatabase();
    openStore({ file, now: () => start }).close();
    const folder = join(dirname(file), 'backups');
    await vi.waitFor(() => expect(readdirSync(folder)).toEqual([]), 5000);
    await openAt(file, start, () => listBackups(file).length === 1);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('clear away what a killed engine left half-made, and touch no other file', async () => {
    const file = makeDatabase();
    const folder = join(dirname(file), 'backups');
    mkdirSync(folder);
    writeFileSync(join(folder, 'scopegate-20261101T000000000Z-v6.db.17-ab.tmp'), 'half');
    writeFileSync(join(folder, 'my-own-notes.txt'), 'mine');
    await openAt(file, start, () => listBackups(file).length === 1);
    expect(readdirSync(folder).sort()).toEqual([
      'my-own-notes.txt',
      `scopegate-20261122T093000000Z-v${schemaVersion}.db`,
    ]);
  });

  it('do not keep the engine from starting when they cannot be written', async () => {
    const file = makeDatabase();
    writeFileSync(join(dirname(file), 'backups'), 'a file where the folder should be');
    const warn = vi.fn();
    const store = openStore({ file, log: { info: vi.fn(), warn, error: vi.fn() } });
    await vi.waitFor(() => expect(warn).toHaveBeenCalledOnce());
    expect(store.auditCount()).toBe(2);
    store.close();
  });
});
