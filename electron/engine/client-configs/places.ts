import { homedir } from 'node:os';
import path from 'node:path';

/** Where this user's programs keep their settings. Tests give folders of their own. */
export interface ClientPlaces {
  platform: NodeJS.Platform;
  /** Absolute. */
  home: string;
  /** `~/Library/Application Support`, `%APPDATA%`, or `$XDG_CONFIG_HOME`. */
  appData: string;
  /** Codex' own folder, which a variable can move. */
  codex: string;
}

export type PlaceBase = 'home' | 'appData' | 'codex' | 'project';

type Env = Readonly<Record<string, string | undefined>>;

export function findPlaces(env: Env, platform: NodeJS.Platform = process.platform): ClientPlaces {
  const own = platform === 'win32' ? env.USERPROFILE : env.HOME;
  const home = own && path.isAbsolute(own) ? own : homedir();
  const codex = env.CODEX_HOME;
  return {
    platform,
    home,
    appData: findAppData(env, platform, home),
    codex: codex && path.isAbsolute(codex) ? codex : path.join(home, '.codex'),
  };
}

function findAppData(env: Env, platform: NodeJS.Platform, home: string): string {
  if (platform === 'win32') return env.APPDATA || path.join(home, 'AppData', 'Roaming');
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support');
  return env.XDG_CONFIG_HOME || path.join(home, '.config');
}

/** An absolute path; null where it needs a project folder and none was chosen. */
export function resolvePlace(
  places: ClientPlaces,
  place: { base: PlaceBase; path: string },
  project: string | null,
): string | null {
  const folder = place.base === 'project' ? project : places[place.base];
  return folder === null ? null : path.join(folder, ...place.path.split('/'));
}
