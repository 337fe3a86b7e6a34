import { describe, expect, it, vi } from 'vitest';
import type { Remember } from '../../../electron/shared/index.ts';
import { answerTo, openRoom, type Room } from './approval-room.ts';

const exact15: Remember = { duration: '15m', match: { kind: 'exact' } };

const approve = (room: Room, more: Parameters<typeof answerTo>[2] = {}) =>
  room.desk.decide(answerTo(room.card(), 'approve', more));

describe('editing, then approving', () => {
  it('sends the edited arguments on and keeps both digests (security)', async () => {
    const room = openRoom();
    room.ask('1');
    const before = room.card();
    await approve(room, { edited: { path: '/tmp/safer' } });
    await vi.waitFor(() => expect(room.answers.get('1')).toMatchObject({ edited: { path: '/tmp/safer' } }));
    const [row] = room.rows('approval.decided');
    expect(row).toMatchObject({ argumentsDigest: room.call('x').argumentsDigest, details: { digest: before.digest } });
    expect(row?.details).toMatchObject({
      editedDigest: expect.not.stringMatching(before.digest),
      editedArgumentsDigest: room.call('x', { path: '/tmp/safer' }).argumentsDigest,
    });
    expect(room.queue.history(null, 1)).toMatchObject([
      { status: 'used', edited: null, editedDigest: expect.any(String) },
    ]);
  });

  it('gives “call again” the edited arguments by the original digest, also after a restart, once (security)', async () => {
    const room = openRoom();
    await room.queue.wait(room.call('1'), 1, () => {});
    await approve(room, { edited: { path: '/tmp/safer' } });
    room.restart();
    expect(await room.queue.wait(room.call('2'), 1, () => {})).toMatchObject({ edited: { path: '/tmp/safer' } });
    expect(await room.queue.wait(room.call('3'), 1, () => {})).toEqual({ kind: 'parked' });
  });

  it('is refused when the edited arguments do not fit the schema, or policy blocks them (security)', async () => {
    const room = openRoom();
    room.world.definition = { name: 't', inputSchema: { type: 'object', required: ['path'] } };
    room.ask('1');
    const { id, digest } = room.card();
    expect(room.desk.checkEdit(id, digest, {})).toMatchObject({ ok: false, effect: null });
    await expect(approve(room, { edited: {} })).rejects.toThrow('required');
    room.world.effect = 'deny';
    expect(room.desk.checkEdit(id, digest, { path: '/x' })).toMatchObject({ ok: false, effect: 'deny' });
    await expect(approve(room, { edited: { path: '/x' } })).rejects.toThrow('Blocked here');
    await expect(approve(room, { edited: { path: '\ud800' } })).rejects.toThrow('half of a character');
    expect(room.card()).toMatchObject({ status: 'pending' });
  });

  it('is refused once the tool is not the one that was shown any more (security)', async () => {
    const room = openRoom();
    room.ask('1');
    room.world.definition = { name: 't', description: 'new', inputSchema: { type: 'object' } };
    await expect(approve(room, { edited: { path: '/x' } })).rejects.toThrow('no longer what it was');
  });
});

describe('where an answer comes from', () => {
  it('lets the tray and notices approve reading only, once, unedited (security)', async () => {
    const room = openRoom();
    room.ask('1');
    for (const input of ['menu', 'notification'] as const)
      await expect(approve(room, { input, armedAt: null })).rejects.toThrow('arguments are shown');
    await room.desk.decide(answerTo(room.card(), 'deny', { input: 'menu', armedAt: null }));

    const reading = openRoom();
    reading.world.tier = 'read';
    reading.ask('1');
    const quick = { input: 'notification', armedAt: null } as const;
    await expect(approve(reading, { ...quick, remember: exact15 })).rejects.toThrow('arguments are shown');
    await expect(approve(reading, { ...quick, edited: { path: '/' } })).rejects.toThrow('arguments are shown');
    await approve(reading, quick);
    await vi.waitFor(() => expect(reading.answers.get('1')).toMatchObject({ kind: 'approved' }));
  });

  it('takes no approval from a card whose buttons had not armed (security)', async () => {
    const room = openRoom();
    room.ask('1');
    for (const input of ['pointer', 'keyboard'] as const)
      await expect(approve(room, { input, armedAt: null })).rejects.toThrow('not armed');
    expect(room.card()).toMatchObject({ status: 'pending' });
  });

  it('takes a denial with nothing else attached', async () => {
    const room = openRoom();
    room.ask('1');
    await expect(room.desk.decide(answerTo(room.card(), 'deny', { remember: exact15 }))).rejects.toThrow('approval');
  });
});

describe('what is kept for review', () => {
  it('can be allowed next time: one identical call, unless the same waits already (security)', async () => {
    const room = openRoom({ timeoutMs: 20 });
    room.ask('1');
    await vi.waitFor(() => expect(room.desk.review()).toHaveLength(1));
    const [item] = room.desk.review();
    if (!item) throw new Error('nothing to review');
    const click = {
      id: item.id,
      digest: item.digest,
      input: 'pointer',
      shownAt: Date.now(),
      armedAt: Date.now(),
    } as const;
    expect(() => room.desk.allowNext({ ...click, digest: 'x' })).toThrow('no longer under review');
    expect(() => room.desk.allowNext({ ...click, armedAt: null })).toThrow('not armed');
    expect(() => room.desk.allowNext({ ...click, input: 'menu' })).toThrow('arguments are shown');
    room.desk.allowNext(click);
    expect(room.desk.review()).toEqual([]);
    expect(await room.queue.wait(room.call('2'), 1, () => {})).toMatchObject({ kind: 'approved' });
    expect(await room.queue.wait(room.call('3'), 1, () => {})).toEqual({ kind: 'parked' });
    expect(room.rows('approval.decided').at(-1)).toMatchObject({ reasonCode: 'allowed_next', actor: 'person' });
  });

  it('is not armed for a tool that has changed since (security)', async () => {
    const room = openRoom({ timeoutMs: 20 });
    room.ask('1');
    await vi.waitFor(() => expect(room.desk.review()).toHaveLength(1));
    const { id, digest } = room.desk.review()[0] ?? { id: '', digest: '' };
    room.world.definition = { ...room.world.definition, title: 'new' };
    const click = { id, digest, input: 'pointer', shownAt: Date.now(), armedAt: Date.now() } as const;
    expect(() => room.desk.allowNext(click)).toThrow('no longer what it was');
  });

  it('survives a restart with its arguments, stands there once, and loses them when dismissed (security)', async () => {
    const room = openRoom({ timeoutMs: 20 });
    room.ask('1');
    await vi.waitFor(() => expect(room.answers.size).toBe(1));
    room.ask('2');
    await vi.waitFor(() => expect(room.answers.size).toBe(2));
    room.restart();
    expect(room.desk.review()).toMatchObject([{ arguments: { path: '/tmp/x' }, callId: '2' }]);
    room.desk.dismiss(room.desk.review().map(({ id }) => id));
    expect(room.desk.review()).toEqual([]);
    expect(room.store.approvalsToReview()).toEqual([]);
    expect(room.queue.history(null, 10).map((card) => card.arguments)).toEqual([null, null]);
  });
});

describe('what a card is compared with', () => {
  it('is the last approved call of that agent and tool, as it was sent', async () => {
    const room = openRoom();
    room.ask('1', { path: '/tmp/one' });
    expect(room.desk.context(room.card().id).lastApproved).toBeNull();
    await approve(room, { edited: { path: '/tmp/edited' } });
    room.ask('2', { path: '/tmp/two' });
    expect(room.desk.context(room.card().id)).toMatchObject({
      lastApproved: { arguments: { path: '/tmp/edited' } },
      inputSchema: { type: 'object' },
    });
  });
});
