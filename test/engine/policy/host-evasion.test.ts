import { describe, expect, it } from 'vitest';
import { isHost, isHostUnder, parseHost } from '../../../electron/engine/core/host-of.ts';
import { mustParse } from './must-parse.ts';

const good = mustParse(parseHost('example.com'));

describe('the host of an argument', () => {
  it.each([
    'https://example.com/',
    'https://example.com',
    'HTTPS://EXAMPLE.COM/a',
    'https://example.com./a',
    'https://example.com:443/a',
    'https://example.com:8443/a',
    'https://user:pass@example.com/a',
    'https://example.com/?u=https://evil.com',
    'https://example.com#@evil.com',
    'https://example.com/@evil.com',
    'wss://example.com/x',
    'ssh://git@example.com/x',
    'git@example.com:acme/app.git',
    'postgres://user@example.com:5432/db',
    '//example.com/a',
    'example.com',
    'example.com:8080/x',
  ])('is example.com in %j', (text) => {
    expect(isHost(text, good)).toBe('yes');
  });

  it.each([
    'https://evil.com/',
    'https://example.com.evil.com/',
    'https://evil.com/example.com',
    'https://example.com@evil.com/',
    'https://example.com:pw@evil.com/',
    'https://notexample.com/',
    'https://evil.com/?example.com',
    'https://evil.com#example.com',
    'https://sub.example.com/',
    'https://xn--exmple-cua.com/',
    'https://ex\u0430mple.com/',
    'https://example.co',
    'git@evil.com:example.com/app.git',
  ])('is not example.com in %j (security)', (text) => {
    expect(isHost(text, good)).toBe('no');
  });

  it.each([
    'https://example.com\\@evil.com/',
    'https://evil.com\\.example.com/',
    'https:\\\\evil.com',
    'https://example.com%2eevil.com/',
    'https://example.com%00.evil.com/',
    'https://example.com%23@evil.com/',
    'https://a@b@example.com/',
    'https://exam\tple.com/',
    'https://example.com\n.evil.com/',
    ' https://example.com/',
    'https://exam\u200bple.com/',
    'https:example.com',
    'https:/example.com/',
    'https:///example.com/',
    '/example.com/x',
    '?https://example.com',
    'javascript:alert(1)',
    'data:text/html,https://example.com',
    'http://',
    '',
    `https://example.com/${'a'.repeat(20_000)}`,
  ])('is never sure in %j, which allows nothing and blocks (security)', (text) => {
    expect(isHost(text, good)).toBe('unsure');
  });

  it('compares names in punycode, whichever way either is written', () => {
    const wanted = mustParse(parseHost('bücher.example'));
    expect(wanted.name).toBe('xn--bcher-kva.example');
    expect(isHost('https://BÜCHER.example/', wanted)).toBe('yes');
    expect(isHost('https://xn--bcher-kva.example/', wanted)).toBe('yes');
    expect(isHost('https://\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45.com/', good)).toBe('yes');
  });

  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.0.0.1./',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'ssh://0x7f.1/x',
  ])('sees the address behind %j (security)', (text) => {
    expect(isHost(text, mustParse(parseHost('127.0.0.1')))).toBe('yes');
  });

  it('finds hosts below a name, and none below an address', () => {
    expect(isHostUnder('https://api.example.com/', good)).toBe('yes');
    expect(isHostUnder('https://example.com/', good)).toBe('yes');
    expect(isHostUnder('https://badexample.com/', good)).toBe('no');
    expect(isHostUnder('https://example.com.evil.com/', good)).toBe('no');
    expect(isHostUnder('http://1.127.0.0.1.nip.io/', mustParse(parseHost('127.0.0.1')))).toBe('no');
  });

  it('compares ports only where the rule names one', () => {
    const wanted = mustParse(parseHost('example.com:8443'));
    expect(isHost('https://example.com:8443/', wanted)).toBe('yes');
    expect(isHost('https://example.com/', wanted)).toBe('no');
    expect(isHost('https://example.com/', mustParse(parseHost('example.com:443')))).toBe('yes');
  });

  it.each(['', 'a b', 'user@example.com', 'exa\\mple.com', 'http://'])('refuses %j as the host of a rule', (text) => {
    expect(parseHost(text)).toBeNull();
  });
});
