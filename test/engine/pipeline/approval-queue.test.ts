import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { raiseForProgram } from '../../../electron/engine/core/program-path.ts';
import { maxWaitingPerAgent } from '../../../electron/shared/index.ts';
import { answerTo, openRoom } from './approval-room.ts';

describe('ApprovalQueue', () => {
  it('answers one waiting call with one approval and asks again for the identical next one (security)', async () => {
    const { queue, ask, answers, card } = openRoom();
    ask('1');
    ask('2');
    expect(card()).toMatchObject({ waiting: 2 });
    queue.decide(answerTo(card(), 'approve'));
    await vi.waitFor(() => expect(answers.size).toBe(1));
    expect(card()).toMatchObject({ waiting: 1, callId: '2', status: 'pending' });
    queue.decide(answerTo(card(), 'deny'));
    await vi.waitFor(() => expect([...answers.values()].map(({ kind }) => kind)).toEqual(['approved', 'denied']));
  });

  it('never folds calls whose arguments differ, and folds those that differ in nothing but the order of keys', () => {
    const { queue, ask } = openRoom();
    ask('1', { a: 1, b: 2 });
    ask('2', { a: 1, b: 3 });
    ask('3', { b: 2, a: 1 });
    expect(queue.open()).toMatchObject([{ waiting: 2 }, { waiting: 1 }]);
  });

  it('keeps the card when the agent gives up, arms one identical call by a later approval, and only one (security)', async () => {
    const { queue, call, card } = openRoom();
    expect(await queue.wait(call('1'), 1, () => {})).toEqual({ kind: 'parked' });
    expect(queue.open()).toMatchObject([{ waiting: 0, status: 'pending' }]);
    queue.decide(answerTo(card(), 'approve'));
    expect(queue.open()).toMatchObject([{ status: 'approved' }]);
    expect(queue.takeParked(call('again'))).toBe('1');
    expect(await queue.wait(call('1'), 60_000, () => {})).toMatchObject({ kind: 'approved', edited: null });
    expect(await queue.wait(call('3'), 1, () => {})).toEqual({ kind: 'parked' });
  });

  it('does not let an armed approval through for other arguments, another agent or a changed tool (security)', async () => {
    const { queue, call, card, world } = openRoom();
    await queue.wait(call('1', { path: '/x' }), 1, () => {});
    queue.decide(answerTo(card(), 'approve'));
    expect(await queue.wait(call('2', { path: '/y' }), 1, () => {})).toEqual({ kind: 'parked' });
    expect(await queue.wait(call('3', { path: '/x' }, { agent: 'b' }), 1, () => {})).toEqual({ kind: 'parked' });
    world.definition = { ...world.definition, description: 'now something else' };
    expect(await queue.wait(call('4', { path: '/x' }), 1, () => {})).toEqual({ kind: 'parked' });
    expect(queue.open().map(({ status }) => status)).toEqual(['approved', 'pending', 'pending', 'pending']);
  });

  it('does not let an armed approval through after its time, though the machine slept and no timer ran (security)', async () => {
    const { queue, call, card } = openRoom({ armedMs: 60_000 });
    await queue.wait(call('1'), 1, () => {});
    queue.decide(answerTo(card(), 'approve'));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect(await queue.wait(call('2'), 1, () => {})).toEqual({ kind: 'parked' });
    expect(queue.open()).toMatchObject([{ status: 'pending' }]);
  });

  it('does not let an armed approval through for a program that the card did not show (security)', async () => {
    const { queue, call, card } = openRoom();
    const strange = (id: string) => {
      const made = call(id);
      return { ...made, risk: raiseForProgram(made.risk, 'The token is used by /tmp/x') };
    };
    await queue.wait(call('1'), 1, () => {});
    queue.decide(answerTo(card(), 'approve'));
    expect(await queue.wait(strange('2'), 1, () => {})).toEqual({ kind: 'parked' });
    expect(card().risk.reasons).toMatchObject([{ source: 'connection' }]);
    queue.decide(answerTo(card(), 'approve'));
    expect(await queue.wait(strange('3'), 60_000, () => {})).toMatchObject({ kind: 'approved' });
  });

  it('ends as expired when nobody answers, and the parked call with it; the item is kept for review', async () => {
    const { queue, desk, call, abandoned } = openRoom({ timeoutMs: 30 });
    expect(await queue.wait(call('1'), 60_000, () => {})).toEqual({ kind: 'expired' });
    await queue.wait(call('2', { path: '/other' }), 1, () => {});
    await vi.waitFor(() => expect(abandoned).toContain('2'));
    expect(queue.open()).toHaveLength(0);
    expect(desk.review()).toMatchObject([
      { status: 'expired', decidedBy: 'timeout', toReview: true, arguments: { path: '/other' } },
      { status: 'expired', arguments: { path: '/tmp/x' } },
    ]);
  });

  it('leaves the card when the agent cancels, and approving it then is good for one later call', async () => {
    const { queue, call, card } = openRoom();
    const controller = new AbortController();
    const waiting = queue.wait(call('1', undefined, { signal: controller.signal }), 60_000, () => {});
    controller.abort();
    expect(await waiting).toEqual({ kind: 'cancelled' });
    expect(card()).toMatchObject({ waiting: 0 });
    queue.decide(answerTo(card(), 'approve'));
    expect(await queue.wait(call('2'), 1, () => {})).toMatchObject({ kind: 'approved' });
  });

  it('still lists its cards after a restart, with the arguments they are about', async () => {
    const room = openRoom();
    await room.queue.wait(room.call('1'), 1, () => {});
    room.restart();
    expect(room.card()).toMatchObject({ callId: '1', arguments: { path: '/tmp/x' }, waiting: 0 });
    room.queue.decide(answerTo(room.card(), 'deny'));
    expect(room.queue.open()).toHaveLength(0);
  });

  it('keeps an approval armed over a restart, for its one call (security)', async () => {
    const room = openRoom();
    await room.queue.wait(room.call('1'), 1, () => {});
    room.queue.decide(answerTo(room.card(), 'approve'));
    room.restart();
    expect(await room.queue.wait(room.call('2'), 1, () => {})).toMatchObject({ kind: 'approved' });
    room.restart();
    expect(await room.queue.wait(room.call('3'), 1, () => {})).toEqual({ kind: 'parked' });
  });

  it('forgets the arguments of a card that was answered (security)', async () => {
    const { queue, call, card } = openRoom();
    await queue.wait(call('1'), 1, () => {});
    queue.decide(answerTo(card(), 'deny'));
    expect(queue.history(null, 10)).toMatchObject([{ status: 'denied', arguments: null }]);
  });

  it('refuses a second answer to the same card, and an answer to another digest (security)', () => {
    const { queue, ask, card } = openRoom();
    ask('1');
    const shown = card();
    expect(() => queue.decide(answerTo({ ...shown, digest: 'f'.repeat(64) }, 'approve'))).toThrow('not the one');
    queue.decide(answerTo(shown, 'deny'));
    expect(() => queue.decide(answerTo(shown, 'approve'))).toThrow('already been answered');
  });

  it('gives more time when asked', () => {
    const { queue, ask, card } = openRoom();
    ask('1');
    const { id, expiresAt } = card();
    expect(queue.extend(id)).toBe(expiresAt + 60_000);
  });

  it('approves nothing while the audit log cannot be written (security)', () => {
    const { queue, store, ask, card } = openRoom();
    ask('1');
    vi.spyOn(store, 'appendAudit').mockImplementation(() => {
      throw new Error('disk full');
    });
    expect(() => queue.decide(answerTo(card(), 'approve'))).toThrow('audit log');
    expect(card()).toMatchObject({ status: 'pending' });
  });

  it('lets nothing through when the use of an approval cannot be written: it could be spent twice (security)', async () => {
    const { queue, store, ask, call, card, answers } = openRoom();
    await queue.wait(call('1'), 1, () => {});
    queue.decide(answerTo(card(), 'approve'));
    const put = vi.spyOn(store, 'putApproval').mockImplementation(() => {
      throw new Error('disk full');
    });
    expect(() => queue.wait(call('2'), 1, () => {})).toThrow('disk full');
    put.mockRestore();
    ask('3');
    await vi.waitFor(() => expect(answers.get('3')).toMatchObject({ kind: 'approved' }));
  });

  it('denies the very same call again for a while with the reason given, and not another one (security)', async () => {
    const { queue, ask, card, answers } = openRoom();
    ask('1');
    queue.decide(answerTo(card(), 'deny', { denyNote: 'wrong folder' }));
    ask('2');
    await vi.waitFor(() =>
      expect(answers.get('2')).toEqual({ kind: 'denied', note: 'wrong folder', cause: 'cooldown' }),
    );
    expect(queue.open()).toHaveLength(0);
    ask('3', { path: '/tmp/y' });
    expect(queue.open()).toHaveLength(1);
  });

  it('keeps a denial in force over a restart, and asks again once the cool-down is set to none', async () => {
    const room = openRoom();
    room.ask('1');
    room.queue.decide(answerTo(room.card(), 'deny', { denyReason: 'too_broad' }));
    room.restart();
    room.ask('2');
    await vi.waitFor(() => expect(room.answers.get('2')).toMatchObject({ note: 'too broad', cause: 'cooldown' }));
    room.desk.setSettings({ cooldownMs: 0 });
    room.ask('3');
    expect(room.card()).toMatchObject({ callId: '3' });
  });

  it('bounds how many cards one agent can have waiting, whatever it calls, and leaves other agents alone (security)', async () => {
    const { queue, ask, answers } = openRoom();
    for (let i = 0; i <= maxWaitingPerAgent; i += 1) ask(`${i}`, { i });
    await vi.waitFor(() => expect(answers.get(`${maxWaitingPerAgent}`)).toEqual({ kind: 'full' }));
    ask('same', { i: 0 });
    ask('other', { i: 999 }, { agent: 'b' });
    expect(queue.open()).toHaveLength(maxWaitingPerAgent + 1);
  });

  it('denies everything one agent has waiting, and nothing of another', async () => {
    const { queue, desk, ask, answers, rows } = openRoom();
    for (const i of [1, 2, 3]) ask(`${i}`, { i });
    ask('other', { i: 1 }, { agent: 'b' });
    expect(desk.denyAll({ agentId: 'a', denyNote: 'stop', input: 'pointer', shownAt: Date.now() })).toBe(3);
    await vi.waitFor(() => expect(answers.get('3')).toEqual({ kind: 'denied', note: 'stop', cause: 'person' }));
    expect(queue.open()).toMatchObject([{ agentId: 'b' }]);
    expect(rows('approval.decided')).toHaveLength(3);
  });

  it('lets go on what policy now allows and refuses what it now blocks, without an approval (security)', async () => {
    const { queue, desk, ask, answers, world, rows } = openRoom();
    ask('1');
    world.effect = 'allow';
    desk.policyChanged();
    await vi.waitFor(() => expect(answers.get('1')).toEqual({ kind: 'reconsidered' }));
    expect(queue.open()).toHaveLength(0);
    expect(queue.history(null, 1)).toMatchObject([{ status: 'cancelled', decidedBy: 'engine' }]);
    expect(rows('approval.decided')).toMatchObject([{ reasonCode: 'policy_changed', effect: 'allow' }]);
  });
});
