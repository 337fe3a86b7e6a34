import { describe, expect, test } from 'vitest';
import { externalAddress, isAppPage, isOwnFile } from '../../electron/shell/app-origin.ts';

describe('isAppPage', () => {
  test.each(['app://scopegate/index.html', 'app://scopegate/approval.html', 'app://scopegate/index.html#/agents?x=1'])(
    'knows %s as ours',
    (url) => {
      expect(isAppPage(url)).toBe(true);
    },
  );

  test.each([
    'app://scopegate/',
    'app://scopegate/other.html',
    'app://scopegate/index.html/x',
    'app://scopegate.evil/index.html',
    'app://scopegate:1/index.html',
    'app://user@scopegate/index.html',
    'https://scopegate/index.html',
    'file:///index.html',
    'data:text/html,app://scopegate/index.html',
    'about:blank',
    '',
    'app:scopegate/index.html',
  ])('takes %s for foreign (security)', (url) => {
    expect(isAppPage(url)).toBe(false);
  });
});

describe('isOwnFile', () => {
  test('knows what a page of ours made in memory, and nothing else (security)', () => {
    expect(isOwnFile('blob:app://scopegate/3d7f0d6e-0000')).toBe(true);
    const foreign = [
      'blob:app://scopegate.evil/1',
      'blob:https://scopegate/1',
      'blob:null/1',
      'app://scopegate/index.html',
      'https://scopegate/x.csv',
      'data:text/csv,a',
      '',
    ];
    for (const url of foreign) expect(isOwnFile(url), url).toBe(false);
  });
});

describe('externalAddress', () => {
  test('gives the address as it was understood, not as it was written', () => {
    expect(externalAddress('HTTPS://Example.COM/a b/../c')).toBe('https://example.com/c');
    expect(externalAddress('https://пример.example/')).toBe('https://xn--e1afmkfd.example/');
  });

  test.each([
    'http://example.com/',
    'javascript:alert(1)',
    'data:text/html,hi',
    'file:///etc/passwd',
    'vscode://open',
    'smb://host/share',
    'https://user:secret@example.com/',
    'https://example.com@evil.example/',
    'not an address',
    '',
  ])('opens nothing for %s (security)', (url) => {
    expect(externalAddress(url)).toBeNull();
  });

  test('opens http on this machine for sign-in services, and nowhere else (security)', () => {
    const options = { loopback: true };
    expect(externalAddress('http://127.0.0.1:9000/authorize?a=b', options)).toBe('http://127.0.0.1:9000/authorize?a=b');
    expect(externalAddress('http://[::1]:9000/', options)).toBe('http://[::1]:9000/');
    for (const url of [
      'http://example.com/',
      'http://127.0.0.1.example.com/',
      'http://me@127.0.0.1/',
      'file://localhost/x',
    ])
      expect(externalAddress(url, options)).toBeNull();
  });
});
