import { isDeepStrictEqual } from 'node:util';
import { Menu, type NativeImage, nativeTheme, Tray } from 'electron';
import type { PauseShortcut } from './pause-shortcut.ts';
import type { ShellState } from './shell-state.ts';
import { type TrayActions, type TrayIcon, type TrayMenuItem, trayIcon, trayMenu, trayTooltip } from './tray-model.ts';

/** The tray icon as the person sees it; draws only what differs, since a new menu closes the one that is open. */
export class AppTray {
  readonly #tray: Tray;
  readonly #imageOf: (icon: TrayIcon) => NativeImage;
  readonly #actions: TrayActions;
  readonly #redraw = (): void => {
    this.#tray.setImage(this.#imageOf(this.#icon));
  };
  #icon: TrayIcon = 'idle';
  #tooltip = '';
  #menu: TrayMenuItem[] = [];

  constructor(imageOf: (icon: TrayIcon) => NativeImage, actions: TrayActions) {
    this.#imageOf = imageOf;
    this.#actions = actions;
    this.#tray = new Tray(imageOf('idle'));
    // On macOS a click opens the menu, as it does for every other icon there.
    if (process.platform !== 'darwin') this.#tray.on('click', () => actions.openWindow());
    nativeTheme.on('updated', this.#redraw);
  }

  show(state: ShellState, shortcut: PauseShortcut): void {
    const icon = trayIcon(state);
    if (icon !== this.#icon) {
      this.#icon = icon;
      this.#redraw();
    }
    const tooltip = trayTooltip(state);
    if (tooltip !== this.#tooltip) {
      this.#tooltip = tooltip;
      this.#tray.setToolTip(tooltip);
    }
    const menu = trayMenu(state, shortcut, this.#actions);
    if (!isDeepStrictEqual(visible(menu), visible(this.#menu))) {
      this.#menu = menu;
      this.#tray.setContextMenu(Menu.buildFromTemplate(menu));
    }
  }

  destroy(): void {
    nativeTheme.off('updated', this.#redraw);
    this.#tray.destroy();
  }
}

/** The menu without its handlers, which are new functions each time. */
function visible(menu: TrayMenuItem[]): unknown {
  return JSON.parse(JSON.stringify(menu));
}
