import { type BrowserWindow, screen } from 'electron';
import type { HostSettings } from './host-settings.ts';
import { createPageWindow, type PageWindowDeps } from './page-window.ts';
import { restoreBounds } from './window-bounds.ts';

/** The window with the lists. Made when it is first asked for; closing it puts it away. */
export interface MainWindow {
  show(): void;
  /** Writes down where the window stands; for the end of the app, which closes windows without asking them. */
  remember(): void;
}

export interface MainWindowDeps extends PageWindowDeps {
  settings: HostSettings;
  icon: string;
  /** The person has put the window away. */
  onHidden(): void;
}

export function createMainWindow(deps: MainWindowDeps): MainWindow {
  let window: BrowserWindow | null = null;

  function open(): BrowserWindow {
    const saved = deps.settings.getMainWindow();
    const workAreas = screen.getAllDisplays().map((display) => display.workArea);
    const created = createPageWindow(
      'index.html',
      {
        title: 'ScopeGate',
        icon: deps.icon,
        minWidth: 900,
        minHeight: 600,
        ...restoreBounds(saved, workAreas, { width: 1280, height: 800 }),
      },
      deps,
      deps.onHidden,
    );
    created.on('hide', () => remember());
    created.once('ready-to-show', () => {
      if (saved?.maximized === true) created.maximize();
      created.show();
    });
    created.once('closed', () => {
      window = null;
    });
    return created;
  }

  function remember(): void {
    if (window === null || window.isMinimized()) return;
    deps.settings.setMainWindow({ ...window.getNormalBounds(), maximized: window.isMaximized() });
  }

  return {
    remember,
    show() {
      if (window === null) {
        window = open();
        return;
      }
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
  };
}
