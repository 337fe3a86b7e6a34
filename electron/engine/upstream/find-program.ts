import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { readLoginPath, usualFolders } from './login-path.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What to spawn: an absolute file and what goes before the configured arguments. */
export interface FoundProgram {
  file: string;
  prefixArgs: string[];
  /** PATH for the child, so that `#!/usr/bin/env node` finds what the user's own terminal finds. */
  searchPath: string;
}
export type ProgramSearch =
  | { ok: true; program: FoundProgram }
  | { ok: false; reason: 'missing' | 'batch_file'; searched: string[] };

export interface ProgramFinder {
  /** `cwd`: where a command with a folder in it, such as `./server`, is looked for. */
  find(command: string, cwd: string): Promise<ProgramSearch>;
}

/**
 * Finds programs as a person expects. Started from a terminal, the inherited PATH is the person's own; started from a
 * desktop, the login shell's PATH goes first. When the inherited PATH has no such program the login shell is asked too.
 */
export function createProgramFinder(env: Env): ProgramFinder {
  let loginPath: Promise<string[]> | null = null;
  const inherited = splitPath(env);
  const isFromTerminal = env.SHLVL !== undefined || env.TERM !== undefined || process.platform === 'win32';

  function askLoginShell(): Promise<string[]> {
    loginPath ??= readLoginPath(env).catch(() => []);
    return loginPath;
  }

  async function widePath(): Promise<string[]> {
    const login = await askLoginShell();
    const order = isFromTerminal ? [...inherited, ...login] : [...login, ...inherited];
    return [...new Set(process.platform === 'win32' ? order : [...order, ...usualFolders(env)])];
  }

  return {
    async find(command, cwd) {
      const expanded = command.startsWith('~/') && env.HOME ? path.join(env.HOME, command.slice(2)) : command;
      if (expanded.includes('/') || expanded.includes(path.sep)) {
        const file = path.resolve(cwd, expanded);
        const folders = isFromTerminal ? inherited : await widePath();
        const hit = await findInFolder(path.dirname(file), path.basename(file), env);
        return hit === null ? { ok: false, reason: 'missing', searched: [file] } : makeSpawnable(hit, folders, env);
      }
      let folders = isFromTerminal ? inherited : await widePath();
      let hit = await findInFolders(folders, expanded, env);
      if (hit === null && isFromTerminal) {
        folders = await widePath();
        hit = await findInFolders(folders, expanded, env);
      }
      return hit === null ? { ok: false, reason: 'missing', searched: folders } : makeSpawnable(hit, folders, env);
    },
  };
}

function splitPath(env: Env): string[] {
  const value = env.PATH ?? env.Path ?? '';
  // A relative entry would let a server's working folder bring its own `node`.
  return value.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
}

async function findInFolders(folders: string[], name: string, env: Env): Promise<string | null> {
  for (const folder of folders) {
    const hit = await findInFolder(folder, name, env);
    if (hit !== null) return hit;
  }
  return null;
}

async function findInFolder(folder: string, name: string, env: Env): Promise<string | null> {
  for (const candidate of candidateNames(name, env)) {
    const file = path.join(folder, candidate);
    if (await isProgram(file)) return file;
  }
  return null;
}

/** On Windows a bare name stands for each ending of PATHEXT; the file without an ending is a shell script there. */
function candidateNames(name: string, env: Env): string[] {
  if (process.platform !== 'win32') return [name];
  const endings = (env.PATHEXT ?? '.COM;.EXE;.BAT;.CMD').split(';').filter((ending) => ending !== '');
  const hasEnding = endings.some((ending) => name.toUpperCase().endsWith(ending.toUpperCase()));
  return hasEnding ? [name] : endings.map((ending) => name + ending.toLowerCase());
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/**
 * Batch files run through cmd.exe only, which reads arguments a second time by rules of its own (CVE-2024-27980): an
 * argument could become a command. So a shim written by npm, pnpm or yarn is read and its script run by node directly,
 * and any other batch file is refused.
 */
async function makeSpawnable(file: string, folders: string[], env: Env): Promise<ProgramSearch> {
  const searchPath = folders.join(path.delimiter);
  if (!/\.(cmd|bat)$/i.test(file)) return { ok: true, program: { file, prefixArgs: [], searchPath } };
  const script = readShimScript(await readFile(file, 'utf8'));
  if (script === null) return { ok: false, reason: 'batch_file', searched: [file] };
  const folder = path.dirname(file);
  const node = (await findInFolder(folder, 'node.exe', env)) ?? (await findInFolders(folders, 'node.exe', env));
  if (node === null) return { ok: false, reason: 'missing', searched: [folder, ...folders] };
  const scriptFile = path.join(folder, ...script.split('\\'));
  return { ok: true, program: { file: node, prefixArgs: [scriptFile], searchPath } };
}

/** The script a node shim runs, relative to the shim's folder with backslashes; null when it is no such shim. */
export function readShimScript(shim: string): string | null {
  if (!/\bnode(\.exe)?\b/i.test(shim)) return null;
  const hits = [...shim.matchAll(/%(?:~dp0|dp0%)\\?([^"%\r\n]+?\.[cm]?js)"/gi)].map((hit) => hit[1] as string);
  // npx.cmd also names a script that only prints the prefix; the one that is run has the shim's purpose in its name.
  return hits.find((hit) => /-cli\.[cm]?js$/i.test(hit)) ?? hits[0] ?? null;
}
