import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ApprovalView } from '../../electron/shared/index.ts';
import { declareAgent, type Harness, npmServer, startEngine, tokens } from '../helpers/engine.ts';

let harness: Harness;
let workspace: string;

beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'scopegate-binding-'));
  writeFileSync(join(workspace, 'note.txt'), 'hello');
  harness = await startEngine({
    servers: [{ id: 'files', transport: npmServer('filesystem', workspace), trusted: false }],
    agents: [declareAgent('one', tokens.one, { defaultEffect: 'ask' })],
  });
}, 60_000);

afterAll(async () => {
  await harness.stop();
  rmSync(workspace, { recursive: true, force: true });
});

const waiting = async (): Promise<ApprovalView[]> =>
  (await harness.call('snapshot', {})).approvals.filter(({ status }) => status === 'pending');

it('an approval of a call is not good for the same arguments with other members beside them (security)', async () => {
  const client = await harness.connect(tokens.one);
  const call = (more: object) =>
    client
      .callTool({ name: 'files__read_text_file', arguments: { path: join(workspace, 'note.txt') }, ...more })
      .catch(() => undefined);
  const plain = call({});
  const extended = call({ task: { ttl: 1_000_000 } });
  const cards = await vi.waitFor(async () => {
    const found = await waiting();
    expect(found).toHaveLength(2);
    return found;
  });
  // the person is shown what else would be sent
  expect(cards.map(({ otherParams }) => otherParams)).toContainEqual({ task: { ttl: 1_000_000 } });
  expect(new Set(cards.map(({ digest }) => digest)).size).toBe(2);
  const now = Date.now();
  const answer = {
    denyReason: null,
    denyNote: null,
    input: 'pointer',
    shownAt: now - 1000,
    armedAt: now - 300,
  } as const;
  const first = cards.find(({ otherParams }) => Object.keys(otherParams).length === 0);
  await harness.call('approvals.decide', {
    id: first?.id ?? '',
    digest: first?.digest ?? '',
    verdict: 'approve',
    ...answer,
  });
  expect((await plain)?.isError ?? false).toBe(false);
  const [left] = await waiting();
  expect(left?.otherParams).toEqual({ task: { ttl: 1_000_000 } });
  await harness.call('approvals.decide', {
    id: left?.id ?? '',
    digest: left?.digest ?? '',
    verdict: 'deny',
    ...answer,
  });
  expect((await extended)?.isError).toBe(true);
});
