import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { recoverCalls } from '../../../electron/engine/recover.ts';
import { databaseIn, makeFolder } from '../store/samples.ts';
import { openTrailRoom, verifyFolder } from './trail-room.ts';

const program = join(import.meta.dirname, 'call-writer.ts');
/** A thousand in `npm run check:deep`. */
const cycles = Number(process.env.SCOPEGATE_KILL_CYCLES ?? 50);
const cyclesPerFolder = 25;

/** Lets calls run, kills the program after some were answered, and returns those. */
async function runAndKill(folder: string, answers: number, durability: string): Promise<string[]> {
  const child = spawn(process.execPath, [program, folder, durability], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complaint = '';
  const ended = once(child, 'close');
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk;
  });
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
    if (said.split('\n').length > answers) child.kill('SIGKILL');
  });
  const [, signal] = await ended;
  expect(complaint).toBe('');
  expect(signal).toBe('SIGKILL');
  return said.slice(0, said.lastIndexOf('\n')).split('\n');
}

function eventsByCall(folder: string): Map<string, Set<string>> {
  const db = new Database(databaseIn(folder), { readonly: true });
  const rows = db.prepare<[], { id: string; event: string }>(
    'SELECT call_id AS id, event FROM audit WHERE call_id IS NOT NULL',
  );
  const events = new Map<string, Set<string>>();
  for (const { id, event } of rows.all()) events.set(id, (events.get(id) ?? new Set()).add(event));
  db.close();
  return events;
}

describe(`an engine killed ${cycles} times under load`, () => {
  it(
    'has both rows of every answered call, the decision of every effect, and a whole log (security)',
    async () => {
      for (let begun = 0; begun < cycles; begun += cyclesPerFolder) {
        const folder = makeFolder();
        const answered: string[] = [];
        for (let cycle = begun; cycle < Math.min(begun + cyclesPerFolder, cycles); cycle += 1) {
          // at another place each time, from the very first rows to after a checkpoint
          const answers = 1 + ((cycle * 37) % 180);
          answered.push(...(await runAndKill(folder, answers, cycle % 5 === 0 ? 'full' : 'normal')));
          const report = verifyFolder(folder, { withIndexes: cycle % 5 === 0 });
          expect(report).toMatchObject({ verdict: 'whole', problems: [] });
          // ahead of the mark by the rows of one commit at most, eight workers with a row each
          expect(report.lastSeq - report.confirmedThrough).toBeLessThanOrEqual(8);
        }
        expect(answered.filter((line) => line.startsWith('loss'))).toEqual([]);
        const events = eventsByCall(folder);
        const without = (ids: string[], event: string) => ids.filter((id) => !events.get(id)?.has(event));
        expect(without(answered, 'call.decided')).toEqual([]);
        expect(without(answered, 'call.settled')).toEqual([]);
        const effects = existsSync(join(folder, 'effects')) ? readFileSync(join(folder, 'effects'), 'utf8') : '';
        expect(without(effects.split('\n').filter(Boolean), 'call.decided')).toEqual([]);

        const room = openTrailRoom({ folder });
        recoverCalls(room.store, room.gate);
        expect(room.store.unfinishedCalls()).toEqual([]);
        await room.close();
        expect(verifyFolder(folder)).toMatchObject({ verdict: 'whole', problems: [] });
      }
    },
    60_000 + cycles * 6_000,
  );
});
