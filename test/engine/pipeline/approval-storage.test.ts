import { describe, expect, it, vi } from 'vitest';
import { maxWaitingPerAgent } from '../../../electron/shared/index.ts';
import { answerTo, openRoom, type Room } from './approval-room.ts';

const breakStore = ({ store }: Room) => {
  const full = () => {
    throw new Error('disk full');
  };
  const spies = [vi.spyOn(store, 'putApproval'), vi.spyOn(store, 'appendAudit')];
  for (const spy of spies) spy.mockImplementation(full);
  return () => {
    for (const spy of spies) spy.mockRestore();
  };
};

/** A call whose agent gave up before anybody answered. */
const leave = async (room: Room, id: string, args: Parameters<Room['call']>[1], agent = 'a') => {
  const controller = new AbortController();
  const waiting = room.queue.wait(room.call(id, args, { agent, signal: controller.signal }), 60_000, () => {});
  controller.abort();
  return waiting;
};

describe('ApprovalQueue on a disk that is full', () => {
  it('ends a call whose time is up as expired, and the engine goes on (security)', async () => {
    const room = openRoom({ timeoutMs: 40 });
    // an older card of the same call is under review, and would have to be erased
    room.ask('1');
    await vi.waitFor(() => expect(room.answers.get('1')).toEqual({ kind: 'expired' }));
    room.ask('2');
    breakStore(room);
    await vi.waitFor(() => expect(room.answers.get('2')).toEqual({ kind: 'expired' }));
    expect(room.queue.open()).toHaveLength(0);
    expect(room.desk.review()).toHaveLength(1);
  });

  it('answers the other identical calls when no new card can be written for them (security)', async () => {
    const room = openRoom();
    room.ask('1');
    room.ask('2');
    const put = room.store.putApproval;
    let writes = 0;
    vi.spyOn(room.store, 'putApproval').mockImplementation((record) => {
      writes += 1;
      if (writes > 1) throw new Error('disk full');
      put.call(room.store, record);
    });
    room.queue.decide(answerTo(room.card(), 'approve'));
    await vi.waitFor(() =>
      expect([room.answers.get('1')?.kind, room.answers.get('2')?.kind]).toEqual(['approved', 'cancelled']),
    );
  });

  it('lets no later call through by an approval that could not be written (security)', async () => {
    const room = openRoom();
    await leave(room, '1', { i: 1 });
    const shown = room.card();
    const broken = vi.spyOn(room.store, 'putApproval').mockImplementation(() => {
      throw new Error('disk full');
    });
    expect(() => room.queue.decide(answerTo(shown, 'approve'))).toThrow('disk full');
    broken.mockRestore();
    expect(await room.queue.wait(room.call('2', { i: 1 }), 1, () => {})).toEqual({ kind: 'parked' });
    expect(room.card()).toMatchObject({ id: shown.id, status: 'pending' });
    room.queue.decide(answerTo(room.card(), 'approve'));
    expect(await room.queue.wait(room.call('3', { i: 1 }), 1, () => {})).toMatchObject({ kind: 'approved' });
  });

  it('stops the time of what waits when the screen is locked, though that cannot be written', () => {
    const room = openRoom();
    room.ask('1');
    breakStore(room);
    room.screen.lock(true);
    expect(room.card().stoppedAt).not.toBeNull();
  });
});

describe('cards nobody waits for', () => {
  it('makes room for a new card by ending the oldest of the agent’s own that nobody waits for (security)', async () => {
    const room = openRoom();
    await leave(room, 'other', { i: 0 }, 'b');
    for (let i = 0; i < maxWaitingPerAgent + 5; i += 1)
      expect(await leave(room, `${i}`, { i })).toEqual({ kind: 'cancelled' });
    const open = room.queue.open();
    expect(open).toHaveLength(maxWaitingPerAgent + 1);
    expect(open.map(({ agentId, arguments: args }) => [agentId, args])).toContainEqual(['b', { i: 0 }]);
    expect(open.map(({ arguments: args }) => args)).toContainEqual({ i: maxWaitingPerAgent + 4 });
    expect(room.queue.history(null, 1)).toMatchObject([{ status: 'cancelled', decidedBy: 'engine', arguments: null }]);
    expect(room.rows('approval.decided').map(({ reasonCode }) => reasonCode)).toContain('too_many_left');
  });

  it('never ends a card a call waits on, or is to be called again for, to make room (security)', async () => {
    const room = openRoom();
    await room.queue.wait(room.call('parked', { i: -1 }), 1, () => {});
    for (let i = 1; i < maxWaitingPerAgent; i += 1) room.ask(`${i}`, { i });
    expect(await room.queue.wait(room.call('more', { i: 99 }), 1, () => {})).toEqual({ kind: 'full' });
    expect(room.queue.open()).toHaveLength(maxWaitingPerAgent);
  });

  it('bounds what the open cards of one agent hold (security)', async () => {
    const room = openRoom();
    const text = 'x'.repeat(3 * 1024 * 1024);
    for (let i = 0; i < 4; i += 1) await leave(room, `${i}`, { i, text });
    expect(room.queue.open()).toHaveLength(2);
  });
});

describe('a server’s question', () => {
  it('ends as expired when nobody answers in time, and leaves the call it belongs to alone (security)', async () => {
    const room = openRoom();
    const call = room.call('1');
    const question = { ...call, tool: { ...call.tool, kind: 'ask' as const } };
    expect(await room.queue.wait(question, 1, () => {})).toEqual({ kind: 'expired' });
    expect(room.queue.takeParked(question)).toBeNull();
    room.queue.decide(answerTo(room.card(), 'deny'));
    expect(room.abandoned).toEqual([]);
  });
});
