import { expect, it } from 'vitest';
import { LoginSessions } from '../../../electron/headless/management/login-sessions.ts';

function logIn(sessions: LoginSessions) {
  return sessions.redeem(sessions.createLink().token);
}

it('holds at most sixteen unused links, the newest ones (security)', () => {
  const sessions = new LoginSessions({ now: () => 0 });
  const tokens = Array.from({ length: 20 }, () => sessions.createLink().token);
  const redeemed = tokens.map((token) => sessions.redeem(token) !== null);
  expect(redeemed).toEqual(tokens.map((_token, index) => index >= 4));
});

it('gives up the session unused for longest when there are too many, never one with an open page (security)', () => {
  let now = 0;
  const sessions = new LoginSessions({ now: () => now++ });
  const all = Array.from({ length: 32 }, () => logIn(sessions) ?? { cookie: '', secret: '' });
  const [first, second, third] = all;
  if (!first || !second || !third) throw new Error('no sessions');
  const release = sessions.hold(first.cookie);
  expect(sessions.verify(second)).toBe(true);
  expect(logIn(sessions)).not.toBeNull();
  expect([first, second, third].map((keys) => sessions.verify(keys))).toEqual([true, true, false]);
  release();
  release();
  for (let count = 0; count < 32; count += 1) logIn(sessions);
  expect(sessions.verify(first)).toBe(false);
});

it('lets nobody else in while every session has an open page (security)', () => {
  const sessions = new LoginSessions({ now: () => 0 });
  for (let count = 0; count < 32; count += 1) sessions.hold(logIn(sessions)?.cookie ?? '');
  expect(logIn(sessions)).toBeNull();
});

it('knows nothing of a cookie or secret it did not make (security)', () => {
  const sessions = new LoginSessions({ now: () => 0 });
  const keys = logIn(sessions) ?? { cookie: '', secret: '' };
  expect(sessions.knowsCookie(keys.secret)).toBe(false);
  expect(sessions.verify({ cookie: keys.secret, secret: keys.cookie })).toBe(false);
  expect(sessions.verify({ cookie: keys.cookie, secret: '' })).toBe(false);
  expect(sessions.verify(keys)).toBe(true);
});
