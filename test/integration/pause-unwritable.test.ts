import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { declareAgent, fakeServer, type Harness, startEngine, textOf, tokens } from '../helpers/engine.ts';
import { patient } from '../helpers/gateway.ts';

/** Every write of the engine fails from now on, as on a full disk; returns what mends it. */
function refuseWrites({ dir }: Harness): () => void {
  const db = new Database(join(dir, 'scopegate.db'));
  const tables = db
    .prepare("SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all() as string[];
  const triggers: string[] = [];
  for (const table of tables) {
    for (const change of ['INSERT', 'UPDATE', 'DELETE']) {
      const trigger = `full_${table}_${change}`;
      db.exec(`CREATE TRIGGER ${trigger} BEFORE ${change} ON ${table} BEGIN SELECT RAISE(FAIL, 'disk full'); END`);
      triggers.push(trigger);
    }
  }
  return () => {
    for (const trigger of triggers) db.exec(`DROP TRIGGER ${trigger}`);
    db.close();
  };
}

async function start() {
  const harness = await startEngine({
    servers: [{ id: 's', transport: fakeServer('stdio-server.mjs', 'never-answers'), trusted: false }],
    agents: [declareAgent('one', tokens.one, { defaultEffect: 'allow' })],
  });
  onTestFinished(() => harness.stop());
  const client = await harness.connect(tokens.one);
  const call = () => client.callTool({ name: 's__echo', arguments: {} });
  const running = call();
  await vi.waitFor(async () => {
    const { calls } = await harness.call('snapshot', {});
    expect(calls[0]?.status).toBe('running');
  }, patient);
  return { harness, call, running };
}

describe('a pause that cannot be written down', () => {
  it('ends what runs and refuses what comes, for all agents (security)', async () => {
    const { harness, call, running } = await start();
    const mend = refuseWrites(harness);
    await harness.call('engine.setPaused', { paused: true }).catch(() => {});
    expect((await running).isError).toBe(true);
    mend();
    expect(textOf(await call())).toContain('paused');
    expect((await harness.call('snapshot', {})).engine.paused).toBe(true);
    await harness.call('engine.setPaused', { paused: false });
    expect((await harness.call('snapshot', {})).engine.paused).toBe(false);
  });

  it('ends what runs and refuses what comes, for one agent (security)', async () => {
    const { harness, call, running } = await start();
    const id = (await harness.call('snapshot', {})).agents[0]?.id ?? '';
    const mend = refuseWrites(harness);
    await harness.call('agents.setPaused', { id, paused: true }).catch(() => {});
    expect((await running).isError).toBe(true);
    mend();
    expect(textOf(await call())).toContain('paused');
  });
});
