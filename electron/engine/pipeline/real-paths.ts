import { lstatSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { normalisePath, type PathWorld } from '../core/path-inside.ts';

/** Paths looked up for one decision; what is beyond stays unresolved, and nothing is sure about it. */
const maxPaths = 64;
const maxParts = 128;

/** How paths read on this machine. `base`: the server's working folder, if its configuration names one. */
export function pathWorldOf(base: string | null): PathWorld {
  const { platform } = process;
  return {
    platform: platform === 'win32' || platform === 'darwin' ? platform : 'posix',
    home: homedir() || null,
    base,
    resolved: new Map(),
  };
}

/**
 * The real place of each path: links followed along its longest part that exists. A path that cannot be looked up (no
 * permission, too many links, another machine) is left out. A link made after this look is not seen.
 */
export function resolvePaths(paths: readonly string[]): Map<string, string> {
  const resolved = new Map<string, string>();
  for (const path of paths.slice(0, maxPaths)) {
    const real = resolvePath(path);
    if (real !== null) resolved.set(path, real);
  }
  return resolved;
}

function resolvePath(path: string): string | null {
  // a path on another machine: asking for it would go out over the network, and may hang
  if (path.startsWith('//')) return null;
  let existing = path;
  const rest: string[] = [];
  for (let part = 0; part < maxParts; part += 1) {
    const found = realOrMissing(existing);
    if (found === null) return null;
    if (found !== 'missing') return normalisePath([found, ...rest].join('/'));
    const parent = dirname(existing);
    if (parent === existing) return null;
    rest.unshift(existing.slice(parent.endsWith('/') ? parent.length : parent.length + 1));
    existing = parent;
  }
  return null;
}

/** Null: there is something, and where it leads cannot be told, such as a link to a file that is yet to be made. */
function realOrMissing(path: string): string | 'missing' | null {
  try {
    const real = realpathSync.native(path);
    return process.platform === 'win32' ? real.replaceAll('\\', '/') : real;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') return null;
    return lstatSync(path, { throwIfNoEntry: false }) === undefined ? 'missing' : null;
  }
}
