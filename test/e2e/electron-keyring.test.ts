import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openElectronBench, startApp } from '../helpers/electron.ts';
import { hasProgram } from '../helpers/electron-desktop.ts';

const bench =
  hasProgram('gnome-keyring-daemon') && hasProgram('dbus-send')
    ? await openElectronBench()
    : { missing: 'there is no gnome-keyring-daemon here' };
let folder: string;
let keyring: ChildProcess | null = null;

/** A keyring of its own, unlocked, on the test's session bus. */
beforeAll(async () => {
  if ('missing' in bench || bench.desktop.env.DBUS_SESSION_BUS_ADDRESS === undefined) return;
  folder = mkdtempSync(join(tmpdir(), 'scopegate-keyring-'));
  const env = { ...process.env, ...bench.desktop.env, HOME: folder, XDG_DATA_HOME: folder, XDG_RUNTIME_DIR: folder };
  keyring = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  keyring.stdin?.end('password');
  const question = ['org.freedesktop.DBus.NameHasOwner', 'string:org.freedesktop.secrets'];
  const args = ['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/', ...question];
  await vi.waitFor(
    () => expect(spawnSync('dbus-send', args, { env, encoding: 'utf8' }).stdout).toContain('true'),
    20_000,
  );
});
afterAll(async () => {
  if ('missing' in bench) return;
  if (keyring !== null) {
    const ended = once(keyring, 'exit');
    keyring.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
  await bench.desktop.stop();
});
beforeEach((context) => {
  if ('missing' in bench) context.skip(bench.missing);
  // Never the person's own keyring: only one on a bus that belongs to this test.
  if (keyring === null) context.skip('there is no session bus of the test’s own');
});

/** Starts and ends the app; gives what its snapshot says of the key, and the key's file. */
async function runOnce(userData: string, backend: string): Promise<{ protection: string; file: string }> {
  if ('missing' in bench) throw new Error(bench.missing);
  // Below Electron 26 nobody can ask which keyring is used; the test knows it.
  const teller = join(folder, 'tell-backend.cjs');
  const told = JSON.stringify(backend === 'basic' ? 'basic_text' : backend.replace('-', '_'));
  writeFileSync(teller, `require('electron').safeStorage.getSelectedStorageBackend ??= () => ${told};`);
  const args = [`--password-store=${backend}`, '-r', teller];
  const started = await startApp(bench, { userData, keepData: true, args });
  try {
    const page = await started.page('index.html');
    const protection = await page.evaluate(async () => {
      const bridge = Reflect.get(window, 'scopegate') as {
        request(request: object): Promise<{ value: { engine: { keyProtection: string } } }>;
      };
      return (await bridge.request({ id: 1, method: 'snapshot', params: {} })).value.engine.keyProtection;
    });
    return { protection, file: readFileSync(join(userData, 'engine', `engine-key.${protection}.json`), 'utf8') };
  } finally {
    await started.close();
  }
}

describe('the engine’s key in Electron', () => {
  test('is sealed by the system’s keyring and opens again at the next start (security)', async () => {
    const userData = mkdtempSync(join(tmpdir(), 'scopegate-key-'));
    try {
      const first = await runOnce(userData, 'gnome-libsecret');
      const second = await runOnce(userData, 'gnome-libsecret');
      expect(first.protection).toBe('os-keyring');
      expect(second).toEqual(first);
      expect(readdirSync(join(userData, 'engine')).join()).not.toContain('unreadable');
      const { sealed } = JSON.parse(first.file) as { sealed: string };
      expect(Buffer.from(sealed, 'base64').subarray(0, 4).toString()).toBe('SGK1');
    } finally {
      rmSync(userData, { recursive: true, force: true, maxRetries: 3 });
    }
  });

  test('is not dressed up where there is no keyring: the status says so (security)', async () => {
    const userData = mkdtempSync(join(tmpdir(), 'scopegate-key-'));
    try {
      const { protection, file } = await runOnce(userData, 'basic');
      expect(protection).toBe('file-mode');
      const { sealed } = JSON.parse(file) as { sealed: string };
      expect(Buffer.from(sealed, 'base64').subarray(0, 4).toString()).toBe('SGF1');
    } finally {
      rmSync(userData, { recursive: true, force: true, maxRetries: 3 });
    }
  });
});
