import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { SandboxSupport } from '../../../shared/index.ts';

type Env = Readonly<Record<string, string | undefined>>;

const probeMs = 5000;
const sandboxExec = '/usr/bin/sandbox-exec';

/**
 * Whether servers can be held here, found out by holding something. `unavailable` tells installed apart from forbidden.
 * Never throws.
 */
export async function probeSandbox(env: Env, platform: NodeJS.Platform = process.platform): Promise<SandboxSupport> {
  if (platform === 'linux') return probeBubblewrap(env);
  if (platform === 'darwin') return probeSeatbelt();
  return { available: false, reason: 'A sandbox is not available on this system.', fix: '' };
}

async function probeBubblewrap(env: Env): Promise<SandboxSupport> {
  const file = await findBubblewrap(env);
  if (file === null) {
    return {
      available: false,
      reason: 'bubblewrap (bwrap) is not installed.',
      fix: 'Install the package "bubblewrap" of your system, then look again.',
    };
  }
  // Its own --version, run inside: shows that spaces can be made, and which version makes them.
  const spaces = ['--unshare-user', '--unshare-pid', '--unshare-net', '--cap-drop', 'ALL'];
  const ran = await runTool(file, [...spaces, '--ro-bind', '/', '/', '--proc', '/proc', '--', file, '--version']);
  if (ran.ok) return { available: true, kind: 'bubblewrap', file, version: ran.output.replace(/^bubblewrap\s+/, '') };
  return {
    available: false,
    reason: `bubblewrap is installed, and this system does not let it work: ${ran.output || 'no reason given'}.`,
    fix: 'User namespaces must be allowed for it; in a container they often are not.',
  };
}

/** Only absolute folders: a relative one could bring a bwrap of its own. */
async function findBubblewrap(env: Env): Promise<string | null> {
  const folders = [
    ...(env.PATH ?? '').split(path.delimiter),
    '/usr/bin',
    '/usr/local/bin',
    '/run/current-system/sw/bin',
  ];
  for (const folder of folders.filter((each) => path.isAbsolute(each))) {
    const file = path.join(folder, 'bwrap');
    const isProgram = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isProgram) return file;
  }
  return null;
}

async function probeSeatbelt(): Promise<SandboxSupport> {
  const ran = await runTool(sandboxExec, ['-p', '(version 1)\n(allow default)\n(deny network*)', '/usr/bin/true']);
  if (ran.ok) return { available: true, kind: 'sandbox-exec', file: sandboxExec, version: '' };
  return {
    available: false,
    reason: `sandbox-exec does not work here: ${ran.output || 'no reason given'}.`,
    fix: '',
  };
}

/** `output`: the first line it wrote, at most 200 characters. */
function runTool(file: string, args: string[]): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    execFile(file, args, { timeout: probeMs, env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' } }, (error, stdout, stderr) => {
      const text = error ? stderr || error.message : stdout;
      const line = text.trim().split('\n')[0] ?? '';
      resolve({ ok: error === null, output: line.replace(/\.$/, '').slice(0, 200) });
    });
  });
}
