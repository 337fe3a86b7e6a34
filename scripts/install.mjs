// Brings node_modules in step with package-lock.json. Plain JavaScript for Node 18 and newer, no dependencies.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, sep } from 'node:path';
import { canRunTypeScript, findProjectNode, oldestNode } from './node-runtime.mjs';

/** A reason to stop that the person can act on; its message is the whole story, no stack needed. */
export class SetupError extends Error {
  /** @override */
  name = 'SetupError';
}

/** @param {string} root */
const stampPath = (root) => join(root, 'node_modules', '.scopegate-install');

/** @param {string} root */
function hashLock(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

/**
 * Whether node_modules holds what package-lock.json asks for.
 * @param {string} root the project's folder
 */
export function isInstalled(root) {
  if (!existsSync(join(root, 'node_modules'))) return false;
  const wanted = hashLock(root);
  if (existsSync(stampPath(root)) && readFileSync(stampPath(root), 'utf8').trim() === wanted) return true;
  if (!matchesHiddenLock(root)) return false;
  writeFileSync(stampPath(root), `${wanted}\n`);
  return true;
}

/**
 * A person may have run npm by hand: npm's own record of what it installed then agrees with the lock file.
 * @param {string} root
 */
function matchesHiddenLock(root) {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional || entry.peer || installed[path]?.version === entry.version,
  );
}

/**
 * Installs when needed, then checks what an install can silently lack.
 * @param {string} root
 * @param {(line: string) => void} say one visible progress line
 */
export async function ensureInstalled(root, say) {
  if (!isInstalled(root)) {
    const first = !existsSync(join(root, 'node_modules'));
    say(first ? 'installing packages (first run; a minute or so)' : 'packages changed: installing');
    const started = Date.now();
    await runNpm(root, say);
    writeFileSync(stampPath(root), `${hashLock(root)}\n`);
    say(`packages installed in ${Math.round((Date.now() - started) / 1000)} s`);
  }
  checkNode(root);
  checkDatabase(root, say);
}

/** @param {string} root */
function checkNode(root) {
  if (findProjectNode(root) || canRunTypeScript(process.versions.node)) return;
  throw new SetupError(
    `Node ${process.versions.node} is too old to run ScopeGate (it needs ${oldestNode} or newer) and the project's own Node 24 is missing:\n` +
      'npm skipped the install script that brings it (ignore-scripts, or a script policy).\n' +
      'Run: npm rebuild node --ignore-scripts=false',
  );
}

/**
 * better-sqlite3 ships ready-made addons for the common platforms; elsewhere it has to be compiled.
 * @param {string} root
 * @param {(line: string) => void} say
 */
function checkDatabase(root, say) {
  const folder = join(root, 'node_modules', 'better-sqlite3');
  const addons = [
    join('prebuilds', `${process.platform}-${process.arch}.node`),
    join('build', 'Release', 'better_sqlite3.node'),
  ];
  if (!existsSync(folder) || addons.some((addon) => existsSync(join(folder, addon)))) return;
  say(
    `no ready-made database addon for ${process.platform}-${process.arch}; with a C++ compiler and Python it can be built:\n` +
      '  cd node_modules/better-sqlite3 && npm run build-release',
  );
}

/**
 * `npm ci`, except where it would delete the very program that runs it: Windows locks a running executable.
 * @param {string} root
 */
function chooseNpmArgs(root) {
  const ownNode = process.execPath.startsWith(join(root, 'node_modules') + sep);
  const verb = process.platform === 'win32' && ownNode ? ['install', '--no-save'] : ['ci'];
  return [...verb, '--no-audit', '--no-fund', '--loglevel=error'];
}

/**
 * npm as the caller's own npm ran us, else the one beside this Node, else the one on PATH.
 * @returns {{ command: string, prefix: string[], shell: boolean }}
 */
function findNpm() {
  const cli = process.env.npm_execpath;
  const node = process.env.npm_node_execpath;
  if (cli?.endsWith('npm-cli.js') && node && existsSync(cli) && existsSync(node)) {
    return { command: node, prefix: [cli], shell: false };
  }
  const beside = join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js');
  if (existsSync(beside)) return { command: process.execPath, prefix: [beside], shell: false };
  // Only on Windows, where npm is a .cmd file: fixed arguments, so the shell sees nothing it could misread.
  return process.platform === 'win32'
    ? { command: 'npm.cmd', prefix: [], shell: true }
    : { command: 'npm', prefix: [], shell: false };
}

/**
 * The environment without this project's node_modules/.bin on PATH: an install must not depend on what it replaces.
 * @param {string} root
 */
function cleanEnvironment(root) {
  const own = join(root, 'node_modules');
  const env = { ...process.env };
  for (const key of Object.keys(env).filter((name) => name.toUpperCase() === 'PATH')) {
    const kept = (env[key] ?? '').split(delimiter).filter((entry) => !entry.startsWith(own));
    env[key] = kept.join(delimiter);
  }
  return env;
}

/**
 * @param {string} root
 * @param {(line: string) => void} say
 * @returns {Promise<void>}
 */
function runNpm(root, say) {
  const npm = findNpm();
  const started = Date.now();
  let tail = '';
  return new Promise((resolve, reject) => {
    // npm's own words go to stderr: stdout belongs to the task that follows.
    const child = spawn(npm.command, [...npm.prefix, ...chooseNpmArgs(root)], {
      cwd: root,
      env: cleanEnvironment(root),
      shell: npm.shell,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const beat = setInterval(() => say(`still installing (${Math.round((Date.now() - started) / 1000)} s)`), 10_000);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        tail = (tail + chunk).slice(-16_384);
        process.stderr.write(chunk);
      });
    }
    /** @type {NodeJS.Signals | null} */
    let stoppedBy = null;
    // Once each: a second Ctrl-C ends this process at once, whatever npm is still doing.
    const stop = (/** @type {NodeJS.Signals} */ name) => {
      stoppedBy = name;
      child.kill(name);
    };
    process.once('SIGINT', stop).once('SIGTERM', stop);
    const finish = () => {
      clearInterval(beat);
      process.off('SIGINT', stop).off('SIGTERM', stop);
    };
    child.once('error', (error) => {
      finish();
      reject(
        new SetupError(
          `npm could not be started (${error.message}). Install npm, which comes with Node, and try again.`,
        ),
      );
    });
    child.once('close', (code, signal) => {
      finish();
      if (code === 0) resolve();
      else reject(new SetupError(explainFailure(tail, code, stoppedBy ?? signal)));
    });
  });
}

/**
 * @param {string} output npm's last words
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
export function explainFailure(output, code, signal) {
  if (signal) return `The installation was stopped (${signal}). Run the same command again to go on.`;
  if (
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED)\b/.test(output)
  ) {
    return 'npm could not reach its registry. The first run needs the network once; check the connection or proxy and run the same command again.';
  }
  if (/\bENOSPC\b/.test(output))
    return 'The disk is full: the packages need about 1 GB. Free some space and run the same command again.';
  if (/\b(EBUSY|EPERM|EACCES)\b/.test(output)) {
    return 'npm could not write node_modules (in use, or not yours). Close running copies of ScopeGate, check the folder’s owner, and run the same command again.';
  }
  return `npm failed with exit code ${code}; its own message is above.`;
}
