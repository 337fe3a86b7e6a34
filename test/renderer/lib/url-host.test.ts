import { describe, expect, it } from 'vitest';
import { splitUrl } from '../../../renderer/lib/url-host.ts';

describe('splitUrl', () => {
  it('finds the host', () => {
    expect(splitUrl('https://example.com/a?b#c')).toEqual({
      before: 'https://',
      host: 'example.com',
      after: '/a?b#c',
      realHost: null,
    });
    expect(splitUrl('http://[::1]:8080/x')?.host).toBe('[::1]');
  });

  it('is not fooled by a user name that looks like a host (security)', () => {
    expect(splitUrl('https://github.com@evil.example/a')).toMatchObject({
      before: 'https://github.com@',
      host: 'evil.example',
    });
  });

  it('names the real host when the text shows another (security)', () => {
    expect(splitUrl('https://g\u0456thub.com/')?.realHost).toMatch(/^xn--/);
    expect(splitUrl('https://0x7f.1/')?.realHost).toBe('127.0.0.1');
    expect(splitUrl('https://good.example\\@evil.example/')).toMatchObject({ host: 'good.example', realHost: null });
    expect(splitUrl('https://ex\u00adample.com/')?.realHost).toBe('example.com');
  });

  it('leaves other text alone', () => {
    for (const text of ['see https://example.com', 'mailto:a@b.c', '/etc/passwd', 'http://', 'https://a b/']) {
      expect(splitUrl(text)).toBeNull();
    }
  });
});
