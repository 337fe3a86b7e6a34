import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CallingProcess } from '../../shared/index.ts';
import type { ProcessFacts } from './peer-process.ts';

/** The files our own command is run from, below the folder ScopeGate is installed in. */
const ownFiles = [
  ['electron', 'headless', 'bin.mjs'],
  ['electron', 'headless', 'main.ts'],
  ['dist', 'headless', 'main.mjs'],
];

/**
 * Makes of a process and its parents what a person is shown. Through `scopegate connect` the peer is our own shim: then it
 * is the program that started it. What the shim says of itself is not asked; its parent is the system's word.
 */
export function skipShim(
  chain: readonly ProcessFacts[],
  own: ReadonlySet<string> = findOwnFiles(),
): CallingProcess | null {
  const end = chain.findIndex((process) => !isShim(process, own));
  const at = end === -1 ? chain.length - 1 : end;
  const found = chain[at];
  if (!found || found.path === '') return null;
  const parent = chain[at + 1];
  return {
    pid: found.pid,
    path: found.path,
    parent: parent && parent.path !== '' ? { pid: parent.pid, path: parent.path } : null,
    throughConnect: at > 0,
  };
}

/**
 * A process of ours: its command line is our own file, by its whole path, and then the word `connect`. Another program
 * may put that into its words; what it gains is that its parent is judged in its place.
 */
function isShim({ words }: ProcessFacts, own: ReadonlySet<string>): boolean {
  const at = words.indexOf('connect');
  return at > 0 && own.has(resolve(words[at - 1] ?? ''));
}

let found: ReadonlySet<string> | null = null;

function findOwnFiles(): ReadonlySet<string> {
  found ??= new Set(ownFiles.map((parts) => join(findRoot(), ...parts)));
  return found;
}

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** Package managers put links into folders of commands. */
function resolve(path: string): string {
  if (!isAbsolute(path)) return '';
  try {
    return realpathSync(path);
  } catch {
    return '';
  }
}
