import { describe, expect, it } from 'vitest';
import { maskCard } from '../../../electron/engine/pipeline/approval-mask.ts';
import { maskedText } from '../../../electron/shared/index.ts';
import { answerTo, openRoom } from './approval-room.ts';

const secret = 'hunter2-hunter2';
const args = { user: 'ada', login: { password: secret } };

describe('a secret among the arguments of a card', () => {
  it('does not leave the engine with the card, yet is what is sent (security)', async () => {
    const { queue, call, card } = openRoom();
    await queue.wait(call('1', args), 1, () => {});
    const shown = maskCard(card());
    expect(JSON.stringify(shown)).not.toContain(secret);
    expect(shown.arguments).toEqual({ user: 'ada', login: { password: maskedText } });
    expect(shown.masked).toEqual([{ path: ['login', 'password'], length: secret.length }]);
    // inside the engine the card still is the call
    expect(card().arguments).toEqual(args);
  });

  it('is revealed only to whoever names the very card, and that is written down (security)', async () => {
    const { queue, desk, call, card, rows } = openRoom();
    await queue.wait(call('1', args), 1, () => {});
    const { id, digest } = card();
    expect(() => desk.reveal(id, 'another')).toThrow('not the one you were shown');
    expect(() => desk.reveal('another', digest)).toThrow('already been answered');
    expect(rows('approval.revealed')).toHaveLength(0);
    expect(desk.reveal(id, digest)).toEqual({ arguments: args });
    expect(rows('approval.revealed')).toMatchObject([{ details: { values: 1 } }]);
    expect(JSON.stringify(rows('approval.revealed'))).not.toContain(secret);
  });

  it('cannot be sent as bullets by an edit, nor stand in a permission (security)', async () => {
    const { queue, desk, call, card } = openRoom();
    await queue.wait(call('1', args), 1, () => {});
    const { id, digest } = card();
    const edited = { user: 'eve', login: { password: maskedText } };
    expect(desk.checkEdit(id, digest, edited)).toMatchObject({ ok: false });
    await expect(desk.decide({ ...answerTo(card(), 'approve'), edited })).rejects.toThrow('hidden value');
    expect(desk.checkEdit(id, digest, { ...args, user: 'eve' })).toMatchObject({ ok: true });
    expect(desk.context(id).offer.matches).toMatchObject({ exact: { offered: true }, pattern: { offered: false } });
  });

  it('counts as changed against the call approved last, without being told (security)', async () => {
    const { queue, desk, call, card } = openRoom();
    await queue.wait(call('1', args), 1, () => {});
    await desk.decide(answerTo(card(), 'approve'));
    await queue.wait(call('2', { ...args, login: { password: 'another-secret' } }), 1, () => {});
    const waiting = queue.open().find(({ status }) => status === 'pending');
    const { lastApproved } = desk.context(waiting?.id ?? '');
    expect(lastApproved?.changed).toEqual(['login']);
    expect(JSON.stringify(lastApproved)).not.toContain(secret);
  });
});
