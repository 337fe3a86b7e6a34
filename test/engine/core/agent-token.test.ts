import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  hashToken,
  looksLikeToken,
  mintToken,
  TokenIndex,
  tokenHint,
} from '../../../electron/engine/core/agent-token.ts';
import { fc } from '../../helpers/property.ts';

const agentId = 'A1b2-c3d4e5f6';
const declared = 'declared-token-of-exactly-32-chr';

describe('agent tokens', () => {
  it('carry a prefix, the short id, 256 random bits and a checksum', () => {
    const random = Buffer.alloc(32, 7);
    const token = mintToken(agentId, random);
    expect(token).toMatch(/^sgk_a1b2c3_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$/);
    expect(token).toContain(random.toString('base64url'));
    expect(mintToken(agentId, random)).toBe(token);
    expect(mintToken('—', random)).toMatch(/^sgk_agent_/);
    expect(() => mintToken(agentId, Buffer.alloc(16))).toThrow(RangeError);
  });

  it('are known by their checksum, so that a typo fails early', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.nat(),
        fc.constantFrom('x', 'Q', '7'),
        (bytes, at, letter) => {
          const token = mintToken(agentId, Buffer.from(bytes));
          expect(looksLikeToken(token)).toBe(true);
          const index = 11 + (at % (token.length - 11));
          const typo = token.slice(0, index) + letter + token.slice(index + 1);
          expect(looksLikeToken(typo)).toBe(typo === token);
        },
      ),
    );
  });

  it('may be declared in any shape of 32 characters or more', () => {
    expect(looksLikeToken(declared)).toBe(true);
    expect(looksLikeToken(declared.slice(1))).toBe(false);
    expect(looksLikeToken('')).toBe(false);
    expect(looksLikeToken(`sgk_${'x'.repeat(60)}`)).toBe(false);
  });

  it('are stored as SHA-256 only', () => {
    expect(hashToken(declared)).toEqual(createHash('sha256').update(declared).digest());
  });

  it('are hinted at with too little to use them (security)', () => {
    const token = mintToken(agentId, randomBytes(32));
    const hint = tokenHint(token);
    expect(hint).toBe(`${token.slice(0, 8)}…${token.slice(-4)}`);
    expect(hint).not.toContain(token.slice(11, 15));
    expect(tokenHint(declared)).toBe('de…hr');
    expect(tokenHint('short')).toBe('…');
  });
});

describe('TokenIndex', () => {
  const entry = (token: string, holder: string) => ({ hash: hashToken(token), holder });

  it('finds the holder of a token, again and again', () => {
    const index = new TokenIndex<string>();
    const token = mintToken(agentId, randomBytes(32));
    index.replace([entry(token, 'one'), entry(declared, 'two')]);
    expect([index.find(token), index.find(token), index.find(declared)]).toEqual(['one', 'one', 'two']);
    expect(index.find(mintToken(agentId, randomBytes(32)))).toBeNull();
    expect(index.find('')).toBeNull();
  });

  it('refuses a revoked token at once, although it was seen before (security)', () => {
    const index = new TokenIndex<string>();
    index.replace([entry(declared, 'one')]);
    expect(index.find(declared)).toBe('one');
    index.replace([]);
    expect(index.find(declared)).toBeNull();
    index.replace([entry(declared, 'two')]);
    expect(index.find(declared)).toBe('two');
  });

  it('goes on finding tokens when its cache is full', () => {
    const index = new TokenIndex<number>(2);
    const tokens = Array.from({ length: 5 }, () => mintToken(agentId, randomBytes(32)));
    index.replace(tokens.map((token, holder) => ({ hash: hashToken(token), holder })));
    for (let round = 0; round < 3; round++)
      tokens.forEach((token, holder) => void expect(index.find(token)).toBe(holder));
  });
});
