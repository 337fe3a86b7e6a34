import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyChain } from '../../../electron/engine/store/audit-chain.ts';
import { openStore } from '../../../electron/engine/store/open.ts';
import { databaseIn, makeFolder } from './samples.ts';

const program = join(import.meta.dirname, 'audit-writer.ts');

/** Lets a writer append at least `rows` rows, kills it, and returns the last number it had said is written. */
async function writeAndKill(file: string, rows: number): Promise<number> {
  const child = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complaint = '';
  const ended = once(child, 'close');
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk;
  });
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
    if (said.split('\n').length > rows) child.kill('SIGKILL');
  });
  const [, signal] = await ended;
  expect(complaint).toBe('');
  expect(signal).toBe('SIGKILL');
  return Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1));
}

describe('an engine killed while it writes the audit log', () => {
  it('loses no row it had written, and the chain stays whole', async () => {
    const file = databaseIn(makeFolder());
    for (const rows of [1, 40, 333, 77, 600]) {
      const acknowledged = await writeAndKill(file, rows);
      const store = openStore({ file });
      const count = store.auditCount();
      expect(count).toBeGreaterThanOrEqual(acknowledged);
      expect(verifyChain(store)).toMatchObject({ ok: true, head: { seq: count } });
      for (const row of store.unfinishedCalls()) {
        store.appendAudit({ ...row, event: 'call.recovered', actor: 'engine', outcome: 'unknown' });
      }
      expect(store.unfinishedCalls()).toEqual([]);
      store.close();
    }
  });
});
