import { execFile } from 'node:child_process';
import { constants, copyFileSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { openReader } from '../../electron/engine/store/reader.ts';
import type { ApprovalView } from '../../electron/shared/index.ts';
import { connectCommand } from '../headless/connect-support.ts';
import { declareAgent, fakeServer, type Harness, startEngine, tokens } from '../helpers/engine.ts';
import { patient } from '../helpers/gateway.ts';

/** Real processes behind real connections, read from the tables of this very system. */
const isLinux = process.platform === 'linux';
const own = realpathSync(process.execPath);
const run = promisify(execFile);
const script = join(import.meta.dirname, '..', 'fakes', 'token-user.mjs');
const agentId = 'declared:one';
let harness: Harness;
let folder: string;

beforeAll(async () => {
  if (!isLinux) return;
  folder = mkdtempSync(join(tmpdir(), 'scopegate-program-'));
  harness = await startEngine({
    servers: [{ id: 'github', transport: fakeServer('scene-server.mjs', 'github'), trusted: true }],
    agents: [declareAgent('one', tokens.one, { defaultEffect: 'ask' }), declareAgent('two', tokens.two)],
  });
}, 60_000);

afterAll(async () => {
  if (!isLinux) return;
  await harness.stop();
  rmSync(folder, { recursive: true, force: true });
});

const pending = async (): Promise<ApprovalView[]> =>
  (await harness.call('snapshot', {})).approvals.filter(({ status }) => status === 'pending');

const nextCard = () =>
  vi.waitFor(async () => {
    const [card] = await pending();
    if (!card) throw new Error('nothing waits');
    return card;
  }, patient);

async function deny({ id, digest }: ApprovalView): Promise<void> {
  const how = { denyReason: null, denyNote: null, input: 'pointer', shownAt: 0, armedAt: null } as const;
  await harness.call('approvals.decide', { id, digest, verdict: 'deny', ...how });
}

afterEach(async () => {
  if (isLinux) for (const card of await pending()) await deny(card);
});

const call = (repository: string) => ({ name: 'github__list_issues', arguments: { repository, state: 'open' } });
const connectionReasons = (card: ApprovalView) => card.risk.reasons.filter(({ source }) => source === 'connection');

it.runIf(isLinux)('shows and logs which program a call came from, and learns the first one', async () => {
  const client = await harness.connect(tokens.one);
  const asked = client.callTool(call('first'));
  const card = await nextCard();
  expect(card.process).toMatchObject({ pid: process.pid, path: own, throughConnect: false });
  expect(card.process?.parent?.path).not.toBe('');
  expect(connectionReasons(card)).toEqual([]);
  await deny(card);
  await asked;
  expect(await harness.call('agents.programs', { id: agentId })).toMatchObject({
    expected: [{ path: own }],
    others: [],
  });
  const reader = openReader({ file: join(harness.dir, 'scopegate.db') });
  const rows = reader.callRows(card.callId);
  reader.close();
  expect(rows.at(-1)?.process).toMatchObject({ pid: process.pid, path: own });
});

it.runIf(isLinux)(
  'a token used by another program is rated as dangerous until a person expects it too (security)',
  async () => {
    const other = join(folder, 'another-program');
    copyFileSync(process.execPath, other, constants.COPYFILE_FICLONE);
    const use = (repository: string) => {
      const { name, arguments: args } = call(repository);
      return run(other, [script, harness.url, tokens.one, name, JSON.stringify(args)]);
    };
    const first = use('stolen');
    const card = await nextCard();
    expect(card.risk.tier).toBe('secret');
    expect(connectionReasons(card)).toMatchObject([{ tier: 'secret' }]);
    expect(connectionReasons(card)[0]?.text).toContain(other);
    expect(card.process?.path).toBe(other);
    // nothing wider is offered than for any other dangerous call
    const { offer } = await harness.call('approvals.context', { id: card.id });
    expect(offer.matches.any.offered).toBe(false);
    await deny(card);
    await first;
    expect((await harness.call('agents.programs', { id: agentId })).others).toMatchObject([{ path: other }]);

    await harness.call('agents.setProgram', { id: agentId, path: other, expected: true });
    const second = use('accepted');
    const accepted = await nextCard();
    expect(connectionReasons(accepted)).toEqual([]);
    expect(accepted.risk.tier).toBe('read');
    await deny(accepted);
    await second;

    await harness.call('agents.setProgram', { id: agentId, path: other, expected: false });
    expect((await harness.call('agents.programs', { id: agentId })).expected).toMatchObject([{ path: own }]);
  },
);

it.runIf(isLinux)('through scopegate connect it is the program that started the shim', async () => {
  const client = new Client({ name: 'stdio-agent', version: '1.0.0' });
  await client.connect(new StdioClientTransport(connectCommand(harness.url, tokens.one)) as never);
  const asked = client.callTool(call('through the shim'));
  const card = await nextCard();
  expect(card.process).toMatchObject({ pid: process.pid, path: own, throughConnect: true });
  expect(connectionReasons(card)).toEqual([]);
  await deny(card);
  await asked;
  await client.close();
});
