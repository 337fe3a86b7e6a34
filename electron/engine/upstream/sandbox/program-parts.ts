import { open, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isInside, type Launch } from './sandbox-plan.ts';

const scriptEnding = /\.(?:[cm]?[jt]s|py|pyz|rb|jar|php|pl|sh|lua|dll)$/i;

/**
 * Files and folders a program cannot start without: itself, the interpreter of its first line, its installation, and the
 * project of a script it is given. Never a folder that is hidden or one around it: from a program that lies there bare, only
 * the file. Existing ones only.
 */
export async function findProgramParts(launch: Launch, hidden: readonly string[]): Promise<string[]> {
  const parts = new Set<string>();
  const mayOpen = (folder: string) => !hidden.some((closed) => isInside(closed, folder));
  const files = [launch.file, ...(await findInterpreter(launch)), ...findScript(launch)];
  for (const file of files) {
    const real = await realpath(file).catch(() => null);
    if (real === null) continue;
    // The name as it was given leads there through a link, which must be there too.
    parts.add(file);
    parts.add(real);
    for (const folder of await installationOf(file, real)) if (mayOpen(folder)) parts.add(folder);
  }
  return [...parts].filter((part) => mayOpen(part));
}

/** The project (`package.json`, `pyproject.toml`) a file belongs to, and the prefix of a program in a `bin` folder. */
async function installationOf(file: string, real: string): Promise<string[]> {
  const folders: string[] = [];
  for (const place of new Set([file, real])) {
    const folder = path.dirname(place);
    const prefix = path.dirname(folder);
    // `~/.local/bin`: its prefix holds what other programs keep, keys among it.
    if (path.basename(folder) === 'bin' && (await hasAny(prefix, ['lib/node_modules', 'pyvenv.cfg', 'lib/python3'])))
      folders.push(prefix);
    const project = await projectOf(folder);
    if (project !== null) folders.push(project, ...(await linkedModules(project)));
    else if (scriptEnding.test(place)) folders.push(folder);
  }
  return folders;
}

/** `node_modules` can be a link to somewhere else. */
async function linkedModules(project: string): Promise<string[]> {
  const modules = path.join(project, 'node_modules');
  const real = await realpath(modules).catch(() => modules);
  return real === modules ? [] : [real];
}

async function projectOf(start: string): Promise<string | null> {
  const marks = ['package.json', 'node_modules', 'pyproject.toml', 'manifest.json'];
  let nearest: string | null = null;
  for (let folder = start; path.dirname(folder) !== folder; folder = path.dirname(folder)) {
    // A package in node_modules needs its neighbours: the folder around the outermost node_modules is the project.
    if (path.basename(folder) === 'node_modules') nearest = path.dirname(folder);
    else if (nearest === null && (await hasAny(folder, marks))) nearest = folder;
  }
  return nearest;
}

async function hasAny(folder: string, names: string[]): Promise<boolean> {
  const found = await Promise.all(
    names.map((name) =>
      stat(path.join(folder, name)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/** `#!/usr/bin/env node` and `#!/usr/bin/python3`: what the first line of a script names, looked up as the child will. */
async function findInterpreter(launch: Launch): Promise<string[]> {
  const line = await readFirstLine(launch.file);
  const words = line.startsWith('#!') ? line.slice(2).trim().split(/\s+/) : [];
  const [first, ...rest] = words;
  if (first === undefined) return [];
  if (path.basename(first) !== 'env') return [first];
  const name = rest.find((word) => !word.startsWith('-') && !word.includes('='));
  if (name === undefined) return [first];
  const folders = (launch.env.PATH ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  for (const folder of folders) {
    const file = path.join(folder, name);
    if (
      await stat(file).then(
        (found) => found.isFile(),
        () => false,
      )
    )
      return [first, file];
  }
  return [first];
}

async function readFirstLine(file: string): Promise<string> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return '';
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(256), 0, 256, 0);
    return buffer.toString('utf8', 0, bytesRead).split('\n')[0] ?? '';
  } catch {
    return '';
  } finally {
    await handle.close();
  }
}

/** The first word that names a script file; later ones are its own arguments, which open nothing by themselves. */
function findScript(launch: Launch): string[] {
  const word = launch.args.find((arg) => !arg.startsWith('-'));
  if (word === undefined || !scriptEnding.test(word)) return [];
  return [path.resolve(launch.cwd, word)];
}
