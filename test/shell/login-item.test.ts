import { describe, expect, it } from 'vitest';
import { openLoginItem } from '../../electron/shell/login-item.ts';

function makeApp(isPackaged: boolean, obeys = true) {
  let openAtLogin = false;
  return {
    isPackaged,
    getLoginItemSettings: () => ({ openAtLogin }) as Electron.LoginItemSettings,
    setLoginItemSettings(settings: Electron.Settings) {
      if (obeys) openAtLogin = settings.openAtLogin ?? false;
    },
  };
}

describe('starting at login', () => {
  it('is offered where the system can arrange it, and to an installed app only', () => {
    expect(openLoginItem(makeApp(true), 'darwin')).not.toBeNull();
    expect(openLoginItem(makeApp(true), 'win32')).not.toBeNull();
    expect(openLoginItem(makeApp(true), 'linux')).toBeNull();
    expect(openLoginItem(makeApp(false), 'darwin')).toBeNull();
  });

  it('tells what the system made of it', () => {
    const item = openLoginItem(makeApp(true), 'darwin');
    expect([item?.isOn(), item?.set(true), item?.isOn(), item?.set(false), item?.isOn()]).toEqual([
      ...[false, true, true, true, false],
    ]);
    expect(openLoginItem(makeApp(true, false), 'darwin')?.set(true)).toBe(false);
  });
});
