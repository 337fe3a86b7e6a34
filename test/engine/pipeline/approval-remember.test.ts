import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { StepUpPort } from '../../../electron/engine/ports.ts';
import type { JsonObject } from '../../../electron/engine/wire/json-rpc.ts';
import type { Remember } from '../../../electron/shared/index.ts';
import { makeFolder, sampleEvent } from '../store/samples.ts';
import { answerTo, openRoom, type Room } from './approval-room.ts';

const exact15: Remember = { duration: '15m', match: { kind: 'exact' } };
const any: Remember = { duration: '1h', match: { kind: 'any' } };

function stepUp(answer: boolean): StepUpPort & { asked: string[] } {
  const asked: string[] = [];
  return {
    method: 'Test check',
    reason: '',
    asked,
    confirm: async (why) => {
      asked.push(why);
      return answer;
    },
  };
}

const approve = (room: Room, more: Parameters<typeof answerTo>[2] = {}) =>
  room.desk.decide(answerTo(room.card(), 'approve', more));

describe('remembering with an approval', () => {
  it('writes the grant and the answer together, and the click is not voided by the policy it changes (security)', async () => {
    const room = openRoom();
    room.ask('1');
    await approve(room, { remember: exact15 });
    await vi.waitFor(() => expect(room.answers.get('1')).toMatchObject({ kind: 'approved' }));
    const [grant] = room.store.liveGrants();
    expect(grant).toMatchObject({ agentId: 'a', serverId: 's', tool: 't', match: { kind: 'exact' }, untilQuit: false });
    expect((grant?.expiresAt ?? 0) - (grant?.createdAt ?? 0)).toBe(15 * 60_000);
    expect(room.world.version).toBe(2);
    expect(room.rows('approval.decided')).toMatchObject([
      { effect: 'allow', details: { scope: '15m × exact', grantId: grant?.id, input: 'pointer', policyVersion: 1 } },
    ]);
    expect(room.rows('grant.remembered')).toHaveLength(1);
    expect(room.desk.state().grants).toMatchObject([{ sentence: expect.stringContaining('exactly these arguments') }]);
  });

  it('puts no value of the arguments into the log or the history: only the grant itself knows them (security)', async () => {
    const room = openRoom();
    room.ask('1', { path: '/tmp/x', note: 'my-private-words' });
    const args = { path: { kind: 'inside', folder: '/tmp' }, note: { kind: 'same' } } as const;
    await approve(room, { remember: { duration: '1h', match: { kind: 'pattern', arguments: args } } });
    const [grant] = room.desk.state().grants;
    expect(grant?.sentence).toContain('my-private-words');
    room.desk.grants.end(grant?.id ?? '');
    expect(JSON.stringify(room.store.chainRows(0, 100))).not.toContain('my-private-words');
    const [ended] = room.queue.history(null, 1);
    expect(ended?.remembered).toBe('For 1 hour, "path" inside one folder, "note" the same');
    expect(JSON.stringify(room.queue.history(null, 10))).not.toContain('my-private-words');
  });

  it('leaves neither grant nor answer when the log cannot be written (security)', async () => {
    const room = openRoom();
    room.ask('1');
    vi.spyOn(room.store, 'appendAudit').mockImplementation(() => {
      throw new Error('disk full');
    });
    await expect(approve(room, { remember: exact15 })).rejects.toThrow('audit log');
    expect(room.store.liveGrants()).toEqual([]);
    expect(room.card()).toMatchObject({ status: 'pending', remembered: null });
  });

  it('keeps what was remembered in the database, and lets “until I quit” end with the engine', async () => {
    const room = openRoom();
    room.ask('1');
    await approve(room, { remember: exact15 });
    room.ask('2', { path: '/tmp/y' });
    await approve(room, { remember: { ...exact15, duration: 'until_quit' } });
    expect(room.store.liveGrants()).toHaveLength(2);
    room.restart();
    expect(room.desk.state().grants).toMatchObject([{ untilQuit: false }]);
  });

  it('offers “any arguments” for no tool that destroys or handles secrets, whatever the page says (security)', async () => {
    for (const tier of ['destructive', 'secret'] as const) {
      const room = openRoom();
      room.world.tier = tier;
      room.ask('1');
      expect(room.desk.context(room.card().id).offer.matches.any.offered).toBe(false);
      await expect(approve(room, { remember: any })).rejects.toThrow('destroy data or handle secrets');
      const open = { kind: 'pattern', arguments: { path: { kind: 'any' } } } as const;
      await expect(approve(room, { remember: { duration: '1h', match: open } })).rejects.toThrow('destroy data');
      expect(room.store.liveGrants()).toEqual([]);
      expect(room.card()).toMatchObject({ status: 'pending' });
    }
  });

  it('takes no folder the call is not in, no other host and no argument the call does not have (security)', async () => {
    const room = openRoom();
    room.ask('1', { path: '/home/me/notes/a.txt', url: 'https://example.com/x' });
    const same = { kind: 'same' } as const;
    const pattern = (args: Extract<Remember['match'], { kind: 'pattern' }>['arguments']) =>
      approve(room, { remember: { duration: '1h', match: { kind: 'pattern', arguments: args } } });
    await expect(pattern({ path: { kind: 'inside', folder: '/' }, url: same })).rejects.toThrow('chosen folder');
    await expect(pattern({ path: same, url: { kind: 'host', host: 'evil.com' } })).rejects.toThrow('chosen host');
    await expect(pattern({ path: same })).rejects.toThrow('every argument');
    await expect(pattern({ path: same, url: same, extra: same })).rejects.toThrow('every argument');
    await pattern({ path: { kind: 'inside', folder: '/home/me/notes' }, url: { kind: 'host', host: 'example.com' } });
    expect(room.store.liveGrants()[0]?.match).toEqual({
      kind: 'pattern',
      equals: {},
      free: [],
      conditions: [
        { argument: 'path', op: 'pathInside', value: '/home/me/notes' },
        { argument: 'url', op: 'hostIs', value: 'example.com' },
      ],
    });
  });

  it('remembers nothing of a tool that is not reviewed: the review asks whatever is remembered', async () => {
    const room = openRoom();
    room.world.reviewed = false;
    room.ask('1');
    await expect(approve(room, { remember: exact15 })).rejects.toThrow('reviewed it');
  });

  it('goes on without a card for identical calls that waited beside it', async () => {
    const room = openRoom();
    room.ask('1');
    room.ask('2');
    const put = room.store.putLiveGrant;
    vi.spyOn(room.store, 'putLiveGrant').mockImplementation((grant) => {
      put(grant);
      room.world.effect = 'allow';
    });
    await approve(room, { remember: exact15 });
    await vi.waitFor(() => expect(room.answers.get('1')).toMatchObject({ kind: 'approved' }));
    await vi.waitFor(() => expect(room.answers.get('2')).toEqual({ kind: 'reconsidered' }));
    expect(room.queue.open()).toEqual([]);
  });

  it('counts how many past calls a permission would have let through, and says when the log cannot tell', async () => {
    const room = openRoom();
    const folder = makeFolder();
    const path = (name: string) => join(folder, name);
    const past = (args: JsonObject) => {
      const call = room.call(`past-${JSON.stringify(args)}`, args);
      const facts = { agentId: 'a', agentName: 'Agent', serverId: 's', tool: 't', callId: call.id };
      const { argumentsDigest } = call;
      room.store.appendAudit(sampleEvent({ ...facts, argumentsDigest, event: 'call.settled', at: Date.now() }));
      return { ...call, at: Date.now() };
    };
    room.ask('1', { path: path('x') });
    const { id, digest } = room.card();
    const count = (match: Remember['match']) => room.desk.preview(id, digest, { duration: '1h', match }, null).past;
    const inside = { kind: 'pattern', arguments: { path: { kind: 'inside', folder } } } as const;

    for (const args of [
      { path: path('x') },
      { path: path('y') },
      { path: '/etc/passwd' },
      { path: path('y'), more: 1 },
    ])
      room.keeper.keep(past(args));
    room.keeper.flush();
    expect(count({ kind: 'exact' })).toMatchObject({ matched: 1, calls: 4 });
    expect(count({ kind: 'any' })).toMatchObject({ matched: 4, calls: 4 });
    expect(count(inside)).toMatchObject({ matched: 2, calls: 4 });

    past({ path: path('z') });
    expect(count({ kind: 'exact' })).toMatchObject({ matched: 1, calls: 5 });
    expect(count(inside)).toMatchObject({ matched: null, atLeast: 2, calls: 5 });
  });

  it('refuses a pattern that would not cover this very call for sure (security)', async () => {
    const room = openRoom();
    const folder = makeFolder();
    const outside = makeFolder();
    symlinkSync(outside, join(folder, 'link'));
    room.ask('1', { path: join(folder, 'link', 'x.txt') });
    const match = { kind: 'pattern', arguments: { path: { kind: 'inside', folder } } } as const;
    const remember = { duration: '1h', match } as const;
    const { id, digest } = room.card();
    expect(room.desk.preview(id, digest, remember, null).refusal).toContain('not sure enough');
    await expect(approve(room, { remember })).rejects.toThrow('not sure enough');
    expect(room.store.liveGrants()).toEqual([]);
  });
});

describe('a permission for ever on a high tier', () => {
  const always: Remember = { duration: 'always', match: { kind: 'exact' } };

  it('is not offered and not taken where nothing can check who is there, and says why (security)', async () => {
    const room = openRoom();
    room.world.tier = 'publish';
    room.ask('1');
    expect(room.desk.context(room.card().id).offer.durations.always).toMatchObject({
      offered: false,
      reason: expect.stringContaining('check that it is you'),
    });
    await expect(approve(room, { remember: always })).rejects.toThrow('check that it is you');
    expect(room.store.liveGrants()).toEqual([]);
  });

  it('is written only when the person proved it, and the call waits on until then (security)', async () => {
    const refusing = stepUp(false);
    const room = openRoom({ stepUp: refusing });
    room.world.tier = 'publish';
    room.ask('1');
    await expect(approve(room, { remember: always })).rejects.toThrow('not confirmed');
    expect(refusing.asked).toEqual(['let Agent use t without asking, for ever']);
    expect(room.store.liveGrants()).toEqual([]);
    expect(room.card()).toMatchObject({ status: 'pending' });

    const granting = openRoom({ stepUp: stepUp(true) });
    granting.world.tier = 'publish';
    granting.ask('1');
    await approve(granting, { remember: always });
    expect(granting.store.liveGrants()).toMatchObject([{ expiresAt: null, untilQuit: false }]);
  });

  it('needs none on a low tier, and counts for nothing when the card ended meanwhile (security)', async () => {
    const low = openRoom();
    low.ask('1');
    await approve(low, { remember: always });
    expect(low.store.liveGrants()).toHaveLength(1);

    const room = openRoom({ stepUp: stepUp(true) });
    room.world.tier = 'secret';
    room.ask('1');
    const card = room.card();
    const late = approve(room, { remember: always });
    room.queue.decide(answerTo(card, 'deny'));
    await expect(late).rejects.toThrow('already been answered');
    expect(room.store.liveGrants()).toEqual([]);
  });
});

describe('a grant in force', () => {
  it('may be shortened or ended, never extended (security)', async () => {
    const room = openRoom();
    room.ask('1');
    await approve(room, { remember: exact15 });
    const [grant] = room.desk.state().grants;
    const end = grant?.expiresAt ?? 0;
    expect(() => room.desk.grants.shorten(grant?.id ?? '', end + 1)).toThrow('never extended');
    room.desk.grants.shorten(grant?.id ?? '', end - 60_000);
    expect(room.desk.state().grants).toMatchObject([{ expiresAt: end - 60_000 }]);
    expect(() => room.desk.grants.shorten(grant?.id ?? '', end)).toThrow('never extended');
    room.desk.grants.end(grant?.id ?? '');
    expect(room.desk.state().grants).toEqual([]);
    expect(() => room.desk.grants.end(grant?.id ?? '')).toThrow('already ended');
    expect(room.rows('grant.shortened')).toHaveLength(1);
    expect(room.rows('grant.ended')).toHaveLength(1);
  });

  it('goes by itself when its time is over', async () => {
    const room = openRoom();
    room.ask('1');
    await approve(room, { remember: exact15 });
    const [grant] = room.desk.state().grants;
    room.desk.grants.shorten(grant?.id ?? '', Date.now() + 30);
    await vi.waitFor(() => expect(room.store.liveGrants()).toEqual([]));
    expect(room.rows('grant.expired')).toHaveLength(1);
  });
});
