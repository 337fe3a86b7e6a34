import { describe, expect, it } from 'vitest';
import { placeOf, refuseAddress, refuseUrl } from '../../../../electron/engine/upstream/oauth/address-rules.ts';
import { readChallenge } from '../../../../electron/engine/upstream/oauth/challenge.ts';
import { makeGuardedFetch } from '../../../../electron/engine/upstream/oauth/guarded-fetch.ts';
import { fc } from '../../../helpers/property.ts';

const publicServer = new URL('https://mcp.example.com/mcp');
const localServer = new URL('http://127.0.0.1:8080/mcp');
const officeServer = new URL('https://10.1.2.3/mcp');
const limits = { timeoutMs: 2000, maxBytes: 1000 };

describe('where a server may lead', () => {
  it('is told by what is written, in every spelling', () => {
    const places = {
      loopback: [
        'http://127.0.0.1/',
        'http://localhost:1/',
        'http://[::1]/',
        'http://127.1/',
        'http://0x7f000001/',
        'http://x.localhost/',
      ],
      private: [
        'http://10.0.0.1/',
        'http://192.168.1.1/',
        'https://nas/',
        'https://nas.local/',
        'https://[fd00::1]/',
        'http://[::ffff:10.0.0.1]/',
      ],
      public: [
        'https://example.com/',
        'https://8.8.8.8/',
        'https://localhost.example.com/',
        'https://10.0.0.1.example.com/',
      ],
    } as const;
    for (const [place, urls] of Object.entries(places))
      for (const url of urls) expect([url, placeOf(new URL(url))]).toEqual([url, place]);
  });

  it('is https, or this machine for a server on this machine (security)', () => {
    const own = new URL('http://localhost:9/');
    expect(refuseUrl(own, localServer)).toBeNull();
    expect(refuseUrl(own, publicServer)).toMatch(/this machine/);
    expect(refuseUrl(new URL('https://auth.example.com/'), publicServer)).toBeNull();
    for (const text of [
      'http://auth.example.com/',
      'ftp://x.example/',
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///x',
      'https://a:b@x.example/',
    ]) {
      expect([text, refuseUrl(new URL(text), localServer)]).toEqual([text, expect.any(String)]);
    }
  });

  it('is no private, reserved or link-local address from a public server (security)', () => {
    const far = [
      '10.0.0.1',
      '172.16.0.1',
      '192.168.0.1',
      '100.64.0.1',
      '127.0.0.1',
      '169.254.169.254',
      '0.0.0.0',
      '224.0.0.1',
      '255.255.255.255',
    ];
    const six = [
      '::1',
      '::',
      'fe80::1',
      'fc00::1',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '::ffff:a00:1',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      'ff02::1',
      '::7f00:1',
    ];
    const auth = new URL('https://auth.example.com/');
    for (const address of [...far, ...six, 'not-an-address', '']) {
      expect([address, refuseAddress(address, auth, publicServer)]).toEqual([address, expect.any(String)]);
    }
    for (const address of ['8.8.8.8', '2606:4700::1111']) expect(refuseAddress(address, auth, publicServer)).toBeNull();
  });

  it('is the private network only where the person entered a server in it, and never link-local (security)', () => {
    const auth = new URL('https://sso.example.com/');
    expect(refuseAddress('10.9.9.9', auth, officeServer)).toBeNull();
    expect(refuseAddress('127.0.0.1', auth, officeServer)).toMatch(/this machine/);
    // a public name that resolves into the office, as the person's own server may
    expect(refuseAddress('10.9.9.9', new URL('https://mcp.example.com/x'), publicServer)).toBeNull();
    for (const server of [localServer, officeServer])
      expect(refuseAddress('169.254.169.254', auth, server)).not.toBeNull();
  });

  it('holds for the address a name turns out to have (security)', async () => {
    const { fetch } = makeGuardedFetch(publicServer, limits, new AbortController().signal);
    // the name of this machine resolves, and to nothing a public server may send us to
    await expect(fetch('https://localhost:1/')).rejects.toThrow(/does not go there: it leads to this machine/);
    await expect(fetch('https://[::1]:1/')).rejects.toThrow(/does not go there/);
    await expect(fetch('https://0x7f.1:1/')).rejects.toThrow(/does not go there/);
  });

  it('never throws and never lets a private IPv4 through, mapped or not', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.boolean(), (address, isMapped) => {
        const [a = 0, b = 0] = address.split('.').map(Number);
        const isPrivate =
          a === 10 || a === 127 || a === 0 || a >= 224 || (a === 192 && b === 168) || (a === 172 && b >= 16 && b < 32);
        const refusal = refuseAddress(
          isMapped ? `::ffff:${address}` : address,
          new URL('https://x.example/'),
          publicServer,
        );
        if (isPrivate) expect(refusal).not.toBeNull();
      }),
    );
  });
});

describe('a challenge', () => {
  it('is read as RFC 6750 and RFC 9728 write it', () => {
    expect(readChallenge(401, 'Bearer resource_metadata="https://a/b", scope="x y  x"')).toEqual({
      status: 401,
      scopes: ['x', 'y'],
      metadataUrl: 'https://a/b',
    });
    expect(readChallenge(401, 'Basic realm="x", bearer scope=one')).toMatchObject({ scopes: ['one'] });
    expect(readChallenge(403, 'Bearer error="insufficient_scope", scope="w"')).toMatchObject({
      status: 403,
      scopes: ['w'],
    });
    expect(readChallenge(403, 'Bearer error="invalid_token"')).toBeNull();
    expect(readChallenge(403, 'Bearer error_description="error=\\"insufficient_scope\\""')).toBeNull();
    expect(readChallenge(401, null)).toEqual({ status: 401, scopes: [], metadataUrl: null });
    expect(readChallenge(500, 'Bearer scope="x"')).toBeNull();
    expect(readChallenge(401, 'Bearer error_description="scope=evil resource_metadata=evil"')).toMatchObject({
      scopes: [],
      metadataUrl: null,
    });
  });

  it('is read in bounded time whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (text) => {
        const challenge = readChallenge(401, `Bearer ${text}`);
        for (const scope of challenge?.scopes ?? []) expect(scope).toMatch(/^[\x21-\x7e]+$/);
      }),
    );
    expect(readChallenge(401, `Bearer ${'a="\\'.repeat(100_000)}`)).toMatchObject({ scopes: [] });
  });
});
