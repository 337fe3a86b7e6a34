// Which Node runs the project, and how one process stands in for another. Plain JavaScript on purpose:
// this is what an old system Node reads before the project's own Node 24 exists. No dependencies.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

/** The first Node that runs TypeScript by itself and that every dependency accepts. */
export const oldestNode = '22.18';

const childMark = 'SCOPEGATE_REEXECUTED';
const parentWatchMs = 250;
const forwarded = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Whether this Node version strips types without a flag (22.18, 23.6 and newer).
 * @param {string} version as in `process.versions.node`
 */
export function canRunTypeScript(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major === 22) return minor >= 18;
  if (major === 23) return minor >= 6;
  return major > 23;
}

/**
 * The executable of the `node` package the project depends on; null when it is not installed.
 * @param {string} root the project's folder
 */
export function findProjectNode(root) {
  const bin = join(root, 'node_modules', 'node', 'bin');
  // On Windows the package leaves an empty `node` beside the real `node.exe`.
  const path = join(bin, process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(path) ? path : null;
}

/**
 * Runs a child to its end with signals passed on, and gives its exit code (128 + signal number when a signal ended it).
 * Rejects when the program cannot be started at all.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function runToEnd(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    const handlers = forwarded.map((signal) => {
      const pass = () => {
        // Ctrl-C in a terminal already reaches the whole foreground group; a second one would mean "stop at once".
        if (signal === 'SIGINT' && process.stdin.isTTY) return;
        child.kill(signal);
      };
      process.on(signal, pass);
      return () => process.off(signal, pass);
    });
    const release = () => {
      for (const off of handlers) off();
    };
    child.once('error', (error) => {
      release();
      reject(error);
    });
    child.once('close', (code, signal) => {
      release();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

/**
 * Runs this same script again under another Node and ends with its exit code. The child ends itself, cleanly, when this
 * process is killed in a way it cannot pass on.
 * @param {string} node executable
 * @param {string[]} args script and its arguments
 * @returns {Promise<never>}
 */
export async function reexecute(node, args) {
  const code = await runToEnd(node, args, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [childMark]: '1' },
  });
  process.exit(code);
}

/**
 * Ends this process, cleanly, when the one it stands in for is gone. To be called first by every script that
 * re-executes itself or is started by npm: npm runs a shell that dies of a SIGTERM without passing it on.
 */
export function followParent() {
  if (process.env[childMark] === '1') {
    delete process.env[childMark];
    process.once('disconnect', endCleanly);
    // The channel is only there to notice the parent's end; it must not keep this process alive.
    process.channel?.unref();
  } else if (process.env.npm_lifecycle_event && process.platform !== 'win32') {
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      endCleanly();
    }, parentWatchMs).unref();
  }
}

function endCleanly() {
  if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(128 + constants.signals.SIGTERM);
}
