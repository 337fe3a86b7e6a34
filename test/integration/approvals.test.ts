import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openReader } from '../../electron/engine/store/reader.ts';
import {
  type ApprovalDecision,
  type ApprovalView,
  maxWaitingPerAgent,
  type Remember,
} from '../../electron/shared/index.ts';
import { declareAgent, type Harness, npmServer, startEngine, textOf, tokens } from '../helpers/engine.ts';

const patient = { timeout: 30_000, interval: 50 };

/** Approvals through the whole engine: a real agent, a real file server, a real database. */
let harness: Harness;
let workspace: string;
let agent: Client;
let nextFile = 0;

beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'scopegate-approvals-'));
  harness = await startEngine({
    servers: [{ id: 'files', transport: npmServer('filesystem', workspace), trusted: false }],
    agents: [declareAgent('one', tokens.one, { defaultEffect: 'ask', tools: { files__move_file: 'deny' } })],
    tuning: { giveUpMs: 1_500 },
  });
  agent = await harness.connect(tokens.one);
}, 60_000);

afterEach(async () => {
  const { approvals, approvalState } = await harness.call('snapshot', {});
  for (const card of approvals) if (card.status === 'pending') await decide(card, 'deny');
  for (const grant of approvalState.grants) await harness.call('approvals.endGrant', { id: grant.id });
  await harness.call('approvals.setSettings', { cooldownMs: 120_000, whenAway: 'hold', timeoutMs: 300_000 });
  await harness.call('approvals.setAway', { away: false });
});

afterAll(async () => {
  await harness.stop();
  rmSync(workspace, { recursive: true, force: true });
});

const file = (name: string) => join(workspace, name);
const freshFile = () => {
  nextFile += 1;
  return file(`file-${nextFile}.txt`);
};
const write = (path: string, content = 'hello') =>
  agent.callTool({ name: 'files__write_file', arguments: { path, content } });

const pending = async (): Promise<ApprovalView[]> =>
  (await harness.call('snapshot', {})).approvals.filter((approval) => approval.status === 'pending');

function waitingCard(): Promise<ApprovalView> {
  return vi.waitFor(async () => {
    const [card] = await pending();
    if (!card) throw new Error('no card yet');
    return card;
  }, patient);
}

function decide(card: ApprovalView, verdict: 'approve' | 'deny', more: Partial<ApprovalDecision> = {}) {
  const now = Date.now();
  return harness.call('approvals.decide', {
    id: card.id,
    digest: card.digest,
    verdict,
    denyReason: null,
    denyNote: null,
    input: 'pointer',
    shownAt: now - 2_000,
    armedAt: now - 1_000,
    ...more,
  });
}

function rowsOf(callId: string) {
  const reader = openReader({ file: join(harness.dir, 'scopegate.db') });
  try {
    return reader.callRows(callId);
  } finally {
    reader.close();
  }
}

describe('a remembered approval', () => {
  const insideWorkspace = (): Remember => ({
    duration: '1h',
    match: {
      kind: 'pattern',
      arguments: { path: { kind: 'inside', folder: workspace }, content: { kind: 'any' } },
    },
  });

  it('lets the calls of its pattern through without a card, and asks for every other one (security)', async () => {
    const first = write(freshFile());
    await decide(await waitingCard(), 'approve', { remember: insideWorkspace() });
    expect((await first).isError).toBeFalsy();

    const path = freshFile();
    expect((await write(path, 'other content')).isError).toBeFalsy();
    expect(readFileSync(path, 'utf8')).toBe('other content');
    expect(await pending()).toEqual([]);

    for (const outside of ['/etc/scopegate-test', `${workspace}-not/x`, `${workspace}/../x`]) {
      const call = write(outside);
      const card = await waitingCard();
      expect(card.arguments).toMatchObject({ path: outside });
      await decide(card, 'deny');
      expect((await call).isError).toBe(true);
    }
    const { approvalState } = await harness.call('snapshot', {});
    await harness.call('approvals.endGrant', { id: approvalState.grants[0]?.id ?? '' });
    const asked = write(freshFile());
    await decide(await waitingCard(), 'deny');
    expect((await asked).isError).toBe(true);
  });

  it('for exactly these arguments covers no other ones (security)', async () => {
    const path = freshFile();
    const first = write(path, 'a');
    await decide(await waitingCard(), 'approve', { remember: { duration: 'until_quit', match: { kind: 'exact' } } });
    await first;
    expect((await write(path, 'a')).isError).toBeFalsy();
    const other = write(path, 'b');
    expect((await waitingCard()).arguments).toEqual({ path, content: 'b' });
    await decide(await waitingCard(), 'deny');
    expect((await other).isError).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('a');
  });

  it('loses against a tool set to Block afterwards (security)', async () => {
    const { agent: own, token } = await harness.call('agents.create', { name: 'editable', defaultEffect: 'ask' });
    const client = await harness.connect(token);
    const path = freshFile();
    const call = (content: string) => client.callTool({ name: 'files__write_file', arguments: { path, content } });
    const first = call('a');
    await decide(await waitingCard(), 'approve', { remember: insideWorkspace() });
    await first;
    const change = { agentId: own.id, serverId: 'files', toolName: 'write_file', effect: 'deny' } as const;
    await harness.call('grants.set', { changes: [change] });
    await expect(call('b')).rejects.toThrow('Unknown tool');
    expect(readFileSync(path, 'utf8')).toBe('a');
  });

  it('shows its sentence before it is made, and lists it with its end', async () => {
    const call = write(freshFile());
    const card = await waitingCard();
    const preview = await harness.call('approvals.preview', {
      id: card.id,
      digest: card.digest,
      remember: insideWorkspace(),
      edited: null,
    });
    const sentence = preview.sentence.map((part) => part.text).join('');
    expect(sentence).toBe(
      `For 1 hour one may call files: write_file without asking when path is inside ${JSON.stringify(workspace)}, with any content and no other arguments.`,
    );
    await decide(card, 'approve', { remember: insideWorkspace() });
    await call;
    const { approvalState } = await harness.call('snapshot', {});
    expect(approvalState.grants).toMatchObject([{ sentence, agentName: 'one', tool: 'write_file', untilQuit: false }]);
  });
});

describe('an edited approval', () => {
  it('makes the edited call, gives its result to the call that waits, and writes down both (security)', async () => {
    const wanted = freshFile();
    const allowed = freshFile();
    const call = write(wanted, 'x');
    const card = await waitingCard();
    await decide(card, 'approve', { edited: { path: allowed, content: 'edited' } });
    expect(textOf(await call)).toContain(allowed);
    expect(existsSync(wanted)).toBe(false);
    expect(readFileSync(allowed, 'utf8')).toBe('edited');
    const rows = rowsOf(card.callId);
    const [edited, decided] = [
      rows.find((row) => row.event === 'call.edited'),
      rows.find((row) => row.event === 'call.decided'),
    ];
    expect(edited).toMatchObject({ actor: 'person', details: { originalDigest: card.argumentsDigest } });
    expect(decided?.argumentsDigest).toBe(edited?.argumentsDigest);
    expect(decided?.argumentsDigest).not.toBe(card.argumentsDigest);
  });

  it('is refused when it does not fit the tool’s schema; the card stays (security)', async () => {
    const call = write(freshFile());
    const card = await waitingCard();
    await expect(decide(card, 'approve', { edited: { path: 7 } })).rejects.toThrow('Invalid arguments');
    expect(await pending()).toHaveLength(1);
    await decide(card, 'deny');
    expect((await call).isError).toBe(true);
  });

  it('is used by “call again” with the arguments the agent knows', async () => {
    const wanted = freshFile();
    const allowed = freshFile();
    expect(textOf(await write(wanted))).toContain('call again');
    await decide(await waitingCard(), 'approve', { edited: { path: allowed, content: 'later' } });
    expect((await write(wanted)).isError).toBeFalsy();
    expect(readFileSync(allowed, 'utf8')).toBe('later');
    expect(existsSync(wanted)).toBe(false);
  });
});

describe('an agent that does not take no for an answer', () => {
  it('is told the same again, without a new question (security)', async () => {
    const path = freshFile();
    const first = write(path);
    await decide(await waitingCard(), 'deny', { denyNote: 'not in this folder' });
    expect(textOf(await first)).toBe('The user denied this call: not in this folder');
    const again = await write(path);
    expect(again.isError).toBe(true);
    expect(textOf(again)).toContain('denied this very call a moment ago: not in this folder');
    expect(await pending()).toEqual([]);
  });

  it('cannot flood the person: beyond the bound its calls are refused, and one click denies the rest (security)', async () => {
    // none of them may be told to call again before all of them are there
    const own = await startEngine({
      servers: [{ id: 'files', transport: npmServer('filesystem', workspace), trusted: false }],
      agents: [declareAgent('one', tokens.one, { defaultEffect: 'ask' })],
      tuning: { giveUpMs: 60_000 },
    });
    onTestFinished(() => own.stop());
    const flooding = await own.connect(tokens.one);
    const waiting = async () => (await own.call('snapshot', {})).approvals.filter(({ status }) => status === 'pending');
    let answered = 0;
    const calls = Array.from({ length: maxWaitingPerAgent + 3 }, (_, i) =>
      flooding
        .callTool({ name: 'files__write_file', arguments: { path: freshFile(), content: `${i}` } })
        .finally(() => {
          answered += 1;
        }),
    );
    const replies = Promise.all(calls);
    await vi.waitFor(async () => {
      expect(await waiting()).toHaveLength(maxWaitingPerAgent);
      // those beyond the bound are refused while the others still wait
      expect(answered).toBe(3);
    }, patient);
    const [card] = await waiting();
    const { denied } = await own.call('approvals.denyAll', {
      agentId: card?.agentId ?? '',
      denyNote: 'stop',
      input: 'pointer',
      shownAt: Date.now(),
    });
    expect(denied).toBe(maxWaitingPerAgent);
    const texts = (await replies).map(textOf);
    expect(texts.filter((text) => text.includes('Too many of your calls wait'))).toHaveLength(3);
    expect(texts.filter((text) => text === 'The user denied this call: stop')).toHaveLength(maxWaitingPerAgent);
  }, 120_000);
});

describe('while the person is away', () => {
  it('“deny” refuses at once, and “Allow next time” lets one identical call through later (security)', async () => {
    await harness.call('approvals.setSettings', { whenAway: 'deny' });
    await harness.call('approvals.setAway', { away: true });
    const path = freshFile();
    expect(textOf(await write(path))).toContain('The user is away');
    await harness.call('approvals.setAway', { away: false });
    const { approvals } = await harness.call('approvals.review', {});
    const item = approvals.find((card) => JSON.stringify(card.arguments).includes(path));
    if (!item) throw new Error('nothing to review');
    const now = Date.now();
    await harness.call('approvals.allowNext', {
      id: item.id,
      digest: item.digest,
      input: 'pointer',
      shownAt: now - 2_000,
      armedAt: now - 1_000,
    });
    expect((await write(path)).isError).toBeFalsy();
    const again = write(path);
    await decide(await waitingCard(), 'deny');
    expect((await again).isError).toBe(true);
  });
});

describe('a change of policy while a call waits', () => {
  it('refuses the call when the agent is paused, and takes its card away (security)', async () => {
    const { agent: own, token } = await harness.call('agents.create', { name: 'pausable', defaultEffect: 'ask' });
    const client = await harness.connect(token);
    const call = client.callTool({ name: 'files__write_file', arguments: { path: freshFile(), content: 'x' } });
    await waitingCard();
    await harness.call('agents.setPaused', { id: own.id, paused: true });
    expect(textOf(await call)).toContain('paused this agent');
    expect(await pending()).toEqual([]);
  });

  it('lets the call go on when its tool is set to Allow', async () => {
    const { agent: own, token } = await harness.call('agents.create', { name: 'allowed later', defaultEffect: 'ask' });
    const client = await harness.connect(token);
    const path = freshFile();
    const call = client.callTool({ name: 'files__write_file', arguments: { path, content: 'x' } });
    await waitingCard();
    const change = { agentId: own.id, serverId: 'files', toolName: 'write_file', effect: 'allow' } as const;
    await harness.call('grants.set', { changes: [change] });
    expect((await call).isError).toBeFalsy();
    expect(readFileSync(path, 'utf8')).toBe('x');
    expect(await pending()).toEqual([]);
  });
});

describe('the fatigue meter', () => {
  it('counts questions and answers from the log', async () => {
    const fatigue = await harness.call('approvals.fatigue', { days: 7 });
    expect(fatigue.perDay).toHaveLength(7);
    expect(fatigue.asked).toBeGreaterThan(fatigue.approved);
    expect(fatigue.approved).toBeGreaterThan(0);
    expect(fatigue.rows[0]).toMatchObject({ serverId: 'files', tool: 'write_file' });
    expect(fatigue.medianMs).toBeGreaterThan(0);
  });
});
