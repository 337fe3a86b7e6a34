import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { PolicyChange } from '../../electron/shared/index.ts';
import { type Harness, npmServer, startEngine, textOf } from '../helpers/engine.ts';

const slow = 60_000;

function makeDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'scopegate-restart-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function start(dir: string): Promise<Harness> {
  const harness = await startEngine({ dir, undeclared: true });
  onTestFinished(() => harness.stop());
  return harness;
}

const echoRule = (agent: string): PolicyChange => ({
  kind: 'rule',
  id: 'echo',
  value: {
    id: 'echo',
    name: 'Echo',
    enabled: true,
    effect: 'allow',
    agent,
    server: 'everything',
    tool: 'echo',
    conditions: [],
    limit: { count: 3, per: 'h' },
    expiresAt: null,
  },
});

async function setUp(harness: Harness): Promise<{ id: string; token: string }> {
  await harness.call('servers.add', {
    id: 'everything',
    name: 'Everything',
    transport: npmServer('everything'),
    trusted: false,
  });
  const tools = await vi.waitFor(async () => {
    const found = (await harness.call('servers.tools', { id: 'everything' })).tools;
    if (found.length === 0) throw new Error('no tools yet');
    return found;
  }, 15_000);
  const accepted = tools.map(({ name, definitionHash }) => ({ name, definitionHash }));
  await harness.call('servers.accept', { id: 'everything', tools: accepted });
  const { agent, token } = await harness.call('agents.create', { name: 'Agent', defaultEffect: null });
  await harness.call('policy.change', { changes: [echoRule(agent.id)], version: null });
  return { id: agent.id, token };
}

it('a restart refills no limit and forgets no rule, and the kill switch stays on (security)', {
  timeout: slow,
}, async () => {
  const dir = makeDir();
  const first = await start(dir);
  const { token } = await setUp(first);
  const agent = await first.connect(token);
  const echo = async (client: typeof agent, message: string) =>
    textOf(await client.callTool({ name: 'everything__echo', arguments: { message } }));
  for (const message of ['1', '2', '3']) expect(await echo(agent, message)).toContain(message);
  expect(await echo(agent, '4')).toMatch(/Rate limit reached/);
  await first.call('engine.setPaused', { paused: true });
  await first.stop();

  const second = await start(dir);
  expect(second.engine.status().paused).toBe(true);
  const again = await second.connect(token);
  expect(await echo(again, '5')).toMatch(/Rate limit reached|paused/);
  await second.call('engine.setPaused', { paused: false });
  expect(await echo(again, '6')).toMatch(/Rate limit reached/);
  const { rules } = await second.call('policy.get', {});
  expect(rules[0]).toMatchObject({ rule: { id: 'echo' }, limitRemaining: 0 });
  await second.stop();
});

it('a stored rule that cannot be read blocks its scope, visibly, until it is removed (security)', {
  timeout: slow,
}, async () => {
  const dir = makeDir();
  const first = await start(dir);
  const { token } = await setUp(first);
  await first.stop();
  const db = new Database(join(dir, 'scopegate.db'));
  db.prepare('UPDATE policy_rules SET body = replace(body, \'"allow"\', \'"permit"\')').run();
  db.close();

  const second = await start(dir);
  const agent = await second.connect(token);
  await expect(agent.callTool({ name: 'everything__echo', arguments: { message: 'x' } })).rejects.toThrow(
    /Unknown tool/,
  );
  const { faults, rules } = await second.call('policy.get', {});
  expect(rules).toEqual([]);
  expect(faults).toMatchObject([{ ruleId: 'echo' }]);
  await second.call('policy.change', { changes: [{ kind: 'rule', id: 'echo', value: null }], version: null });
  expect((await second.call('policy.get', {})).faults).toEqual([]);
  await second.stop();
});
