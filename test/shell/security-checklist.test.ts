import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

/**
 * Those items of Electron's security checklist (electronjs.org/docs/latest/tutorial/security) that a reader of the
 * source can tell. What only a running window can tell is in test/e2e/electron-security.test.ts.
 */
const root = join(import.meta.dirname, '..', '..');
const sources = readdirSync(join(root, 'electron', 'shell'))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, code: stripComments(readFileSync(join(root, 'electron', 'shell', name), 'utf8')) }));

function stripComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

/** Names of the files whose code matches. */
const filesWith = (pattern: RegExp): string[] =>
  sources.filter(({ code }) => pattern.test(code)).map(({ name }) => name);

describe('the shell, by Electron’s security checklist', () => {
  test('2, 3, 4: makes windows in one place only, sandboxed, isolated and without Node (security)', () => {
    expect(filesWith(/new (BrowserWindow|WebContentsView|BrowserView)\(/)).toEqual(['page-window.ts']);
    expect(filesWith(/webPreferences/)).toEqual(['page-window.ts']);
    const code = sources.find(({ name }) => name === 'page-window.ts')?.code ?? '';
    for (const line of ['sandbox: true', 'contextIsolation: true', 'nodeIntegration: false', 'webSecurity: true']) {
      expect(code).toContain(line);
    }
    // Nothing that comes from a caller may follow and undo it.
    expect(code.indexOf('...options')).toBeLessThan(code.indexOf('webPreferences'));
  });

  test('6, 8, 9, 10: switches none of Chromium’s protections off (security)', () => {
    const weak =
      /webSecurity: false|allowRunningInsecureContent|experimentalFeatures|enableBlinkFeatures|nodeIntegration\w*: true|contextIsolation: false|sandbox: false|appendSwitch|setCertificateVerifyProc|certificate-error|bypassCSP|setUsePlainTextEncryption/;
    expect(filesWith(weak)).toEqual([]);
  });

  test('1, 18: loads our own pages only, through our own scheme (security)', () => {
    expect(filesWith(/loadFile\(|file:\/\/(?!\/\*)|executeJavaScript|insertCSS/)).toEqual([]);
    const loads = sources.flatMap(({ code }) => code.match(/loadURL\([^)]*\)?/g) ?? []);
    expect(loads).toEqual(['loadURL(pageUrl(page)']);
    const privileges = sources.flatMap(({ code }) => code.match(/privileges: \{[^}]*\}/g) ?? []);
    expect(privileges).toEqual(['privileges: { standard: true, secure: true }']);
  });

  test('11: allows no webview (security)', () => {
    expect(filesWith(/webviewTag/)).toEqual([]);
    expect(filesWith(/will-attach-webview/)).toEqual(['web-guard.ts']);
  });

  test('5, 13, 14: answers permissions, navigation and new windows in one place (security)', () => {
    for (const guard of [
      'setPermissionRequestHandler',
      'setPermissionCheckHandler',
      'will-navigate',
      'setWindowOpenHandler',
    ]) {
      expect(filesWith(new RegExp(guard)), guard).toEqual(['web-guard.ts']);
    }
  });

  test('15: hands to the system’s browser only what was checked (security)', () => {
    const opens = sources.flatMap(({ code }) => code.match(/shell\.(openExternal|openPath)\([^)]*\)/g) ?? []);
    expect(opens).toEqual(['shell.openExternal(address)']);
  });

  test('17, 20: listens on few channels, each behind the check of its sender (security)', () => {
    expect(filesWith(/ipcMain\.(on|handle)/)).toEqual(['ipc.ts']);
    const code = sources.find(({ name }) => name === 'ipc.ts')?.code ?? '';
    const handlers = code.match(/ipcMain\.(on|handle)\(/g) ?? [];
    const checks = code.match(/if \(isTrustedSender\(event, admitted\)\)/g) ?? [];
    expect(checks).toHaveLength(handlers.length);
    expect(filesWith(/contextBridge\.exposeInMainWorld/)).toEqual(['preload.ts']);
    expect(sources.flatMap(({ code }) => code.match(/exposeInMainWorld\([^)]*\)/g) ?? [])).toEqual([
      "exposeInMainWorld('scopegate', channel)",
    ]);
  });

  test('19: sets the fuses of the packages (security)', () => {
    const { electronFuses, linux, asar } = parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8'));
    expect(electronFuses).toEqual({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      enableCookieEncryption: true,
      grantFileProtocolExtraPrivileges: false,
    });
    expect(asar).toEqual({ smartUnpack: false });
    // Its launcher would switch the sandbox off by itself.
    expect(JSON.stringify(linux)).not.toMatch(/AppImage|no-sandbox/i);
  });
});
