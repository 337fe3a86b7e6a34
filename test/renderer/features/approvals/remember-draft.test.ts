import { describe, expect, it } from 'vitest';
import type { RememberOffer } from '../../../../electron/shared/index.ts';
import {
  describePast,
  fitDraft,
  labelApprove,
  offerForEdit,
  onceOnly,
  type RememberDraft,
  toRemember,
} from '../../../../renderer/features/approvals/remember-draft.ts';

const yes = { offered: true, reason: '' };
const timed = { ...yes, needsStepUp: false };
const offer: RememberOffer = {
  durations: { '15m': timed, '1h': timed, until_quit: timed, always: { ...timed, needsStepUp: true } },
  matches: { exact: yes, pattern: yes, any: yes },
  arguments: [
    { name: 'path', folders: ['/a/b', '/a'], host: null },
    { name: 'url', folders: [], host: 'example.org' },
    { name: '__proto__', folders: [], host: null },
  ],
};
const draft = (changes: Partial<RememberDraft>): RememberDraft => ({ ...onceOnly, duration: '1h', ...changes });

describe('toRemember', () => {
  it('remembers nothing for once, whatever else is chosen (security)', () => {
    expect(toRemember(draft({ duration: 'once', match: 'any' }), offer)).toBeNull();
  });

  it('names every argument of a pattern, so that what was not freed must be the same (security)', () => {
    const remember = toRemember(draft({ match: 'pattern', choices: { url: { kind: 'any' } } }), offer);
    if (remember?.match.kind !== 'pattern') throw new Error('no pattern');
    expect(Object.entries(remember.match.arguments)).toEqual([
      ['path', { kind: 'same' }],
      ['url', { kind: 'any' }],
      ['__proto__', { kind: 'same' }],
    ]);
  });
});

describe('fitDraft', () => {
  it('takes back what is no longer offered, towards the narrower (security)', () => {
    const no = { offered: false, reason: 'No.' };
    const narrow: RememberOffer = {
      ...offer,
      durations: { ...offer.durations, always: { ...no, needsStepUp: true } },
      matches: { ...offer.matches, any: no },
    };
    expect(fitDraft(draft({ duration: 'always', match: 'any' }), narrow)).toMatchObject({
      duration: 'once',
      match: 'exact',
    });
  });

  it('forgets a folder or a host that is not offered for the argument (security)', () => {
    const choices = { path: { kind: 'inside', folder: '/' }, url: { kind: 'host', host: 'evil.example' } } as const;
    expect(fitDraft(draft({ choices }), offer).choices).toEqual({});
  });

  it('keeps what is still offered', () => {
    const kept = draft({ match: 'pattern', choices: { path: { kind: 'inside', folder: '/a' } } });
    expect(fitDraft(kept, offer)).toEqual(kept);
  });
});

describe('offerForEdit', () => {
  it('offers a folder only where the edited path is still the same (security)', () => {
    const before = { path: '/a/b/c', url: 'https://example.org/' };
    const edited = offerForEdit(offer, before, { path: '/etc/passwd', url: 'https://example.org/', extra: 1 });
    expect(edited.arguments).toEqual([
      { name: 'path', folders: [], host: null },
      { name: 'url', folders: [], host: 'example.org' },
      { name: 'extra', folders: [], host: null },
    ]);
  });
});

describe('labelApprove', () => {
  it('says on the button what pressing it does', () => {
    expect(labelApprove(onceOnly, false)).toBe('Approve once');
    expect(labelApprove(draft({}), false)).toBe('Approve for 1 hour');
    expect(labelApprove(draft({ duration: 'always' }), false)).toBe('Approve always…');
    expect(labelApprove(onceOnly, true)).toBe('Approve edited');
    expect(labelApprove(draft({}), true)).toBe('Approve edited, for 1 hour');
  });
});

describe('describePast', () => {
  const day = 86_400_000;
  const past = (matched: number | null, atLeast: number, calls: number) =>
    describePast({ matched, atLeast, calls, since: 0 }, 30 * day);

  it('counts past calls where the log can tell', () => {
    expect(past(23, 23, 40)).toBe('Would have matched 23 calls in the last 30 days.');
    expect(past(0, 0, 40)).toBe('No call in the last 30 days would have matched.');
    expect(past(null, 0, 0)).toBe('This agent has not called this tool in the last 30 days.');
  });

  it('says so where it cannot', () => {
    expect(past(null, 3, 40)).toContain('the log cannot tell');
    expect(past(null, 3, 40)).toContain('3 calls had exactly these arguments');
  });
});
