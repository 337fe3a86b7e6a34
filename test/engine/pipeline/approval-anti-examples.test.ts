import { describe, expect, it, vi } from 'vitest';
import { answerTo, openRoom } from './approval-room.ts';

/** Mistakes of approval prompts seen in the field; each is made impossible here. */
describe('an approval', () => {
  it('is bound to nothing that is not on its card: every byte of the arguments is (security)', async () => {
    const { queue, ask, call, card } = openRoom();
    const long = `${'a'.repeat(1_000_000)}the end`;
    ask('1', { text: long, nested: { deep: [long.slice(0, 200)] } });
    expect(card().arguments).toEqual({ text: long, nested: { deep: [long.slice(0, 200)] } });
    queue.decide(answerTo(card(), 'approve'));
    const changed = call('2', { text: `${long}!`, nested: { deep: [long.slice(0, 200)] } });
    expect(await queue.wait(changed, 1, () => {})).toEqual({ kind: 'parked' });
  });

  it('is not keyed by the tool’s name: it pre-arms no later call with other arguments (security)', async () => {
    const { queue, ask, call, card, answers } = openRoom();
    ask('1', { path: '/a' });
    queue.decide(answerTo(card(), 'approve'));
    await vi.waitFor(() => expect(answers.get('1')).toMatchObject({ kind: 'approved' }));
    for (const args of [{ path: '/b' }, { path: '/a', force: true }, {}, { path: '/a' }])
      expect(await queue.wait(call('next', args), 1, () => {})).toEqual({ kind: 'parked' });
  });

  it('of a meta-tool is for the one inner call it names, not for all of them (security)', async () => {
    const { queue, call, card } = openRoom();
    const inner = (name: string, args: object) => ({ name, arguments: JSON.parse(JSON.stringify(args)) });
    await queue.wait(call('1', inner('read_file', { path: '/a' })), 1, () => {});
    queue.decide(answerTo(card(), 'approve'));
    for (const other of [inner('delete_file', { path: '/a' }), inner('read_file', { path: '/b' })])
      expect(await queue.wait(call('2', other), 1, () => {})).toEqual({ kind: 'parked' });
    expect(await queue.wait(call('3', inner('read_file', { path: '/a' })), 1, () => {})).toMatchObject({
      kind: 'approved',
    });
  });

  it('that was remembered is in the database, not in memory (security)', async () => {
    const room = openRoom();
    room.ask('1');
    await room.desk.decide(
      answerTo(room.card(), 'approve', { remember: { duration: '1h', match: { kind: 'exact' } } }),
    );
    const [before] = room.desk.state().grants;
    room.restart();
    expect(room.desk.state().grants).toEqual([before]);
  });

  it('runs out in the engine, with no window or page there at all (security)', async () => {
    const { queue, call } = openRoom({ timeoutMs: 20 });
    expect(await queue.wait(call('1'), 60_000, () => {})).toEqual({ kind: 'expired' });
  });

  it('that runs out is a refusal, and so is a step-up that fails, is refused, or breaks (security)', async () => {
    const refusals = [async () => false, () => Promise.reject(new Error('the sensor broke'))];
    for (const confirm of refusals) {
      const room = openRoom({ stepUp: { method: 'Test', reason: '', confirm } });
      room.world.tier = 'destructive';
      room.ask('1');
      const always = { duration: 'always', match: { kind: 'exact' } } as const;
      await expect(room.desk.decide(answerTo(room.card(), 'approve', { remember: always }))).rejects.toThrow();
      expect(room.card()).toMatchObject({ status: 'pending' });
      expect(room.store.liveGrants()).toEqual([]);
      // and the person can try again
      await room.desk.decide(answerTo(room.card(), 'approve'));
      await vi.waitFor(() => expect(room.answers.get('1')).toMatchObject({ kind: 'approved' }));
    }
  });

  it('cannot be had by asking again until somebody says yes (security)', async () => {
    const room = openRoom();
    room.ask('0');
    room.queue.decide(answerTo(room.card(), 'deny'));
    for (let i = 1; i <= 10; i += 1) room.ask(`${i}`);
    await vi.waitFor(() => expect(room.answers.size).toBe(11));
    expect([...room.answers.values()].every(({ kind }) => kind === 'denied')).toBe(true);
    expect(room.rows('approval.decided')).toHaveLength(1);
  });
});
