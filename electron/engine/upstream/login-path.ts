import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import path from 'node:path';
import { makeChildEnv } from './child-env.ts';

type Env = Readonly<Record<string, string | undefined>>;

const timeoutMs = 4000;
const maxOutputBytes = 256 * 1024;

/**
 * PATH as the user's login shell sets it: an app started from a dock or menu gets the system's short PATH, without the
 * folders of Homebrew, nvm, uv or cargo. One bounded run of `$SHELL -ilc`; empty when the shell does not answer.
 */
export async function readLoginPath(env: Env): Promise<string[]> {
  if (process.platform === 'win32') return [];
  const shell = env.SHELL || userInfo().shell || '/bin/sh';
  if (!path.isAbsolute(shell)) return [];
  // Start files may print anything, so the value stands between marks nobody else writes.
  const mark = `sg${randomBytes(12).toString('hex')}`;
  const output = await runShell(shell, `printf '%s%s%s' '${mark}' "$PATH" '${mark}'`, env);
  const value = output.split(mark)[1] ?? '';
  return value.split(':').filter((folder) => path.isAbsolute(folder));
}

/** Folders programs are usually installed in, for when the shell says nothing. */
export function usualFolders(env: Env): string[] {
  const home = env.HOME ?? '';
  const own = [
    '.local/bin',
    '.cargo/bin',
    '.bun/bin',
    '.deno/bin',
    '.volta/bin',
    '.asdf/shims',
    '.local/share/mise/shims',
  ];
  const system = ['/opt/homebrew/bin', '/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin', '/snap/bin'];
  return [...(home === '' ? [] : own.map((folder) => path.join(home, folder))), ...system];
}

function runShell(shell: string, script: string, env: Env): Promise<string> {
  return new Promise((resolve) => {
    let output = '';
    // A group of its own, and no terminal: an interactive shell must not stop this process or wait for input.
    const child = spawn(shell, ['-ilc', script], {
      shell: false,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: makeChildEnv(env, env.PATH ?? '/usr/bin:/bin', {}),
    });
    const finish = () => {
      clearTimeout(timer);
      child.stdout.destroy();
      killGroup(child.pid);
      resolve(output);
    };
    const timer = setTimeout(finish, timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length > maxOutputBytes) finish();
    });
    child.on('error', finish);
    child.stdout.on('end', finish);
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}
