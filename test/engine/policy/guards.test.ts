import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { classifyFlow } from '../../../electron/engine/core/flow-class.ts';
import type { ResolvedCall } from '../../../electron/engine/core/stages.ts';
import { ArgumentKeeper, redactArguments } from '../../../electron/engine/pipeline/argument-keeper.ts';
import { FlowGuard } from '../../../electron/engine/pipeline/flow-guard.ts';
import { LoopGuard } from '../../../electron/engine/pipeline/loop-guard.ts';
import { makeStore } from '../store/samples.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };

describe('the loop guard', () => {
  const limit = { count: 3, seconds: 10 };
  const key = { agentId: 'a', serverId: 's', tool: 't', argumentsDigest: 'd' };

  it('counts the very same call within its time, and no other', () => {
    const guard = new LoopGuard();
    expect([0, 1, 2].map((now) => guard.count(key, limit, now))).toEqual([1, 2, 3]);
    expect(guard.count({ ...key, argumentsDigest: 'other' }, limit, 3)).toBe(1);
    expect(guard.count({ ...key, agentId: 'b' }, limit, 3)).toBe(1);
    expect(guard.states('a', limit, 5)).toEqual([{ serverId: 's', tool: 't', count: 3, until: 10_000 }]);
    expect(guard.count(key, limit, 20_000)).toBe(1);
    expect(guard.states('a', limit, 20_000)).toEqual([]);
  });

  it('holds a bounded number of calls, however many different ones come', () => {
    const guard = new LoopGuard();
    for (let i = 0; i < 5_000; i += 1) guard.count({ ...key, argumentsDigest: String(i) }, limit, i);
    expect(guard.count({ ...key, argumentsDigest: '0' }, limit, 5_000)).toBe(1);
  });
});

describe('the flow guard', () => {
  const privately = { readsPrivate: true, readsForeign: false, sendsOut: false };
  const foreign = { readsPrivate: false, readsForeign: true, sendsOut: false };
  const outward = { readsPrivate: false, readsForeign: false, sendsOut: true };
  const minute = 60_000;

  it('suspects a call that sends out once private data and foreign text were read, in either order (security)', () => {
    for (const order of [
      [privately, foreign],
      [foreign, privately],
    ]) {
      const guard = new FlowGuard();
      for (const [step, flow] of order.entries()) {
        expect(guard.suspect('s', 'mail: send', outward, step)).toBeNull();
        guard.note('s', `tool ${step}`, flow, false, step);
      }
      expect(guard.suspect('s', 'mail: send', outward, 2)).toMatch(/private data.*others.*send data out/);
      expect(guard.suspect('s', 'files: read', privately, 2)).toBeNull();
      expect(guard.suspect('other session', 'mail: send', outward, 2)).toBeNull();
      expect(guard.suspect('s', 'mail: send', outward, 31 * minute)).toBeNull();
    }
  });

  it('does not ask again for a tool a person let through, until more foreign text comes (security)', () => {
    const guard = new FlowGuard();
    guard.note('s', 'files: read', privately, false, 0);
    guard.note('s', 'web: fetch', foreign, false, 0);
    guard.note('s', 'mail: send', outward, true, 1);
    expect(guard.suspect('s', 'mail: send', outward, 2)).toBeNull();
    expect(guard.suspect('s', 'chat: post', outward, 2)).not.toBeNull();
    guard.note('s', 'web: fetch', foreign, false, 3);
    expect(guard.suspect('s', 'mail: send', outward, 4)).not.toBeNull();
  });

  it.each<[string, Parameters<typeof classifyFlow>[1], string[], Partial<ReturnType<typeof classifyFlow>>]>([
    ['get_pull_request', 'read', [], { sendsOut: false }],
    ['read_text_file', 'read', ['@modelcontextprotocol/server-filesystem'], { readsPrivate: true, sendsOut: false }],
    ['fetch', 'read', ['mcp-server-fetch'], { readsForeign: true, sendsOut: true }],
    ['send_email', 'publish', [], { sendsOut: true }],
    ['read_email', 'read', [], { readsPrivate: true, readsForeign: true, sendsOut: false }],
    ['get_issue', 'read', ['@modelcontextprotocol/server-github'], { readsPrivate: true, readsForeign: true }],
    ['get_sum', 'read', [], { readsPrivate: false, readsForeign: false, sendsOut: false }],
    ['http_request', 'write', [], { sendsOut: true }],
  ])('classes %s', (name, tier, identities, expected) => {
    expect(classifyFlow({ name }, tier, identities)).toMatchObject(expected);
  });

  it('is not talked out of it by a server’s hint (security)', () => {
    const definition = { name: 'send_message', annotations: { openWorldHint: false, readOnlyHint: true } };
    expect(classifyFlow(definition, 'publish', []).sendsOut).toBe(true);
  });
});

describe('what is kept for replay', () => {
  const key = createSecretKey(randomBytes(32));
  const callOf = (args: ResolvedCall['arguments'], id = 'call-1') =>
    ({
      id,
      at: 1_000,
      exchange: { agent: { id: 'a', name: 'A' } },
      tool: { serverId: 's', name: 't' },
      arguments: args,
      argumentsDigest: 'd',
      subject: 'x',
    }) as unknown as ResolvedCall;

  it('is sealed under this engine’s key and bound to its call (security)', () => {
    const store = makeStore();
    const keeper = new ArgumentKeeper({ store, key, log, now: () => 2_000 });
    keeper.keep(callOf({ path: '/home/me/diary.txt' }));
    keeper.flush();
    const [kept] = store.keptCalls(0, 10);
    if (!kept) expect.fail('nothing was kept');
    expect(kept.sealed?.includes('diary')).toBe(false);
    expect(keeper.open(kept)).toEqual({ arguments: { path: '/home/me/diary.txt' }, redacted: [] });
    expect(keeper.open({ ...kept, callId: 'call-2' })).toBeNull();
    const other = new ArgumentKeeper({ store, key: createSecretKey(randomBytes(32)), log, now: () => 2_000 });
    expect(other.open(kept)).toBeNull();
  });

  it('leaves out what looks secret, and says which arguments that were (security)', () => {
    const { arguments: args, redacted } = redactArguments({
      path: '/a',
      password: 'hunter2',
      opts: { headers: { Authorization: 'Bearer abcdefghijklmnopqrstu' } },
      text: 'my key is ghp_abcdefghijklmnopqrstuvwxyz012345',
      url: 'https://me:pw@example.com/',
      list: ['fine', 'sk-abcdefghijklmnopqrstuvwxyz'],
    });
    expect(JSON.stringify(args)).not.toMatch(/hunter2|Bearer|ghp_|me:pw|sk-/);
    expect(args).toMatchObject({ path: '/a', list: ['fine', '[taken out]'] });
    expect(redacted.sort()).toEqual(['list', 'opts', 'password', 'text', 'url']);
  });

  it('is bounded in size, and erased by age and when it is turned off', () => {
    const store = makeStore();
    let now = 1_000;
    const keeper = new ArgumentKeeper({ store, key, log, now: () => now });
    keeper.keep(callOf({ text: 'x'.repeat(20_000) }, 'large'));
    keeper.flush();
    expect(store.keptCalls(0, 10)).toMatchObject([{ callId: 'large', sealed: null }]);
    now += 8 * 24 * 3_600_000;
    keeper.flush();
    expect(store.keptCallCount()).toBe(0);
    keeper.keep(callOf({}, 'later'));
    keeper.setDays(0);
    keeper.keep(callOf({}, 'never'));
    keeper.flush();
    expect(store.keptCallCount()).toBe(0);
    expect(store.replayDays()).toBe(0);
  });
});
