import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { openReader } from '../../electron/engine/store/reader.ts';
import type { ApprovalView } from '../../electron/shared/index.ts';
import { declareAgent, type Harness, npmServer, startEngine, textOf, tokens } from '../helpers/engine.ts';

let harness: Harness;
let workspace: string;
let one: Client;
let two: Client;

beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'scopegate-workspace-'));
  writeFileSync(join(workspace, 'note.txt'), 'hello from the workspace');
  harness = await startEngine({
    servers: [
      { id: 'files', transport: npmServer('filesystem', workspace), trusted: false },
      { id: 'memory', transport: npmServer('memory'), trusted: false },
      { id: 'everything', transport: npmServer('everything'), trusted: false },
    ],
    agents: [
      declareAgent('one', tokens.one, {
        defaultEffect: 'ask',
        tools: { files__read_text_file: 'allow', files__move_file: 'deny', 'everything__*': 'allow' },
      }),
      declareAgent('two', tokens.two, { tools: { 'memory__*': 'allow' } }),
    ],
  });
  one = await harness.connect(tokens.one);
  two = await harness.connect(tokens.two);
}, 60_000);

afterAll(async () => {
  await harness.stop();
  rmSync(workspace, { recursive: true, force: true });
});

async function waitingCard(): Promise<ApprovalView> {
  return vi.waitFor(async () => {
    const { approvals } = await harness.call('snapshot', {});
    const card = approvals.find((approval) => approval.status === 'pending');
    if (!card) throw new Error('no card yet');
    return card;
  });
}

function decide(card: ApprovalView, verdict: 'approve' | 'deny', denyNote: string | null = null) {
  const now = Date.now();
  return harness.call('approvals.decide', {
    id: card.id,
    digest: card.digest,
    verdict,
    denyReason: null,
    denyNote,
    input: 'pointer',
    shownAt: now - 1000,
    armedAt: now - 300,
  });
}

function auditOf(tool: string) {
  const reader = openReader({ file: join(harness.dir, 'scopegate.db') });
  try {
    return reader
      .settledCalls(null, 500)
      .filter((row) => row.tool === tool)
      .map((row) => ({ last: row, all: reader.callRows(row.callId ?? '') }));
  } finally {
    reader.close();
  }
}

describe('a governed call', () => {
  it('goes from an agent to a real server and back with a decision row and an outcome row', async () => {
    const result = await one.callTool({
      name: 'files__read_text_file',
      arguments: { path: join(workspace, 'note.txt') },
    });
    expect(textOf(result)).toContain('hello from the workspace');
    const [entry] = auditOf('read_text_file');
    expect(entry?.all.map((row) => row.event)).toEqual(['call.decided', 'call.settled']);
    expect(entry?.last).toMatchObject({ outcome: 'ok', agentName: 'one', serverId: 'files', effect: 'allow' });
    expect(entry?.last.resultDigest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('shows each agent only the tools it may use', async () => {
    const names = (client: Client) => client.listTools().then((list) => list.tools.map((tool) => tool.name));
    expect(await names(one)).toContain('files__write_file');
    expect(await names(one)).not.toContain('files__move_file');
    const seenByTwo = await names(two);
    expect(seenByTwo.length).toBeGreaterThan(0);
    expect(seenByTwo.every((name) => name.startsWith('memory__'))).toBe(true);
  });

  it('answers a blocked tool and one that does not exist exactly alike (security)', async () => {
    const error = (name: string) =>
      one.callTool({ name, arguments: {} }).then(
        () => null,
        (reason: { code: number; message: string }) => ({
          code: reason.code,
          message: reason.message.replace(name, 'NAME'),
        }),
      );
    const blocked = await error('files__move_file');
    expect(blocked).toMatchObject({ code: -32602 });
    expect(await error('files__no_such_tool')).toEqual(blocked);
    const { approvals, calls } = await harness.call('snapshot', {});
    expect(approvals).toHaveLength(0);
    // the person is told apart what the agent is not
    expect(calls.slice(0, 2)).toMatchObject([
      { outcome: 'not_found', serverId: '', tool: 'files__no_such_tool' },
      { outcome: 'denied', serverId: 'files', tool: 'move_file', effect: 'deny' },
    ]);
  });

  it('checks arguments against the tool’s schema before anybody is asked', async () => {
    const result = await one.callTool({ name: 'files__write_file', arguments: { path: 7 } });
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('Invalid arguments');
    expect((await harness.call('snapshot', {})).approvals).toHaveLength(0);
  });

  it('waits for the person on Ask and lets exactly the approved call through', async () => {
    const path = join(workspace, 'asked.txt');
    const pending = one.callTool({ name: 'files__write_file', arguments: { path, content: 'approved' } });
    const card = await waitingCard();
    expect(card).toMatchObject({
      agentName: 'one',
      tool: 'write_file',
      arguments: { path, content: 'approved' },
      waiting: 1,
    });
    await decide(card, 'approve');
    expect((await pending).isError ?? false).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('approved');

    const again = one.callTool({ name: 'files__write_file', arguments: { path, content: 'approved' } });
    const second = await waitingCard();
    expect(second.id).not.toBe(card.id);
    await decide(second, 'deny', 'not again');
    const refused = await again;
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toContain('not again');
  });

  it('refuses a decision on another digest than the one waiting (security)', async () => {
    const pending = one.callTool({ name: 'files__create_directory', arguments: { path: join(workspace, 'dir') } });
    const card = await waitingCard();
    await expect(decide({ ...card, digest: 'f'.repeat(64) }, 'approve')).rejects.toThrow('not the one');
    await decide(card, 'deny');
    expect((await pending).isError).toBe(true);
  });

  it('pauses everything and resumes', async () => {
    await harness.call('engine.setPaused', { paused: true });
    const refused = await one.callTool({
      name: 'files__read_text_file',
      arguments: { path: join(workspace, 'note.txt') },
    });
    expect(textOf(refused)).toContain('paused');
    await harness.call('engine.setPaused', { paused: false });
    const passed = await one.callTool({
      name: 'files__read_text_file',
      arguments: { path: join(workspace, 'note.txt') },
    });
    expect(textOf(passed)).toContain('hello');
  });

  it('passes progress of a server on under the agent’s own token', async () => {
    const seen: number[] = [];
    const result = await one.callTool(
      { name: 'everything__trigger-long-running-operation', arguments: { duration: 0.4, steps: 4 } },
      undefined,
      { onprogress: (progress) => seen.push(progress.progress) },
    );
    expect(textOf(result)).toContain('completed');
    expect(seen.length).toBeGreaterThan(0);
  });

  it('keeps a call cancelled by the agent from going on', async () => {
    const controller = new AbortController();
    const pending = one.callTool(
      { name: 'everything__trigger-long-running-operation', arguments: { duration: 30, steps: 30 } },
      undefined,
      { signal: controller.signal },
    );
    await vi.waitFor(async () => {
      const { calls } = await harness.call('snapshot', {});
      expect(calls.some((call) => call.tool === 'trigger-long-running-operation' && call.status === 'running')).toBe(
        true,
      );
    });
    controller.abort();
    await expect(pending).rejects.toThrow();
    await vi.waitFor(async () => {
      const { calls } = await harness.call('snapshot', {});
      expect(calls.find((call) => call.tool === 'trigger-long-running-operation')?.outcome).toBe('cancelled');
    });
  });

  it('refuses methods nobody has with method not found, and leaves no row of them', async () => {
    const before = (await harness.call('snapshot', {})).calls.length;
    await expect(one.request({ method: 'acme/unknown', params: {} }, z.object({}))).rejects.toThrow(/-32601/);
    expect((await harness.call('snapshot', {})).calls).toHaveLength(before);
  });
});
