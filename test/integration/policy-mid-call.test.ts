import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { JsonObject } from '../../electron/engine/wire/json-rpc.ts';
import type { AskSwitches, Effect } from '../../electron/shared/index.ts';
import { connectRawAgent } from '../fidelity/raw-agent.ts';
import { declareAgent, fakeServer, type Harness, startEngine, textOf, tokens } from '../helpers/engine.ts';

interface AuditLine {
  outcome: string | null;
  effect: string | null;
  reasonCode: string | null;
}

interface World {
  harness: Harness;
  /** What the server got, in order. */
  got(method: string): JsonObject[];
  events(event: string): AuditLine[];
}

const allowAll: AskSwitches = { elicitation: 'allow', sampling: 'allow', roots: 'allow' };

async function start(
  era: 'legacy' | 'modern',
  change: {
    asks?: AskSwitches;
    tools?: Record<string, Effect>;
    limit?: { count: number; per: 'h' };
    lateMs?: number;
  } = {},
): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'scopegate-recorded-'));
  const file = join(dir, 'messages');
  writeFileSync(file, '');
  const transport = fakeServer('recording-server.mjs', file, era, String(change.lateMs ?? 0));
  const harness = await startEngine({
    servers: [{ id: 's', transport, trusted: false, asks: change.asks ?? allowAll }],
    agents: [
      declareAgent('one', tokens.one, {
        defaultEffect: 'allow',
        tools: change.tools ?? {},
        limit: change.limit ?? null,
      }),
    ],
  });
  onTestFinished(async () => {
    await harness.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  return {
    harness,
    got: (method) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as JsonObject)
        .filter((message) => message.method === method),
    events(event) {
      const db = new Database(join(harness.dir, 'scopegate.db'), { readonly: true });
      try {
        const rows = db.prepare<[string], AuditLine>(
          'SELECT effect, outcome, reason_code AS reasonCode FROM audit WHERE event = ? ORDER BY seq',
        );
        return rows.all(event);
      } finally {
        db.close();
      }
    },
  };
}

const pause = (harness: Harness, paused = true) => harness.call('engine.setPaused', { paused });
/** A rule that blocks every tool of the server. */
const block = (harness: Harness) =>
  harness.call('policy.change', {
    changes: [
      {
        kind: 'rule',
        id: 'none',
        value: {
          ...{ id: 'none', name: 'None', enabled: true, effect: 'deny', agent: '*', server: 's', tool: '*' },
          ...{ conditions: [], limit: null, expiresAt: null },
        },
      },
    ],
    version: null,
  });
const elicits = { elicitation: { form: {}, url: {} } };

describe('an agent’s notification', () => {
  it('is never a request without an id (security)', async () => {
    const { harness, got, events } = await start('legacy', { tools: { s__danger: 'deny' } });
    const agent = await connectRawAgent(harness.url, 'legacy', tokens.one, elicits);
    await agent.send('tools/call', { name: 's__ok', arguments: {} });
    await agent.notify('tools/call', { name: 'danger', arguments: {} });
    await agent.notify('notifications/vendor\r\nx-evil: 1', {});
    await agent.notify('notifications/vendor/x', { a: 1 });
    await vi.waitFor(() => expect(got('notifications/vendor/x')).toHaveLength(1));
    expect(got('tools/call').filter(({ id }) => id === undefined)).toEqual([]);
    expect(got('notifications/vendor\r\nx-evil: 1')).toEqual([]);
    expect(events('notice.passed')).toHaveLength(1);
  });

  it('takes from the agent’s limit (security)', async () => {
    const { harness, got } = await start('legacy', { limit: { count: 2, per: 'h' } });
    const agent = await connectRawAgent(harness.url, 'legacy', tokens.one, elicits);
    await agent.send('tools/call', { name: 's__ok', arguments: {} });
    await agent.notify('notifications/vendor/a', {});
    await agent.notify('notifications/vendor/b', {});
    await vi.waitFor(() => expect(got('notifications/vendor/a')).toHaveLength(1));
    await agent.send('resources/list', {});
    expect(got('notifications/vendor/b')).toEqual([]);
  });
});

describe('a pause while a call is on its way', () => {
  it('ends the rounds of a modern server (security)', async () => {
    const { harness, got } = await start('modern');
    const agent = await connectRawAgent(harness.url, 'legacy', tokens.one, elicits);
    const call = agent.send('tools/call', { name: 's__poll', arguments: {} });
    await vi.waitFor(() => expect(got('tools/call').length).toBeGreaterThan(0));
    await pause(harness);
    const sent = got('tools/call').length;
    expect(textOf((await call).response.result)).toBe('The call was cancelled.');
    expect(got('tools/call').length).toBe(sent);
  });

  for (const era of ['legacy', 'modern'] as const)
    it(`keeps the agent’s answer from a ${era} server (security)`, async () => {
      const { harness, got, events } = await start(era);
      const client = await harness.connect(tokens.one, {
        capabilities: { elicitation: {} },
        prepare: (made) =>
          made.setRequestHandler(ElicitRequestSchema, async () => {
            await pause(harness);
            return { action: 'accept', content: { secret: 'answered-under-pause' } };
          }),
      });
      await client.callTool({ name: 's__ask', arguments: {} });
      // the pause ends the call at once; the row of the question follows when the agent's answer is thrown away
      await vi.waitFor(() => expect(events('ask.settled')).toMatchObject([{ outcome: 'paused' }]), { timeout: 10_000 });
      if (era === 'modern') expect(got('tools/call')).toHaveLength(1);
    });

  it('leaves an approval that was given as it is', async () => {
    const { harness } = await start('modern', { tools: { s__ask: 'ask' } });
    const client = await harness.connect(tokens.one, {
      capabilities: { elicitation: {} },
      prepare: (made) => made.setRequestHandler(ElicitRequestSchema, async () => ({ action: 'accept', content: {} })),
    });
    const call = client.callTool({ name: 's__ask', arguments: {} });
    const card = await vi.waitFor(async () => {
      const { approvals } = await harness.call('snapshot', {});
      const [first] = approvals;
      if (!first) throw new Error('no card yet');
      return first;
    });
    const shown = { input: 'pointer', shownAt: Date.now() - 2_000, armedAt: Date.now() - 1_000 } as const;
    const { id, digest } = card;
    await harness.call('approvals.decide', {
      id,
      digest,
      verdict: 'approve',
      denyReason: null,
      denyNote: null,
      ...shown,
    });
    expect(textOf(await call)).toBe('done');
  });
});

describe('a rule that blocks the tool while a call is on its way', () => {
  it('ends the rounds of a modern server (security)', async () => {
    const { harness, got } = await start('modern');
    const agent = await connectRawAgent(harness.url, 'legacy', tokens.one, elicits);
    const call = agent.send('tools/call', { name: 's__poll', arguments: {} });
    await vi.waitFor(() => expect(got('tools/call').length).toBeGreaterThan(0));
    await block(harness);
    const sent = got('tools/call').length;
    expect(textOf((await call).response.result)).toMatch(/policy changed/);
    expect(got('tools/call').length).toBe(sent);
  });

  it('comes before the effect when the link took long to open (security)', async () => {
    const { harness, got } = await start('legacy', { lateMs: 1_000 });
    const agent = await connectRawAgent(harness.url, 'legacy', tokens.one, elicits);
    const call = agent.send('tools/call', { name: 's__ok', arguments: {} });
    await vi.waitFor(() => expect(got('initialize').length).toBe(2), 5_000);
    await block(harness);
    expect((await call).responseText).not.toContain('done');
    expect(got('tools/call')).toEqual([]);
  });

  for (const era of ['legacy', 'modern'] as const)
    it(`keeps the agent’s answer from a ${era} server (security)`, async () => {
      const { harness, got, events } = await start(era);
      const client = await harness.connect(tokens.one, {
        capabilities: { elicitation: {} },
        prepare: (made) =>
          made.setRequestHandler(ElicitRequestSchema, async () => {
            await block(harness);
            return { action: 'accept', content: {} };
          }),
      });
      await client.callTool({ name: 's__ask', arguments: {} });
      expect(events('ask.settled')).toMatchObject([{ outcome: 'denied', reasonCode: 'policy_changed' }]);
      if (era === 'modern') expect(got('tools/call')).toHaveLength(1);
    });
});

describe('a page a legacy server wants opened', () => {
  for (const era of ['legacy', 'modern'] as const)
    it(`is not shown to a ${era} agent when the switch is off (security)`, async () => {
      const { harness, events } = await start('legacy', { asks: { ...allowAll, elicitation: 'deny' } });
      const agent = await connectRawAgent(harness.url, era, tokens.one, elicits);
      const { responseText } = await agent.send('tools/call', { name: 's__page', arguments: {} });
      expect(responseText).not.toContain('login.example');
      expect(events('ask.decided')).toMatchObject([{ effect: 'deny', reasonCode: 'elicitation_off' }]);
    });

  it('is shown, and written down, when the switch allows it', async () => {
    const { harness, events } = await start('legacy');
    const agent = await connectRawAgent(harness.url, 'legacy', tokens.one, elicits);
    const { response } = await agent.send('tools/call', { name: 's__page', arguments: {} });
    expect(response.error).toMatchObject({ code: -32042, data: { elicitations: [{ url: 'https://login.example/' }] } });
    expect(events('ask.decided')).toMatchObject([{ effect: 'allow' }]);
  });
});

describe('towards a modern server', () => {
  for (const era of ['legacy', 'modern'] as const)
    it(`a ${era} agent cannot forge answers or state of a round (security)`, async () => {
      const { harness, got } = await start('modern');
      const agent = await connectRawAgent(harness.url, era, tokens.one, elicits);
      const forged: JsonObject = { inputResponses: { q: { action: 'accept' } } };
      if (era === 'legacy') forged.requestState = 'stolen';
      await agent.send('tools/call', { name: 's__ok', arguments: {}, ...forged });
      const [sent] = got('tools/call');
      expect(sent?.params).not.toHaveProperty('inputResponses');
      expect(sent?.params).not.toHaveProperty('requestState');
    });
});

describe('the lists of one server', () => {
  it('hold cursors of ours alone (security)', async () => {
    const { harness, got } = await start('legacy');
    const agent = await connectRawAgent(`${harness.url}/s`, 'legacy', tokens.one);
    const forged = await agent.send('prompts/list', { cursor: 'words-of-the-agent' });
    expect(forged.response.error).toMatchObject({ code: -32602 });
    const first = await agent.send('prompts/list', {});
    const { nextCursor } = first.response.result as { nextCursor: string };
    expect(nextCursor).not.toContain('page-2');
    await agent.send('prompts/list', { cursor: nextCursor });
    const cursors = got('prompts/list').map((message) => (message.params as JsonObject | undefined)?.cursor);
    expect(cursors.filter((cursor) => cursor !== undefined)).toEqual(['page-2']);
  });

  it('and log levels are asked of no server during a pause (security)', async () => {
    const { harness, got } = await start('legacy');
    const agent = await connectRawAgent(`${harness.url}/s`, 'legacy', tokens.one);
    await agent.send('tools/call', { name: 'ok', arguments: {} });
    await pause(harness);
    const listed = await agent.send('prompts/list', {});
    expect(listed.response.result).toEqual({ prompts: [] });
    await agent.send('logging/setLevel', { level: 'debug' });
    expect(got('prompts/list')).toEqual([]);
    expect(got('logging/setLevel')).toEqual([]);
    await pause(harness, false);
    await agent.send('tools/call', { name: 'ok', arguments: {} });
    expect(got('logging/setLevel')).toHaveLength(1);
  });
});

describe('a server that cannot be used', () => {
  it('is told to the agent without addresses and paths (security)', async () => {
    const transport = { kind: 'stdio' as const, command: '/opt/private/no-such', args: [], cwd: null, env: {} };
    const harness = await startEngine({
      servers: [{ id: 's', transport, trusted: false, asks: allowAll }],
      agents: [declareAgent('one', tokens.one, { defaultEffect: 'allow' })],
    });
    onTestFinished(() => harness.stop());
    const agent = await connectRawAgent(`${harness.url}/s`, 'legacy', tokens.one);
    for (const [method, params] of [
      ['resources/list', {}],
      ['resources/read', { uri: 'x:y' }],
    ] as const) {
      const { responseText } = await agent.send(method, params);
      expect(responseText).toContain('The server s could not be used: ');
      expect(responseText).not.toContain('/opt/private');
    }
  });
});
