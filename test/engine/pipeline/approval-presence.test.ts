import { describe, expect, it, vi } from 'vitest';
import { openRoom } from './approval-room.ts';

describe('while the screen is locked', () => {
  it('the time of what waits stands still, and goes on where it stood', async () => {
    const room = openRoom({ timeoutMs: 80 });
    room.ask('1');
    const before = room.card();
    room.screen.lock(true);
    const locked = room.card();
    expect(locked.stoppedAt).not.toBeNull();
    expect(room.desk.state()).toMatchObject({ screenLocked: true, away: { cause: 'lock' } });
    // far beyond its time
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(before.expiresAt + 50));
    expect(room.card().status).toBe('pending');
    room.screen.lock(false);
    expect(room.card().expiresAt).toBeGreaterThanOrEqual(before.expiresAt + 50);
    await vi.waitFor(() => expect(room.answers.get('1')).toEqual({ kind: 'expired' }));
  });

  it('new questions wait without a running clock', () => {
    const room = openRoom();
    room.screen.lock(true);
    room.ask('1');
    expect(room.card()).toMatchObject({ stoppedAt: expect.any(Number) });
    room.screen.lock(false);
    expect(room.card()).toMatchObject({ stoppedAt: null });
  });

  it('what waited before a restart waits on without a running clock', () => {
    const room = openRoom();
    room.ask('1');
    room.screen.lock(true);
    room.restart();
    expect(room.card().stoppedAt).not.toBeNull();
    expect(room.desk.state()).toMatchObject({ screenLocked: true, away: { cause: 'lock' } });
  });

  it('an absence the person declared outlasts the unlocking', () => {
    const room = openRoom();
    room.desk.setAway(true);
    room.screen.lock(true);
    room.screen.lock(false);
    expect(room.desk.state().away).toMatchObject({ cause: 'person' });
    room.desk.setAway(false);
    expect(room.desk.state().away).toBeNull();
  });

  it('nobody is away when that is switched off; the clock stands still all the same', () => {
    const room = openRoom();
    room.desk.setSettings({ awayOnLock: false });
    room.ask('1');
    room.screen.lock(true);
    expect(room.desk.state()).toMatchObject({ away: null, screenLocked: true });
    expect(room.card().stoppedAt).not.toBeNull();
  });
});

describe('while the person is away', () => {
  it('“hold” keeps questions, with the time standing still', () => {
    const room = openRoom();
    room.desk.setAway(true);
    room.ask('1');
    expect(room.card()).toMatchObject({ stoppedAt: expect.any(Number) });
  });

  it('“deny” refuses what waits and what comes, and keeps both for review, each once (security)', async () => {
    const room = openRoom();
    room.desk.setSettings({ whenAway: 'deny' });
    room.ask('1');
    room.desk.setAway(true);
    room.ask('2', { path: '/tmp/y' });
    room.ask('3', { path: '/tmp/y' });
    await vi.waitFor(() => expect(room.answers.size).toBe(3));
    expect([...room.answers.values()]).toEqual(Array(3).fill({ kind: 'denied', note: null, cause: 'away' }));
    expect(room.queue.open()).toEqual([]);
    expect(room.desk.review().map((card) => card.arguments)).toEqual([{ path: '/tmp/y' }, { path: '/tmp/x' }]);
    expect(room.desk.state().toReview).toBe(2);
    room.desk.setAway(false);
    room.ask('4');
    expect(room.card()).toMatchObject({ callId: '4', stoppedAt: null });
  });

  it('a refusal for absence is no denial by the person: the same call may ask again when they are back', () => {
    const room = openRoom();
    room.desk.setSettings({ whenAway: 'deny' });
    room.desk.setAway(true);
    room.ask('1');
    room.desk.setAway(false);
    room.ask('2');
    expect(room.card()).toMatchObject({ callId: '2' });
  });
});

describe('the settings', () => {
  it('are durable, audited, and apply to new cards', () => {
    const room = openRoom();
    room.desk.setSettings({ timeoutMs: 30_000, cooldownMs: 0 });
    room.restart();
    expect(room.desk.state().settings).toEqual({
      timeoutMs: 30_000,
      cooldownMs: 0,
      whenAway: 'hold',
      awayOnLock: true,
    });
    room.ask('1');
    expect(room.card().expiresAt - room.card().createdAt).toBe(30_000);
    expect(room.rows('approvals.settings_changed')).toMatchObject([{ details: { after: { timeoutMs: 30_000 } } }]);
  });
});
