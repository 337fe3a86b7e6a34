import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type FileWrites, realWrites } from '../../electron/engine/store/slot-file.ts';
import { declareAgent, fakeServer, startEngine, textOf, tokens } from '../helpers/engine.ts';

const timeout = { timeout: 15_000 };

/** An engine with durability `full`, whose syncs end when the test says so. */
async function start() {
  const folder = mkdtempSync(join(tmpdir(), 'scopegate-commit-'));
  const file = join(folder, 'messages');
  writeFileSync(file, '');
  let isHeld = false;
  let waiting: (() => void)[] = [];
  const release = () => {
    for (const end of waiting) end();
    waiting = [];
  };
  const auditWrites: FileWrites = {
    ...realWrites,
    sync: (descriptor) => (isHeld ? new Promise((resolve) => waiting.push(resolve)) : realWrites.sync(descriptor)),
  };
  const transport = fakeServer('recording-server.mjs', file, 'legacy', '0');
  const harness = await startEngine({
    servers: [{ id: 's', transport, trusted: false }],
    agents: [declareAgent('one', tokens.one, { defaultEffect: 'allow' })],
    tuning: { auditWrites },
  });
  onTestFinished(async () => {
    isHeld = false;
    release();
    await harness.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await harness.call('audit.setDurability', { durability: 'full' });
  const client = await harness.connect(tokens.one);
  await client.listTools();
  return {
    harness,
    client,
    hold: () => {
      isHeld = true;
    },
    letGo: () => {
      isHeld = false;
      release();
    },
    /** Ends what waits, and holds what comes after. */
    release,
    waiting: () => waiting.length,
    sent: () =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line.includes('"tools/call"')).length,
    rows: () => {
      const db = new Database(join(harness.dir, 'scopegate.db'), { readonly: true });
      const rows = db
        .prepare<[], { event: string; outcome: string | null }>(
          "SELECT event, outcome FROM audit WHERE event LIKE 'call.%' ORDER BY seq",
        )
        .all();
      db.close();
      return rows;
    },
  };
}

const call = { name: 's__ok', arguments: {} };

describe('a call whose rows must be on the disk', () => {
  it('reaches its server after the decision is there, and is answered after the outcome is (security)', async () => {
    const world = await start();
    world.hold();
    const answer = world.client.callTool(call);
    let isAnswered = false;
    void answer.then(() => {
      isAnswered = true;
    });
    await vi.waitFor(() => expect(world.rows()).toEqual([{ event: 'call.decided', outcome: null }]), timeout);
    expect(world.sent()).toBe(0);
    world.release();
    await vi.waitFor(() => expect(world.rows().at(-1)).toMatchObject({ event: 'call.settled' }), timeout);
    expect(world.sent()).toBe(1);
    expect(isAnswered).toBe(false);
    world.letGo();
    await answer;
  });

  it('is not sent when policy changed while its decision was on the way to the disk (security)', async () => {
    const world = await start();
    world.hold();
    const answer = world.client.callTool(call);
    await vi.waitFor(() => expect(world.waiting()).toBe(1), timeout);
    await world.harness.call('engine.setPaused', { paused: true });
    world.letGo();
    const refused = await answer;
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toContain('paused');
    expect(world.sent()).toBe(0);
    expect(world.rows()).toMatchObject([
      { event: 'call.decided', outcome: null },
      { event: 'call.refused', outcome: 'paused' },
    ]);
  });
});
