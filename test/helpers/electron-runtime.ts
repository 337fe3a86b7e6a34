import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Absolute path of the project. */
export const projectRoot = join(import.meta.dirname, '..', '..');

export type ElectronRuntime = { executable: string } | { missing: string };

/**
 * An Electron to test with: the project's own, else an older stand-in that a script beside the project can fetch.
 * `missing` says why there is none.
 */
export function findElectronRuntime(): ElectronRuntime {
  const own = findOwn();
  if (own !== null) return { executable: own };
  const script = join(projectRoot, '..', 'shared', 'electron-runtime', 'electron-runtime.sh');
  if (!existsSync(script)) return { missing: 'Electron has not been downloaded, and there is no stand-in for it' };
  const cache = join(projectRoot, '.cache', 'electron-runtime');
  const found = spawnSync('bash', [script, cache, projectRoot], { encoding: 'utf8', timeout: 300_000 });
  const executable = found.stdout.trim();
  if (found.status === 0 && existsSync(executable)) return { executable };
  return { missing: `no stand-in for Electron: ${found.stderr.trim().split('\n').at(-1) ?? 'no reason given'}` };
}

function findOwn(): string | null {
  const folder = join(projectRoot, 'node_modules', 'electron');
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const name = readFileSync(pathFile, 'utf8').trim();
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const executable = join(override ?? join(folder, 'dist'), name);
  return existsSync(executable) ? executable : null;
}
