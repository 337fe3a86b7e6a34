import type { App } from 'electron';
import type { LoginItemPort } from '../engine/ports.ts';

type LoginApp = Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings' | 'isPackaged'>;

/**
 * Starting with the person's session, where Electron can arrange that: macOS and Windows. Null elsewhere, and for an app
 * run from its sources, where the system would start Electron itself and not ScopeGate.
 */
export function openLoginItem(app: LoginApp, platform: NodeJS.Platform): LoginItemPort | null {
  if (!app.isPackaged || (platform !== 'darwin' && platform !== 'win32')) return null;
  return {
    isOn: () => app.getLoginItemSettings().openAtLogin,
    set(on) {
      app.setLoginItemSettings({ openAtLogin: on });
      return app.getLoginItemSettings().openAtLogin === on;
    },
  };
}
