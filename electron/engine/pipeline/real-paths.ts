import { lstatSync, realpathSync } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { normalisePath, type PathWorld } from '../core/path-inside.ts';

/** Paths looked up for one decision; what is beyond stays unresolved, and nothing is sure about it. */
const maxPaths = 64;
const maxParts = 128;

/** Asked once: policy looks at it for every call. */
const home = homedir() || null;

/** How paths read on this machine. `base`: the server's working folder, if its configuration names one. */
export function pathWorldOf(base: string | null): PathWorld {
  const { platform } = process;
  return {
    platform: platform === 'win32' || platform === 'darwin' ? platform : 'posix',
    home,
    base,
    resolved: new Map(),
  };
}

/**
 * The real place of each path: links followed along its longest part that exists. A path that cannot be looked up (no
 * permission, too many links, another machine) is left out. A link made after this look is not seen. Blocks until the
 * file system has answered: for what a person does. Calls go through `PathLooker`.
 */
export function resolvePaths(paths: readonly string[]): Map<string, string> {
  const resolved = new Map<string, string>();
  for (const path of paths.slice(0, maxPaths)) {
    const walk = walkUp(path);
    let step = walk.next();
    while (!step.done) step = walk.next(realOrMissing(step.value));
    if (step.value !== null) resolved.set(path, step.value);
  }
  return resolved;
}

/** What the file system says of a path. Null: there is something, and where it leads cannot be told. */
type Answer = string | 'missing' | null;

/** Looks that may wait for the file system at once: one that never answers must not take all threads Node has for it. */
const maxLooks = 2;
const maxLookMs = 2_000;

/** The same as `resolvePaths` without making anybody else wait, and never for longer than a moment. */
export class PathLooker {
  readonly #ask: (path: string) => Promise<Answer>;
  readonly #maxMs: number;
  readonly #queue = new Set<() => void>();
  #running = 0;
  /** Of those running, how many were given up. */
  #stuck = 0;

  constructor(ask: (path: string) => Promise<Answer> = askFileSystem, maxMs = maxLookMs) {
    this.#ask = ask;
    this.#maxMs = maxMs;
  }

  /** What was not answered in time is left out, and nothing is sure about it. */
  async look(paths: readonly string[]): Promise<Map<string, string>> {
    const resolved = new Map<string, string>();
    if (paths.length === 0 || this.#stuck >= maxLooks) return resolved;
    const job = { isOver: false, isRunning: false };
    let timer: NodeJS.Timeout | undefined;
    const ended = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        if (job.isRunning) this.#stuck += 1;
        job.isOver = true;
        resolve();
      }, this.#maxMs);
    });
    await Promise.race([this.#run(job, paths.slice(0, maxPaths), resolved), ended]);
    clearTimeout(timer);
    return new Map(resolved);
  }

  async #run(
    job: { isOver: boolean; isRunning: boolean },
    paths: readonly string[],
    resolved: Map<string, string>,
  ): Promise<void> {
    while (this.#running >= maxLooks) {
      await new Promise<void>((resolve) => this.#queue.add(resolve));
      if (job.isOver) return this.#callNext();
    }
    this.#running += 1;
    job.isRunning = true;
    try {
      for (const path of paths) {
        if (job.isOver) return;
        const real = await this.#resolve(path);
        if (real !== null) resolved.set(path, real);
      }
    } finally {
      this.#running -= 1;
      if (job.isOver) this.#stuck -= 1;
      job.isRunning = false;
      this.#callNext();
    }
  }

  #callNext(): void {
    const [next] = this.#queue;
    if (next === undefined) return;
    this.#queue.delete(next);
    next();
  }

  async #resolve(path: string): Promise<string | null> {
    const walk = walkUp(path);
    let step = walk.next();
    while (!step.done) step = walk.next(await this.#ask(step.value));
    return step.value;
  }
}

/** Asks for the path, then for each folder above it until one exists; returns the real place of the whole. */
function* walkUp(path: string): Generator<string, string | null, Answer> {
  // a path on another machine: asking for it would go out over the network, and may hang
  if (path.startsWith('//')) return null;
  let existing = path;
  const rest: string[] = [];
  for (let part = 0; part < maxParts; part += 1) {
    const found = yield existing;
    if (found === null) return null;
    if (found !== 'missing') return normalisePath([found, ...rest].join('/'));
    const parent = dirname(existing);
    if (parent === existing) return null;
    rest.unshift(existing.slice(parent.endsWith('/') ? parent.length : parent.length + 1));
    existing = parent;
  }
  return null;
}

function realOrMissing(path: string): Answer {
  try {
    return withSlashes(realpathSync.native(path));
  } catch (error) {
    if (!isNotThere(error)) return null;
    // a link to a file that is yet to be made
    return lstatSync(path, { throwIfNoEntry: false }) === undefined ? 'missing' : null;
  }
}

async function askFileSystem(path: string): Promise<Answer> {
  try {
    return withSlashes(await realpath(path));
  } catch (error) {
    if (!isNotThere(error)) return null;
  }
  try {
    await lstat(path);
    return null;
  } catch (error) {
    return isNotThere(error) ? 'missing' : null;
  }
}

function withSlashes(real: string): string {
  return process.platform === 'win32' ? real.replaceAll('\\', '/') : real;
}

function isNotThere(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
