// Whether `npm start` can show ScopeGate in Electron here, found out without ever importing `electron`:
// that import would start a download by itself.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const dayMs = 24 * 60 * 60 * 1000;
const downloadLimitMs = 5 * 60 * 1000;

/** @typedef {{ kind: 'electron', executable: string } | { kind: 'browser', reason: string }} Host */

/**
 * The executable of an Electron runtime that is already here; null when there is none.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 */
export function findElectron(root, env) {
  const override = env.ELECTRON_OVERRIDE_DIST_PATH;
  const folder = join(root, 'node_modules', 'electron');
  const pathFile = join(folder, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : defaultExecutable();
  const candidates = [...(override ? [join(override, name)] : []), join(folder, 'dist', name)];
  return candidates.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile()) ?? null;
}

function defaultExecutable() {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}

/**
 * Why no Electron window can be shown on this machine, whatever is installed; null when one can.
 * @param {{ platform: string, uid: number | undefined, env: NodeJS.ProcessEnv }} machine
 */
export function findObstacle({ platform, uid, env }) {
  if (platform !== 'linux') return null;
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display here';
  // Electron's sandbox refuses to run as root, and running without it is not ours to choose.
  if (uid === 0) return 'Electron’s sandbox refuses to run as root';
  return null;
}

/**
 * Electron where it can be shown, fetching its runtime once when missing; else the browser, with the reason.
 * @param {string} root
 * @param {(line: string) => void} say
 * @returns {Host}
 */
export function chooseHost(root, say) {
  const obstacle = findObstacle({ platform: process.platform, uid: process.getuid?.(), env: process.env });
  if (obstacle) return { kind: 'browser', reason: obstacle };
  const executable = findElectron(root, process.env) ?? fetchElectron(root, say);
  return executable
    ? { kind: 'electron', executable }
    : { kind: 'browser', reason: 'Electron’s runtime could not be downloaded (tried at most once a day)' };
}

/**
 * Runs Electron's own installer once, and remembers a failure for a day: an offline machine must not wait at each start.
 * @param {string} root
 * @param {(line: string) => void} say
 */
function fetchElectron(root, say) {
  const installer = join(root, 'node_modules', 'electron', 'install.js');
  const failure = join(root, '.cache', 'electron-download-failed');
  const failedAt = statSync(failure, { throwIfNoEntry: false })?.mtimeMs;
  if (!existsSync(installer) || (failedAt !== undefined && Date.now() - failedAt < dayMs)) return null;
  say('downloading the Electron runtime (once, about 100 MB)');
  const { status, stderr } = spawnSync(process.execPath, [installer], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: downloadLimitMs,
  });
  const executable = status === 0 ? findElectron(root, process.env) : null;
  if (executable) {
    rmSync(failure, { force: true });
    return executable;
  }
  mkdirSync(dirname(failure), { recursive: true });
  writeFileSync(failure, stderr ?? '');
  return null;
}
