import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultDataDir, projectDir, readVersion } from '../../electron/headless/app-paths.ts';
import { createLogPort } from '../../electron/headless/log-port.ts';
import { browserCommand } from '../../electron/headless/open-browser.ts';
import { createHeadlessPorts, createSettingsPort, fileModeKeyPort } from '../../electron/headless/ports.ts';
import { createMemoryLog } from './test-engine.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'headless-ports-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the ports of plain Node', () => {
  it('say honestly that only the file mode protects the key', async () => {
    const key = Buffer.from('00ff10'.repeat(10), 'hex');
    expect(fileModeKeyPort.protection).toBe('file-mode');
    expect(await fileModeKeyPort.unprotect(await fileModeKeyPort.protect(key))).toEqual(key);
  });

  it('refuse a key that another host has sealed (security)', async () => {
    await expect(fileModeKeyPort.unprotect(Buffer.from([0x76, 0x31, 0x30, 0x00, 0xff]))).rejects.toThrow(
      'another host',
    );
  });

  it('keep the chosen port in a file of mode 0600 in a folder of mode 0700 (security)', async () => {
    const dataDir = path.join(folder, 'new', 'data');
    const ports = await createHeadlessPorts({ dataDir, version: '1', log: createMemoryLog(), env: {} });
    expect(ports.settings.getPort()).toBeUndefined();
    ports.settings.setPort(7421);
    expect((await createSettingsPort(dataDir)).getPort()).toBe(7421);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(dataDir, 'headless-settings.json')).mode & 0o777).toBe(0o600);
  });

  it('never move the port silently because the settings are broken', async () => {
    writeFileSync(path.join(folder, 'headless-settings.json'), '{ "port": ');
    await expect(createSettingsPort(folder)).rejects.toThrow('cannot be read');
    writeFileSync(path.join(folder, 'headless-settings.json'), '{ "port": "high" }');
    await expect(createSettingsPort(folder)).rejects.toThrow('cannot be read');
  });

  it('share the desktop app’s data folder on each system', () => {
    expect(defaultDataDir({}, 'linux', '/home/sam')).toBe('/home/sam/.config/ScopeGate');
    expect(defaultDataDir({ XDG_CONFIG_HOME: '/x' }, 'linux', '/home/sam')).toBe('/x/ScopeGate');
    expect(defaultDataDir({}, 'darwin', '/Users/sam')).toBe('/Users/sam/Library/Application Support/ScopeGate');
    expect(defaultDataDir({ APPDATA: '/r' }, 'win32', '/Users/sam')).toBe('/r/ScopeGate');
    expect(readVersion()).toMatch(/^\d+\.\d+\.\d+/);
    expect(statSync(path.join(projectDir, 'electron')).isDirectory()).toBe(true);
  });

  it('log one line per entry, whatever stands in a value (security)', () => {
    let text = '';
    const log = createLogPort({ write: (part) => (text += part) }, () => 0);
    log.warn('refused', {
      host: 'a\nlevel=error msg="forged"',
      color: '\u001b[31mred',
      hidden: 'a\u202eb\u200b\u0085c',
      port: 1,
    });
    expect(text.split('\n')).toHaveLength(2);
    expect(text).toBe(
      'time=1970-01-01T00:00:00.000Z level=warn msg=refused host="a\\nlevel=error msg=\\"forged\\"" color="\\u001b[31mred" hidden="a\\u{202e}b\\u{200b}\\u{85}c" port=1\n',
    );
  });

  it('open a browser without a shell, and none where nobody could see it (security)', () => {
    const url = 'http://127.0.0.1:1/#login=a';
    expect(browserCommand(url, { platform: 'linux', env: {} })).toBeNull();
    expect(browserCommand(url, { platform: 'linux', env: { DISPLAY: ':0' } })).toEqual({
      command: 'xdg-open',
      args: [url],
    });
    expect(browserCommand(url, { platform: 'darwin', env: {} })).toEqual({ command: 'open', args: [url] });
    expect(browserCommand(url, { platform: 'win32', env: {} })?.args).toContain(url);
  });
});
