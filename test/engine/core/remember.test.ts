import { describe, expect, it } from 'vitest';
import { checkRemember, offerRemember, type RememberFacts } from '../../../electron/engine/core/remember.ts';
import { type Remember, riskTiers } from '../../../electron/shared/index.ts';
import { fc } from '../../helpers/property.ts';

const facts = (own: Partial<RememberFacts> = {}): RememberFacts => ({
  arguments: { path: '/home/me/notes/today.md', url: 'https://api.example.com:8443/x', n: 1 },
  tier: 'write',
  reviewed: true,
  hasSecrets: false,
  noStepUp: 'Nothing can check.',
  ...own,
});

describe('what may be remembered', () => {
  it('is offered by tier: any arguments up to Money/publish, for ever on a high tier only with a step-up (security)', () => {
    const offers = riskTiers.map((tier) => {
      const { matches, durations } = offerRemember(facts({ tier }));
      return [tier, matches.any.offered, durations.always.offered, durations.always.needsStepUp];
    });
    expect(offers).toEqual([
      ['read', true, true, false],
      ['write', true, true, false],
      ['publish', true, false, true],
      ['destructive', false, false, true],
      ['secret', false, false, true],
    ]);
    expect(offerRemember(facts({ tier: 'secret', noStepUp: null })).durations.always.offered).toBe(true);
  });

  it('is nothing of a tool that is not reviewed (security)', () => {
    const { durations, matches } = offerRemember(facts({ reviewed: false }));
    for (const choice of [...Object.values(durations), ...Object.values(matches)]) expect(choice.offered).toBe(false);
  });

  it('offers the folders around a path, nearest first, and never the root', () => {
    const folders = (path: string) => offerRemember(facts({ arguments: { path } })).arguments[0]?.folders;
    expect(folders('/home/me/notes/today.md')).toEqual(['/home/me/notes', '/home/me']);
    expect(folders('/home/me/notes')).toEqual(['/home/me/notes', '/home/me']);
    expect(folders('/tmp/x.txt')).toEqual(['/tmp']);
    expect(folders('/x.txt')).toEqual([]);
    expect(folders('C:\\Users\\me\\x.txt')).toEqual(['C:\\Users\\me']);
    for (const bad of ['notes/x', '../x', '/home/../etc/x', '/a\0/b', '', 'https://x/y'])
      expect(folders(bad), bad).toEqual([]);
  });

  it('offers the host of a web address, none where a name or password stands in it', () => {
    const host = (url: string) => offerRemember(facts({ arguments: { url } })).arguments[0]?.host;
    expect(host('https://api.example.com:8443/x?y')).toBe('api.example.com:8443');
    expect(host('HTTPS://EXAMPLE.com')).toBe('example.com');
    for (const bad of ['https://github.com@evil.example/', 'file:///etc', 'example.com', 'https://']) {
      expect(host(bad), bad).toBeNull();
    }
  });

  it('holds every answer against the offer: a choice that was not offered is refused (security)', () => {
    const choice = fc.oneof(
      fc.constant({ kind: 'same' as const }),
      fc.constant({ kind: 'any' as const }),
      fc.record({
        kind: fc.constant('inside' as const),
        folder: fc.constantFrom('/', '/home', '/home/me', '/home/me/notes', '/home/me/no', '/etc'),
      }),
      fc.record({
        kind: fc.constant('host' as const),
        host: fc.constantFrom('api.example.com:8443', 'example.com', 'evil.com'),
      }),
    );
    const match: fc.Arbitrary<Remember['match']> = fc.oneof(
      fc.constant({ kind: 'exact' as const }),
      fc.constant({ kind: 'any' as const }),
      fc.record({
        kind: fc.constant('pattern' as const),
        arguments: fc.dictionary(fc.constantFrom('path', 'url', 'n', 'other'), choice),
      }),
    );
    const remember = fc.record({
      duration: fc.constantFrom('15m' as const, '1h' as const, 'until_quit' as const, 'always' as const),
      match,
    });
    fc.assert(
      fc.property(remember, fc.constantFrom(...riskTiers), fc.boolean(), (wanted, tier, hasStepUp) => {
        const about = facts({ tier, noStepUp: hasStepUp ? null : 'none' });
        const offer = offerRemember(about);
        const check = checkRemember(about, wanted);
        if (!check.ok) return check.reason !== '';
        if (!offer.durations[wanted.duration].offered || !offer.matches[wanted.match.kind].offered) return false;
        if (wanted.match.kind !== 'pattern') return true;
        const choices = wanted.match.arguments;
        const isWhole = Object.keys(choices).sort().join() === 'n,path,url';
        const isOffered = offer.arguments.every(({ name, folders, host }) => {
          const chosen = choices[name];
          if (chosen?.kind === 'inside') return folders.includes(chosen.folder);
          return chosen?.kind !== 'host' || chosen.host === host;
        });
        const isFree = Object.values(choices).every(({ kind }) => kind === 'any');
        return isWhole && isOffered && !(isFree && (tier === 'destructive' || tier === 'secret'));
      }),
      { numRuns: 2_000 },
    );
  });
});
