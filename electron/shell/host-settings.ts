import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { ipcMain } from 'electron';
import ElectronStore from 'electron-store';
import type { LogPort, SettingsPort } from '../engine/ports.ts';
import type { SavedBounds } from './window-bounds.ts';

interface StoredSettings {
  /** The agents' port the person chose. */
  agentPort?: number;
  mainWindow?: SavedBounds;
  /** The note "still running in the tray" has been given once. */
  hideNoticeGiven?: boolean;
  /** False: the keys that pause from anywhere were turned off. */
  pauseShortcut?: boolean;
}

/** Preferences of the desktop host: what the engine asks for, and what the windows remember. */
export interface HostSettings extends SettingsPort {
  getMainWindow(): SavedBounds | undefined;
  setMainWindow(bounds: SavedBounds): void;
  /** True once, the first time the main window is put away. */
  takeHideNotice(): boolean;
  wantsPauseShortcut(): boolean;
  setPauseShortcut(isWanted: boolean): void;
}

const integer = { type: 'integer' } as const;
const schema = {
  agentPort: { type: 'integer', minimum: 1024, maximum: 65535 },
  mainWindow: {
    type: 'object',
    properties: { x: integer, y: integer, width: integer, height: integer, maximized: { type: 'boolean' } },
    required: ['x', 'y', 'width', 'height', 'maximized'],
    additionalProperties: false,
  },
  hideNoticeGiven: { type: 'boolean' },
  pauseShortcut: { type: 'boolean' },
} as const;

/** Opens `settings.json` in `folder`. A file that cannot be read is put aside as `settings.json.unreadable`, never overwritten. */
export function openHostSettings(folder: string, log: LogPort): HostSettings {
  const store = openStore(folder, log);
  return {
    getPort: () => store.get('agentPort'),
    setPort: (port) => store.set('agentPort', port),
    getMainWindow: () => store.get('mainWindow'),
    setMainWindow: (bounds) => store.set('mainWindow', bounds),
    takeHideNotice() {
      if (store.get('hideNoticeGiven') === true) return false;
      store.set('hideNoticeGiven', true);
      return true;
    },
    wantsPauseShortcut: () => store.get('pauseShortcut') !== false,
    setPauseShortcut: (isWanted) => store.set('pauseShortcut', isWanted),
  };
}

function openStore(folder: string, log: LogPort): ElectronStore<StoredSettings> {
  const open = () =>
    new ElectronStore<StoredSettings>({
      name: 'settings',
      cwd: folder,
      schema,
      accessPropertiesByDotNotation: false,
      configFileMode: 0o600,
    });
  try {
    return open();
  } catch (error) {
    const file = join(folder, 'settings.json');
    renameSync(file, `${file}.unreadable`);
    log.warn('settings.json could not be read; it was put aside and the defaults are used', { reason: String(error) });
    return open();
  } finally {
    // electron-store listens for a synchronous message of its own, from any frame. No page of ours sends it.
    ipcMain.removeAllListeners('electron-store-get-data');
  }
}
