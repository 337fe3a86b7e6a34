import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openElectronBench, type StartedApp, startApp } from '../helpers/electron.ts';
import { hasProgram } from '../helpers/electron-desktop.ts';

const accelerator = 'CommandOrControl+Alt+Shift+P';
const bench = await openElectronBench();
let started: StartedApp;

beforeAll(async () => {
  if ('missing' in bench) return;
  started = await startApp(bench, { args: ['--hidden'] });
  await vi.waitFor(() => expect(started.log()).toContain('"message":"ready"'), 20_000);
});
afterAll(async () => {
  if ('missing' in bench) return;
  await started?.close();
  await bench.desktop.stop();
});
beforeEach((context) => {
  if ('missing' in bench) context.skip(bench.missing);
});

const isRegistered = () =>
  started.app.evaluate(({ globalShortcut }, keys) => globalShortcut.isRegistered(keys), accelerator);

/** Puts the menus that the tray is given from now on where a test finds them. */
const watchTray = () =>
  started.app.evaluate(({ Menu }) => {
    const build = Menu.buildFromTemplate;
    Menu.buildFromTemplate = (template) => {
      const menu = build(template);
      Reflect.set(globalThis, 'trayMenu', menu);
      return menu;
    };
  });
const click = (label: string) =>
  started.app.evaluate((_electron, wanted) => {
    const menu = Reflect.get(globalThis, 'trayMenu') as Electron.Menu;
    menu.items.find((item) => item.label === wanted)?.click();
  }, label);
const isChecked = (label: string) =>
  started.app.evaluate((_electron, wanted) => {
    const menu = Reflect.get(globalThis, 'trayMenu') as Electron.Menu | undefined;
    return menu?.items.find((item) => item.label === wanted)?.checked;
  }, label);

const press = () => {
  const env = { ...process.env, ...('missing' in bench ? {} : bench.desktop.env) };
  spawnSync('xdotool', ['key', '--clearmodifiers', 'ctrl+alt+shift+p'], { env });
};

describe('the keys that pause all agents from anywhere', () => {
  test('are registered while the app runs, though no window is open', async () => {
    await expect.poll(isRegistered).toBe(true);
  });

  test('pause, do not resume when pressed again, and leave that to the tray (security)', async (context) => {
    if (!hasProgram('xdotool') || 'missing' in bench || bench.desktop.env.DISPLAY === undefined)
      return context.skip('nothing here can press keys on a screen of the test’s own');
    await watchTray();
    press();
    await expect.poll(() => isChecked('Pause all agents')).toBe(true);
    press();
    press();
    await click('Pause with Ctrl+Alt+Shift+P anywhere');
    await expect.poll(() => isChecked('Pause with Ctrl+Alt+Shift+P anywhere')).toBe(false);
    expect(await isRegistered()).toBe(false);
    expect(await isChecked('Pause all agents')).toBe(true);
    await click('Pause all agents');
    await expect.poll(() => isChecked('Pause all agents')).toBe(false);
    await click('Pause with Ctrl+Alt+Shift+P anywhere');
    await expect.poll(isRegistered).toBe(true);
  });
});
