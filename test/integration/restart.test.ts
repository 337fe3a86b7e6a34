import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { verifyChain } from '../../electron/engine/store/audit-chain.ts';
import { listBackups } from '../../electron/engine/store/backups.ts';
import { openReader } from '../../electron/engine/store/reader.ts';
import { runCli } from '../headless/run-cli.ts';
import { textOf, tokens } from '../helpers/engine.ts';
import {
  answerCard,
  type Gateway,
  makeTempDir,
  openGateway,
  patient,
  startGateway,
  waitForCall,
  waitForCard,
} from '../helpers/gateway.ts';
import { isAlive, listDescendants } from '../helpers/processes.ts';

const everything = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'mcp-server-everything');
const config = {
  servers: { tools: { command: everything } },
  agents: { one: { token: 'env:ONE', default: 'allow', tools: { tools__echo: 'ask' } } },
};
const slow = { name: 'tools__trigger-long-running-operation', arguments: { duration: 60, steps: 1 } };

function start(dataDir: string): Promise<Gateway> {
  return openGateway({ dataDir, config, env: { ONE: tokens.one } });
}

function readLog(dataDir: string) {
  const reader = openReader({ file: join(dataDir, 'scopegate.db') });
  try {
    const chain = verifyChain(reader);
    return { chain, count: reader.auditCount(), ended: reader.settledCalls(null, 500) };
  } finally {
    reader.close();
  }
}

describe('an engine killed with -9', () => {
  it('keeps every answered call, and shows the one in flight as unknown after the restart', async () => {
    const dataDir = join(makeTempDir(), 'data');
    const first = await start(dataDir);
    const agent = await first.connect(tokens.one);
    const acknowledged: string[] = [];
    for (let index = 0; index < 25; index++) {
      await agent.callTool({ name: 'tools__get-sum', arguments: { a: index, b: 1 } });
      acknowledged.push(`get-sum ${index}`);
    }
    const inFlight = agent.callTool(slow).catch((error: unknown) => error);
    await waitForCall(first.ui, ({ tool, status }) => tool.startsWith('trigger') && status === 'running');
    const orphans = listDescendants(first.run.child.pid ?? 0);
    await first.kill();
    expect(await inFlight).toBeInstanceOf(Error);

    const second = await start(dataDir);
    const { engine } = await second.ui.request('snapshot', {});
    expect(engine.recoveredCalls).toBe(1);
    const { calls } = await second.ui.request('calls.older', { before: null, limit: 100 });
    expect(calls.filter(({ tool }) => tool === 'get-sum')).toHaveLength(acknowledged.length);
    expect(calls.filter(({ tool }) => tool === 'get-sum').every(({ outcome }) => outcome === 'ok')).toBe(true);
    expect(calls.find(({ tool }) => tool.startsWith('trigger'))).toMatchObject({
      status: 'settled',
      outcome: 'unknown',
    });
    // what the killed engine had started does not run on
    const again = await second.connect(tokens.one);
    expect(textOf(await again.callTool({ name: 'tools__get-sum', arguments: { a: 2, b: 3 } }))).toContain('5');
    await vi.waitFor(() => expect(orphans.filter(({ pid }) => isAlive(pid))).toEqual([]), patient);
    expect(await second.stop()).toBe(0);
    expect(readLog(dataDir).chain).toMatchObject({ ok: true });
  });

  it('loses no acknowledged call over several kills at odd moments (security)', async () => {
    const dataDir = join(makeTempDir(), 'data');
    let acknowledged = 0;
    for (const calls of [1, 7, 30]) {
      const gateway = await start(dataDir);
      const agent = await gateway.connect(tokens.one);
      const running = Array.from({ length: calls }, (_, index) =>
        agent.callTool({ name: 'tools__get-sum', arguments: { a: index, b: calls } }).then(
          () => {
            acknowledged += 1;
          },
          () => undefined,
        ),
      );
      await running[0];
      await gateway.kill();
      await Promise.all(running);
    }
    const last = await start(dataDir);
    expect(await last.stop()).toBe(0);
    const { chain, ended } = readLog(dataDir);
    expect(chain).toMatchObject({ ok: true });
    expect(ended.filter(({ outcome }) => outcome === 'ok').length).toBeGreaterThanOrEqual(acknowledged);
    expect(ended.every(({ outcome }) => outcome === 'ok' || outcome === 'unknown')).toBe(true);
  }, 120_000);

  it('still lists what waited for a person, whose call it closed as cancelled', async () => {
    const dataDir = join(makeTempDir(), 'data');
    const first = await start(dataDir);
    const agent = await first.connect(tokens.one);
    const echo = { name: 'tools__echo', arguments: { message: 'still here?' } };
    const lost = agent.callTool(echo).catch((error: unknown) => error);
    const asked = await waitForCard(first.ui);
    await first.kill();
    expect(await lost).toBeInstanceOf(Error);

    const second = await start(dataDir);
    const card = await waitForCard(second.ui);
    expect(card).toMatchObject({ id: asked.id, digest: asked.digest, arguments: echo.arguments, waiting: 0 });
    const { calls } = await second.ui.request('calls.older', { before: null, limit: 10 });
    expect(calls).toMatchObject([{ id: asked.callId, status: 'settled', outcome: 'cancelled' }]);

    // an answer now is good for one identical call
    await answerCard(second.ui, card, 'approve');
    const client = await second.connect(tokens.one);
    expect(textOf(await client.callTool(echo))).toBe('Echo: still here?');
    const next = client.callTool(echo);
    await answerCard(second.ui, await waitForCard(second.ui), 'deny');
    expect((await next).isError).toBe(true);
  });
});

describe('a damaged database', () => {
  it('is refused and kept byte for byte, and the newest backup is named', async () => {
    const dataDir = join(makeTempDir(), 'data');
    const file = join(dataDir, 'scopegate.db');
    await (await startGateway({ dataDir })).stop();
    // the second start makes the day's backup
    const second = await startGateway({ dataDir });
    await vi.waitFor(() => expect(listBackups(file)).toHaveLength(1), patient);
    await second.stop();
    const backup = listBackups(file)[0]?.path ?? '';

    const bytes = readFileSync(file);
    for (const damaged of [
      Buffer.concat([bytes.subarray(0, 100), Buffer.alloc(bytes.length - 100, 0x5a)]),
      Buffer.from('this is no database at all\n'.repeat(400)),
    ]) {
      writeFileSync(file, damaged);
      const refused = runCli(['serve', '--data-dir', dataDir, '--port', '0']);
      expect(await refused.ended).toBe(1);
      expect(refused.stderr()).toContain(`The database ${file} is damaged and was left as it is.`);
      expect(refused.stderr()).toContain(backup);
      expect(refused.stdout()).toBe('');
      expect(readFileSync(file).equals(damaged)).toBe(true);
    }
    writeFileSync(file, readFileSync(backup));
    expect(await (await startGateway({ dataDir })).stop()).toBe(0);
  }, 120_000);

  it('cut off in the middle is refused too, with the way to start anew when there is no backup', async () => {
    const dataDir = join(makeTempDir(), 'data');
    const file = join(dataDir, 'scopegate.db');
    await (await startGateway({ dataDir })).stop();
    truncateSync(file, Math.floor(statSync(file).size / 2));
    const refused = runCli(['serve', '--data-dir', dataDir, '--port', '0']);
    expect(await refused.ended).toBe(1);
    expect(refused.stderr()).toContain('There is no backup yet.');
    expect(refused.stderr()).toContain('away to start anew');
  });
});
