import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contentSecurityPolicy, createAppProtocol, findFile } from '../../electron/shell/app-protocol.ts';

let root: string;
let folder: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'scopegate-protocol-'));
  folder = join(root, 'renderer');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'assets', 'index-Ab_12.js'), 'export {};');
  writeFileSync(join(folder, '.inputs'), 'list of sources');
  writeFileSync(join(root, 'secret.html'), 'secret');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const get = (url: string, method = 'GET') => createAppProtocol(folder)({ url, method });

describe('createAppProtocol', () => {
  test('serves a page and its script with their types', async () => {
    const page = await get('app://scopegate/index.html');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await page.text()).toBe('<!doctype html>');
    const script = await get('app://scopegate/assets/index-Ab_12.js');
    expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
  });

  test('sends the content security policy with every answer (security)', async () => {
    for (const url of ['app://scopegate/index.html', 'app://scopegate/none.html']) {
      const { headers } = await get(url);
      expect(headers.get('content-security-policy')).toBe(contentSecurityPolicy);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
    expect(contentSecurityPolicy).toContain("default-src 'none'");
    expect(contentSecurityPolicy).toContain("connect-src 'none'");
    expect(contentSecurityPolicy).not.toMatch(/unsafe|\*|https?:/);
  });

  test.each([
    'app://scopegate/../secret.html',
    'app://scopegate/..%2fsecret.html',
    'app://scopegate/%2e%2e/secret.html',
    'app://scopegate/assets/..%5c..%5csecret.html',
    'app://scopegate/assets//index-Ab_12.js',
    'app://scopegate/.inputs',
    'app://scopegate/assets',
    'app://scopegate/',
    'app://other/index.html',
    'app://scopegate/index.html%00.js',
  ])('does not find %s (security)', async (url) => {
    expect((await get(url)).status).toBe(404);
  });

  test('answers reading requests only', async () => {
    expect((await get('app://scopegate/index.html', 'POST')).status).toBe(404);
  });

  test('keeps every path below its folder (security)', () => {
    const found = findFile(folder, 'app://scopegate/assets/index-Ab_12.js');
    expect(found?.path).toBe(join(folder, 'assets', 'index-Ab_12.js'));
  });
});
