import { closeSync, cpSync, openSync, readFileSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openReader } from '../../../electron/engine/store/reader.ts';
import { databaseIn, makeFolder, sampleEvent } from '../store/samples.ts';
import { openTrailRoom, verifyFolder } from './trail-room.ts';

/** A hundred thousand in `npm run check:deep`. */
const flips = Number(process.env.SCOPEGATE_AUDIT_FLIPS ?? 300);

/** A small log with every kind of column filled, in one file. */
async function makeLog(): Promise<string> {
  const room = openTrailRoom();
  for (let call = 0; call < 30; call += 1) {
    const facts = sampleEvent({ callId: `call-${call}`, subject: `notes ${call}`, ruleId: 'rule', credential: 'key' });
    await room.gate.commit({ ...facts, event: 'call.decided', details: { n: call }, findings: [{ kind: 'x' }] });
    await room.gate.commit({
      ...facts,
      event: 'call.settled',
      outcome: 'ok',
      durationMs: call / 3,
      process: { pid: call },
    });
  }
  await room.close();
  // a reader then makes no files of its own, which is most of the time of a look
  const db = new Database(databaseIn(room.folder));
  db.pragma('journal_mode = DELETE');
  db.close();
  return room.folder;
}

/** What a person can read of the log, by every way there is; null: ScopeGate refuses to read it. */
function readLog(folder: string): string | null {
  try {
    const reader = openReader({ file: databaseIn(folder) });
    try {
      const calls = reader.settledCalls(null, 500);
      return JSON.stringify([
        calls,
        calls.map(({ callId }) => reader.callRows(callId ?? '')),
        reader.chainRows(0, 500),
      ]);
    } finally {
      reader.close();
    }
  } catch {
    return null;
  }
}

function isWhole(folder: string): boolean {
  try {
    return verifyFolder(folder).verdict === 'whole';
  } catch {
    return false;
  }
}

describe(`${flips} single-bit flips of the database`, () => {
  it(
    'are each found by verify, or change nothing that can be read of the log (security)',
    async () => {
      const pristine = await makeLog();
      const bytes = readFileSync(databaseIn(pristine));
      const expected = readLog(pristine);
      expect(expected).not.toBeNull();
      expect(isWhole(pristine)).toBe(true);
      const folder = makeFolder();
      cpSync(pristine, folder, { recursive: true });
      const descriptor = openSync(databaseIn(folder), 'r+');
      const missed: number[] = [];
      let found = 0;
      for (let n = 0; n < flips; n += 1) {
        // spread over the whole file, another bit each time
        const at = Math.floor(((n + 0.5) * bytes.length) / flips) % bytes.length;
        const bit = (n * 5 + (n >> 3)) % 8;
        const original = bytes[at] ?? 0;
        writeSync(descriptor, Buffer.of(original ^ (1 << bit)), 0, 1, at);
        if (!isWhole(folder)) found += 1;
        else {
          const read = readLog(folder);
          if (read !== null && read !== expected) missed.push(at * 8 + bit);
        }
        writeSync(descriptor, bytes.subarray(at, at + 1), 0, 1, at);
      }
      closeSync(descriptor);
      expect(missed).toEqual([]);
      expect(found).toBeGreaterThan(flips / 20);
    },
    60_000 + flips * 200,
  );
});
