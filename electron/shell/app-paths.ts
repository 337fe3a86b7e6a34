import { join } from 'node:path';

/** Files of the app itself, below the folder that holds its package.json (or the archive of it). */
export interface AppPaths {
  renderer: string;
  preload: string;
  trayImages: string;
  icon: string;
}

export function findAppPaths(appRoot: string): AppPaths {
  return {
    renderer: join(appRoot, 'dist', 'renderer'),
    preload: join(appRoot, 'dist', 'shell', 'preload.cjs'),
    trayImages: join(appRoot, 'assets', 'tray'),
    icon: join(appRoot, 'assets', 'icon-256.png'),
  };
}
