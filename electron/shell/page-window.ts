import { BrowserWindow, type BrowserWindowConstructorOptions, nativeTheme } from 'electron';
import type { LogPort } from '../engine/ports.ts';
import { type AppPage, pageUrl } from './app-origin.ts';

/** Surface colours of the look, so that a window never flashes white before its page is drawn. */
const surface = { light: '#f1f2f4', dark: '#121315' };

/** A page that keeps crashing is left alone after this many reloads. */
const maxReloads = 3;

export interface PageWindowDeps {
  /** Absolute path of the built preload script. */
  preload: string;
  log: LogPort;
  /** True once the app is going away: windows may close for good. */
  isQuitting(): boolean;
  /** Called once with the new window: connects it with the bridge. */
  admit(window: BrowserWindow): void;
}

/**
 * A window for one of our pages, hidden and locked down. Closing it hides it; `onHidden` is called when a person did so.
 */
export function createPageWindow(
  page: AppPage,
  options: BrowserWindowConstructorOptions,
  deps: PageWindowDeps,
  onHidden: () => void,
  /** Called instead of loading the page again when its process is gone. */
  onLost?: () => void,
): BrowserWindow {
  const window = new BrowserWindow({
    ...options,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? surface.dark : surface.light,
    webPreferences: {
      preload: deps.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      // Its dictionaries come from a server on the internet.
      spellcheck: false,
    },
  });
  deps.admit(window);

  window.on('close', (event) => {
    if (deps.isQuitting()) return;
    event.preventDefault();
    window.hide();
    onHidden();
  });
  keepTitle(window);
  followCrashes(window, page, deps, onLost);
  window.loadURL(pageUrl(page)).catch((error: unknown) => {
    if (!deps.isQuitting()) deps.log.error('a window could not load its page', { page, reason: String(error) });
  });
  return window;
}

/** A window's title is ours: a page does not rename the window it stands in. */
function keepTitle(window: BrowserWindow): void {
  window.on('page-title-updated', (event) => event.preventDefault());
}

function followCrashes(window: BrowserWindow, page: AppPage, deps: PageWindowDeps, onLost?: () => void): void {
  let reloads = 0;
  window.webContents.on('render-process-gone', (_event, details) => {
    if (deps.isQuitting() || details.reason === 'clean-exit') return;
    deps.log.error('a window lost its page', { page, reason: details.reason, exitCode: details.exitCode });
    if (onLost) {
      onLost();
      return;
    }
    if (reloads >= maxReloads) return;
    reloads += 1;
    window.webContents.reload();
  });
}
