import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, expectTypeOf, it, onTestFinished } from 'vitest';
import { verifyChain } from '../../../electron/engine/store/audit-chain.ts';
import { openReadHandle } from '../../../electron/engine/store/connection.ts';
import type { StoreReader, StoreWriter } from '../../../electron/engine/store/contract.ts';
import { openReader, type StoreReaderHandle } from '../../../electron/engine/store/reader.ts';
import { appendCall, databaseIn, makeFolder, makeStore, sampleAgent } from './samples.ts';

type WritingMethod = Exclude<keyof StoreWriter, keyof StoreReader>;

function makeReader(folder: string): StoreReaderHandle {
  const reader = openReader({ file: databaseIn(folder) });
  onTestFinished(() => reader.close());
  return reader;
}

describe('a reader of the database', () => {
  it('has no method that writes, by type and in fact (security)', () => {
    expectTypeOf<Extract<keyof StoreReaderHandle, Exclude<WritingMethod, 'close'>>>().toBeNever();
    expectTypeOf<StoreReader>().not.toHaveProperty('appendAudit');
    expectTypeOf<StoreReader>().not.toExtend<StoreWriter>();
    const folder = makeFolder();
    const writer = makeStore(folder);
    const reader = makeReader(folder);
    const own = Object.keys(writer).filter((name) => name in reader);
    expect(Object.keys(reader).sort()).toEqual(own.sort());
    expect(own).not.toContain('transaction');
    expect(own).not.toContain('appendAudit');
  });

  it('holds a handle that SQLite itself keeps from writing (security)', () => {
    const folder = makeFolder();
    makeStore(folder);
    const db = openReadHandle({ file: databaseIn(folder) });
    expect(() => db.exec("UPDATE meta SET value = 1 WHERE name = 'paused'")).toThrow(/readonly/);
    db.close();
  });

  it('sees each row as soon as it is committed, and none before', () => {
    const folder = makeFolder();
    const writer = makeStore(folder);
    const reader = makeReader(folder);
    for (let call = 1; call <= 20; call++) {
      appendCall(writer, `call-${call}`);
      expect(reader.auditCount()).toBe(2 * call);
      expect(reader.settledCalls(null, 1)[0]?.callId).toBe(`call-${call}`);
    }
    writer.transaction(() => {
      writer.putAgent(sampleAgent());
      expect(reader.agents()).toEqual([]);
    });
    expect(reader.agents()).toEqual([sampleAgent()]);
    expect(verifyChain(reader)).toMatchObject({ ok: true, head: { seq: 40 } });
  });

  it('can verify a log without changing the file, and names the first bad row (security)', () => {
    const folder = makeFolder();
    const writer = makeStore(folder);
    for (let call = 0; call < 10; call++) appendCall(writer, `call-${call}`);
    writer.close();
    const file = databaseIn(folder);
    const db = new Database(file);
    db.exec("DROP TRIGGER audit_no_update; UPDATE audit SET outcome = 'denied' WHERE seq = 8");
    db.close();
    const before = readFileSync(file);
    const reader = openReader({ file });
    expect(verifyChain(reader)).toEqual({ ok: false, seq: 8, reason: 'hash' });
    reader.close();
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('refuses a file that is not of this version', () => {
    const folder = makeFolder();
    const db = new Database(databaseIn(folder));
    db.close();
    expect(() => openReader({ file: databaseIn(folder) })).toThrow(
      expect.objectContaining({ code: 'data_dir_unusable' }),
    );
  });
});
