import { type Stats, statSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type Finding, fail, ok, reasonOf, warn } from './finding.ts';

const hasModes = process.platform !== 'win32';

/** The data folder: there, one's own, closed to others, and who is using it. Changes nothing. */
export async function checkDataDir(dataDir: string): Promise<Finding[]> {
  const name = 'Data folder';
  let folder: Stats;
  try {
    folder = await stat(dataDir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [ok(name, `${dataDir} (made at the first start)`)];
    return [fail(name, `${dataDir}: ${reasonOf(error)}`, 'Give this user access to it, or use --data-dir.')];
  }
  if (!folder.isDirectory()) return [fail(name, `${dataDir} is not a folder`, 'Move it away, or use --data-dir.')];
  if (hasModes && folder.uid !== process.getuid?.()) {
    return [fail(name, `${dataDir} belongs to another user`, 'Correct its owner, or use --data-dir.')];
  }
  return [checkModes(dataDir, folder, await readdir(dataDir)), await checkLock(dataDir)];
}

function checkModes(dataDir: string, folder: Stats, entries: string[]): Finding {
  const isOpen = (mode: number) => hasModes && (mode & 0o077) !== 0;
  if (isOpen(folder.mode)) {
    return warn('Data folder', `${dataDir} is open to other users`, `Run: chmod 700 "${dataDir}"`);
  }
  const open = entries.filter((entry) => {
    const stats = statSync(path.join(dataDir, entry), { throwIfNoEntry: false });
    return stats?.isFile() === true && isOpen(stats.mode);
  });
  if (open.length === 0) return ok('Data folder', dataDir);
  return warn('Data folder', `readable by other users: ${open.join(', ')}`, `Run: chmod 600 on them in "${dataDir}"`);
}

/** Reads the lock the engine keeps; never takes it. */
async function checkLock(dataDir: string): Promise<Finding> {
  const file = path.join(dataDir, 'engine.lock');
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return ok('In use', 'by no ScopeGate now');
  const pid = readPid(text);
  if (pid === null) return warn('In use', 'the lock cannot be read', `If no ScopeGate runs, delete ${file}`);
  if (isRunning(pid)) return ok('In use', `by process ${pid}`);
  return ok('In use', `by no ScopeGate now; process ${pid} did not end cleanly, the next start recovers its calls`);
}

function readPid(text: string): number | null {
  try {
    return z.object({ pid: z.number().int().positive() }).parse(JSON.parse(text)).pid;
  } catch {
    return null;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
