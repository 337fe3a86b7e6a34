import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** The folder that holds package.json, `electron/` and `dist/`: found upwards, because this code also runs from a bundle. */
export const projectDir = findUpwards(path.dirname(fileURLToPath(import.meta.url)));

/** Where `npm run build` puts the renderer. */
export const rendererDir = path.join(projectDir, 'dist', 'renderer');

function findUpwards(folder: string): string {
  const parent = path.dirname(folder);
  return existsSync(path.join(folder, 'package.json')) || parent === folder ? folder : findUpwards(parent);
}

const appName = 'ScopeGate';

export function readVersion(): string {
  const text = readFileSync(path.join(projectDir, 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

/** The folder the desktop app uses too (Electron's appData convention), so that both hosts share one set of data. */
export function defaultDataDir(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  if (platform === 'win32') return path.join(env.APPDATA || path.join(home, 'AppData', 'Roaming'), appName);
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', appName);
  return path.join(env.XDG_CONFIG_HOME || path.join(home, '.config'), appName);
}
