import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findElectron, findObstacle } from '../../scripts/electron-runtime.mjs';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'scopegate-electron-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, text = '') {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  return join(root, path);
}

describe('an Electron runtime', () => {
  it('is absent while only the package is there', () => {
    write('node_modules/electron/package.json', '{}');
    expect(findElectron(root, {})).toBeNull();
  });

  it('is absent when its path is known but the file is gone', () => {
    write('node_modules/electron/path.txt', 'electron');
    expect(findElectron(root, {})).toBeNull();
  });

  it('is the downloaded one', () => {
    write('node_modules/electron/path.txt', 'electron');
    const executable = write('node_modules/electron/dist/electron');
    expect(findElectron(root, {})).toBe(executable);
  });

  it('is the one ELECTRON_OVERRIDE_DIST_PATH names, before any other', () => {
    write('node_modules/electron/path.txt', 'electron');
    write('node_modules/electron/dist/electron');
    const executable = write('elsewhere/electron');
    expect(findElectron(root, { ELECTRON_OVERRIDE_DIST_PATH: join(root, 'elsewhere') })).toBe(executable);
  });
});

describe('a window', () => {
  const display = { DISPLAY: ':0' };

  it('cannot be shown on Linux without a display', () => {
    expect(findObstacle({ platform: 'linux', uid: 1000, env: {} })).toMatch(/no display/);
    expect(findObstacle({ platform: 'linux', uid: 1000, env: { WAYLAND_DISPLAY: 'wayland-0' } })).toBeNull();
  });

  it('cannot be shown as root on Linux, where the sandbox would have to go (security)', () => {
    expect(findObstacle({ platform: 'linux', uid: 0, env: display })).toMatch(/sandbox/);
    expect(findObstacle({ platform: 'linux', uid: 1000, env: display })).toBeNull();
  });

  it('can be shown on macOS and Windows', () => {
    expect(findObstacle({ platform: 'darwin', uid: 0, env: {} })).toBeNull();
    expect(findObstacle({ platform: 'win32', uid: undefined, env: {} })).toBeNull();
  });
});
