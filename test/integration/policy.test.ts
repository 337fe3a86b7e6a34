import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openReader } from '../../electron/engine/store/reader.ts';
import type { PolicyChange, Rule } from '../../electron/shared/index.ts';
import { type Harness, npmServer, startEngine, textOf } from '../helpers/engine.ts';

/** Stored agents and servers, as a person makes them; rules written through the bridge, as the page does. */
let harness: Harness;
let workspace: string;
let agentId: string;
let token: string;
let agent: Client;

beforeAll(async () => {
  workspace = realpathSync(mkdtempSync(join(tmpdir(), 'scopegate-policy-')));
  mkdirSync(join(workspace, 'open'));
  mkdirSync(join(workspace, 'closed'));
  writeFileSync(join(workspace, 'open/note.txt'), 'hello');
  writeFileSync(join(workspace, 'closed/key.txt'), 'the key');
  symlinkSync(join(workspace, 'closed'), join(workspace, 'open/way'));
  harness = await startEngine({ undeclared: true });
  await addServer('files', npmServer('filesystem', workspace));
  await addServer('everything', npmServer('everything'));
  const made = await harness.call('agents.create', { name: 'Claude Code', defaultEffect: null });
  agentId = made.agent.id;
  token = made.token;
  agent = await harness.connect(token);
  // these tests read one file again and again
  await change({ kind: 'agent', agentId, value: noLoops });
}, 60_000);

afterAll(async () => {
  await harness.stop();
  rmSync(workspace, { recursive: true, force: true });
});

const noLoops = { preset: null, loop: null, flowGuard: true };

async function addServer(id: string, transport: ReturnType<typeof npmServer>): Promise<void> {
  await harness.call('servers.add', { id, name: id, transport, trusted: false });
  const tools = await vi.waitFor(async () => {
    const found = (await harness.call('servers.tools', { id })).tools;
    if (found.length === 0) throw new Error('no tools yet');
    return found;
  }, 15_000);
  await harness.call('servers.accept', {
    id,
    tools: tools.map(({ name, definitionHash }) => ({ name, definitionHash })),
  });
}

function rule(id: string, more: Partial<Rule> = {}): Rule {
  return {
    id,
    name: id,
    enabled: true,
    effect: 'allow',
    agent: agentId,
    server: 'files',
    tool: 'read_text_file',
    conditions: [],
    limit: null,
    expiresAt: null,
    ...more,
  };
}

const put = (value: Rule): PolicyChange => ({ kind: 'rule', id: value.id, value });
const drop = (id: string): PolicyChange => ({ kind: 'rule', id, value: null });
const change = (...changes: PolicyChange[]) => harness.call('policy.change', { changes, version: null });
const read = (path: string, client = agent) =>
  client.callTool({ name: 'files__read_text_file', arguments: { path } }).then(textOf);
const listed = (client = agent) => client.listTools().then(({ tools }) => tools.map(({ name }) => name));

async function newestCall() {
  const { calls } = await harness.call('snapshot', {});
  const id = calls[0]?.id ?? '';
  return harness.call('calls.detail', { id });
}

describe('policy, from the bridge to the agent', () => {
  it('grants a new agent nothing: no tool is listed and every call is refused (security)', async () => {
    expect(await listed()).toEqual([]);
    await expect(agent.callTool({ name: 'files__read_text_file', arguments: { path: '/x' } })).rejects.toThrow(
      /Unknown tool/,
    );
  });

  it('lists and runs what a rule allows, and only with the arguments it allows (security)', async () => {
    await change(
      put(rule('open-only', { conditions: [{ argument: 'path', op: 'pathInside', value: join(workspace, 'open') }] })),
    );
    expect(await listed()).toEqual(['files__read_text_file']);
    expect(await read(join(workspace, 'open/note.txt'))).toContain('hello');
    const { decision } = await newestCall();
    expect(decision).toMatchObject({ effect: 'allow', reasonCode: 'rule_allow', ruleIds: ['open-only'] });

    for (const path of ['closed/key.txt', 'open/../closed/key.txt', 'open/way/key.txt']) {
      const text = await read(join(workspace, 'open').replace(/open$/, path));
      expect(text).toMatch(/Blocked by the user/);
      expect(text).not.toContain('the key');
    }
  });

  it('lets one Block win over every Allow, and takes it back with what the change returned', async () => {
    const block = rule('block-notes', {
      effect: 'deny',
      agent: '*',
      conditions: [{ argument: 'path', op: 'endsWith', value: 'note.txt' }],
    });
    const { previous } = await change(put(block));
    expect(await read(join(workspace, 'open/note.txt'))).toMatch(/Blocked/);
    await change(...previous);
    expect(await read(join(workspace, 'open/note.txt'))).toContain('hello');
  });

  it('holds the never-list above grants and rules (security)', async () => {
    const never = { id: 'never-keys', name: 'Never keys', server: '*', tool: '*', conditions: [] };
    await change({
      kind: 'never',
      id: 'never-keys',
      value: { ...never, conditions: [{ argument: 'path', op: 'contains', value: 'note' }] },
    });
    expect(await read(join(workspace, 'open/note.txt'))).toMatch(/Blocked/);
    await change({ kind: 'never', id: 'never-keys', value: null });
  });

  it('refuses what comes faster than a rule’s limit, says when to try again, and tells the person', async () => {
    await change(put(rule('echo', { server: 'everything', tool: 'echo', limit: { count: 2, per: 'h' } })));
    const echo = (message: string) => agent.callTool({ name: 'everything__echo', arguments: { message } });
    expect(textOf(await echo('1'))).toContain('1');
    expect(textOf(await echo('2'))).toContain('2');
    const third = await echo('3');
    expect(textOf(third)).toMatch(/Rate limit reached/);
    expect(third._meta).toHaveProperty('scopegate/retryAfterMs');
    const { limits } = await harness.call('agents.matrix', { id: agentId });
    expect(limits).toContainEqual(expect.objectContaining({ scope: 'rule', name: 'echo', remaining: 0 }));
    await change(drop('echo'));
  });

  it('asks when the very same call comes again and again, whatever allows it', async () => {
    await change(put(rule('sum', { server: 'everything', tool: 'get-sum' })), {
      kind: 'agent',
      agentId,
      value: { preset: null, loop: { count: 3, seconds: 60 }, flowGuard: true },
    });
    const sum = () => agent.callTool({ name: 'everything__get-sum', arguments: { a: 1, b: 2 } });
    await sum();
    await sum();
    const waiting = sum();
    const card = await vi.waitFor(async () => {
      const found = (await harness.call('snapshot', {})).approvals.find(({ status }) => status === 'pending');
      if (!found) throw new Error('no card yet');
      return found;
    });
    expect(card.decision.reasonCode).toBe('loop');
    expect((await harness.call('agents.matrix', { id: agentId })).loops).toMatchObject([{ tool: 'get-sum', count: 3 }]);
    await harness.call('approvals.decide', {
      id: card.id,
      digest: card.digest,
      verdict: 'deny',
      denyReason: null,
      denyNote: null,
      input: 'pointer',
      shownAt: Date.now() - 1000,
      armedAt: Date.now() - 300,
    });
    expect(textOf(await waiting)).toMatch(/denied/);
    await change(drop('sum'), { kind: 'agent', agentId, value: noLoops });
  });

  it('writes every change with what stood before, and who made it; nothing when one of them is bad', async () => {
    const { version } = await harness.call('policy.get', {});
    const bad = rule('bad', { conditions: [{ argument: 'path', op: 'matches', value: '(?=look)' }] });
    await expect(change(put(rule('good')), put(bad))).rejects.toThrow(/RE2/);
    expect(await harness.call('policy.get', {})).toMatchObject({ version });

    await change(put(rule('good', { name: 'First' })));
    await change(put(rule('good', { name: 'Second' })));
    const { entries } = await harness.call('policy.history', { before: null, limit: 2 });
    expect(entries.map(({ summary, actor }) => [summary, actor])).toEqual([
      ['Changed the rule “Second”', 'person'],
      ['Added the rule “First”', 'person'],
    ]);
    expect(entries[0]).toMatchObject({ before: { name: 'First' }, after: { name: 'Second' } });
    const [{ undo } = { undo: null }] = entries;
    if (undo) await change(undo);
    const { rules } = await harness.call('policy.get', {});
    expect(rules.find((view) => view.rule.id === 'good')?.rule.name).toBe('First');
    await change(drop('good'));
  });

  it('refuses a change made to an older policy', async () => {
    const { version } = await harness.call('policy.get', {});
    await change(put(rule('later')));
    await expect(harness.call('policy.change', { changes: [drop('later')], version })).rejects.toThrow(/meanwhile/);
    await change(drop('later'));
  });

  it('tells what a draft would change in the calls of the last days, from sealed arguments', async () => {
    await read(join(workspace, 'open/note.txt'));
    const block = rule('draft', {
      effect: 'deny',
      conditions: [{ argument: 'path', op: 'endsWith', value: 'note.txt' }],
    });
    const replay = await harness.call('policy.replay', { changes: [put(block)], days: 7 });
    expect(replay.nowBlocked).toBeGreaterThan(0);
    expect(replay.matched).toBeGreaterThanOrEqual(replay.nowBlocked);
    expect(replay.changed[0]).toMatchObject({ before: 'allow', after: 'deny', tool: 'read_text_file' });
    expect(replay.unknown).toBe(0);
    const reader = openReader({ file: join(harness.dir, 'scopegate.db') });
    const kept = reader.keptCalls(0, 100);
    reader.close();
    expect(kept.some(({ sealed }) => sealed?.includes('note.txt'))).toBe(false);
    // draft only: nothing is in force
    expect(await read(join(workspace, 'open/note.txt'))).toContain('hello');
  });

  it('erases what is kept for replay when the person turns it off', async () => {
    await harness.call('policy.setReplayDays', { days: 0 });
    await read(join(workspace, 'open/note.txt'));
    expect(await harness.call('policy.get', {})).toMatchObject({ replayDays: 0, replayCalls: 0 });
    await harness.call('policy.setReplayDays', { days: 7 });
  });

  it('decides a call that is not made, with its trace, in the test box', async () => {
    const tested = await harness.call('policy.test', {
      agentId,
      serverId: 'files',
      tool: 'read_text_file',
      arguments: { path: join(workspace, 'open/way/key.txt') },
      changes: [],
    });
    expect(tested).toMatchObject({ listed: true, argumentsProblem: null, decision: { effect: 'deny' } });
    expect(tested.decision.trace.map(({ step }) => step)).toContain('allow-rules');
    const bad = await harness.call('policy.test', {
      agentId,
      serverId: 'files',
      tool: 'read_text_file',
      arguments: {},
      changes: [],
    });
    expect(bad.argumentsProblem).toMatch(/path/);
  });

  it('makes a rule from a call, with the conditions its arguments suggest', async () => {
    await read(join(workspace, 'open/note.txt'));
    const { view } = await newestCall();
    const draft = await harness.call('policy.draftFromCall', { callId: view.id, effect: 'deny' });
    expect(draft.rule).toMatchObject({ effect: 'deny', agent: agentId, server: 'files', tool: 'read_text_file' });
    expect(draft.suggestions).toContainEqual({ argument: 'path', op: 'pathInside', value: join(workspace, 'open') });
  });

  it('exports rules as text and takes the same text back as no change at all', async () => {
    const { text } = await harness.call('policy.export', {});
    expect(text).toContain('agent: Claude Code');
    expect(await harness.call('policy.previewImport', { text, mode: 'replace' })).toMatchObject({
      problems: [],
      changes: [],
    });
    const preview = await harness.call('policy.previewImport', { text: `${text}oops: 1\n`, mode: 'replace' });
    expect(preview.changes).toEqual([]);
    expect(preview.problems[0]?.message).toContain('unknown key "oops"');
  });

  it('keeps the user’s own tier of a tool, and suspends what was allowed before it rose (security)', async () => {
    await change({ kind: 'risk', serverId: 'files', tool: 'read_text_file', value: 'secret' });
    const { tools } = await harness.call('servers.tools', { id: 'files' });
    expect(tools.find(({ name }) => name === 'read_text_file')?.risk).toMatchObject({ tier: 'secret' });
    expect(await read(join(workspace, 'open/note.txt'))).toMatch(/Blocked/);
    const view = await harness.call('policy.get', {});
    expect(view.rules.find(({ rule: one }) => one.id === 'open-only')?.suspendedFor).toMatchObject([
      { tool: 'read_text_file' },
    ]);
    expect(view.lint).toContainEqual(expect.objectContaining({ kind: 'suspended', ruleId: 'open-only' }));
    // saving the rule again is the person's confirmation
    const [confirmed] = view.rules.filter(({ rule: one }) => one.id === 'open-only');
    if (confirmed) await change(put(confirmed.rule));
    expect(await read(join(workspace, 'open/note.txt'))).toContain('hello');
    await change({ kind: 'risk', serverId: 'files', tool: 'read_text_file', value: null });
  });

  it('lets presets be where switches start, by the tier of the call, and nothing more', async () => {
    const observe = { preset: 'observe' as const, loop: null, flowGuard: false };
    await change({ kind: 'agent', agentId, value: observe });
    const names = await listed();
    expect(names).toContain('files__list_directory');
    expect(names).not.toContain('files__write_file');
    await change({ kind: 'agent', agentId, value: noLoops });
  });

  it('cancels what is in flight when everything is paused, and stays paused over a restart (security)', async () => {
    const tool = 'trigger-long-running-operation';
    await change(put(rule('long', { server: 'everything', tool })));
    const running = agent.callTool({ name: `everything__${tool}`, arguments: { duration: 120, steps: 1 } });
    await vi.waitFor(async () => {
      const { calls } = await harness.call('snapshot', {});
      expect(calls.some((call) => call.tool === tool && call.status === 'running')).toBe(true);
    });
    await harness.call('engine.setPaused', { paused: true });
    expect(textOf(await running)).toMatch(/cancelled/);
    expect(await read(join(workspace, 'open/note.txt'))).toMatch(/paused/);
    await harness.call('engine.setPaused', { paused: false });
  });

  it('cancels what one agent has in flight when that agent is paused', async () => {
    const tool = 'trigger-long-running-operation';
    const running = agent.callTool({ name: `everything__${tool}`, arguments: { duration: 120, steps: 2 } });
    await vi.waitFor(async () => {
      const { calls } = await harness.call('snapshot', {});
      expect(calls.some((call) => call.tool === tool && call.status === 'running')).toBe(true);
    });
    await harness.call('agents.setPaused', { id: agentId, paused: true });
    expect(textOf(await running)).toMatch(/cancelled/);
    await harness.call('agents.setPaused', { id: agentId, paused: false });
  });
});

describe('a switch', () => {
  it('is written down with what stood before, and at which version', async () => {
    const key = { agentId, serverId: 'files', toolName: 'write_file' };
    await harness.call('grants.set', { changes: [{ ...key, effect: 'ask' }] });
    await harness.call('grants.set', { changes: [{ ...key, effect: 'deny' }] });
    const { version } = await harness.call('policy.get', {});
    const reader = openReader({ file: join(harness.dir, 'scopegate.db') });
    const rows = reader.chainRows(reader.auditEnd() - 2, 2).map(({ values }) => values[22]);
    reader.close();
    expect(rows.map((text) => JSON.parse(String(text)))).toMatchObject([
      { before: null, effect: 'ask', version: version - 1 },
      { before: 'ask', effect: 'deny', version },
    ]);
    await harness.call('grants.set', { changes: [{ ...key, effect: null }] });
  });

  it('set to Block on a tool holds against every Allow rule, and is no longer listed (security)', async () => {
    const key = { agentId, serverId: 'files', toolName: 'read_text_file' };
    await harness.call('grants.set', { changes: [{ ...key, effect: 'deny' }] });
    expect(await listed()).not.toContain('files__read_text_file');
    await expect(read(join(workspace, 'open/note.txt'))).rejects.toThrow(/Unknown tool/);
    await harness.call('grants.set', { changes: [{ ...key, effect: null }] });
  });
});
