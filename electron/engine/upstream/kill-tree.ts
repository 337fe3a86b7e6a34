import { execFile } from 'node:child_process';
import path from 'node:path';

const termGraceMs = 2000;
const pollMs = 25;

/**
 * Ends a process and everything it started: SIGTERM to its group, then SIGKILL when the group is still there. The
 * process must lead a group of its own (`detached`). On Windows the process tree is ended by taskkill.
 */
export async function killTree(pid: number, graceMs: number = termGraceMs): Promise<void> {
  if (process.platform === 'win32') return killTreeOnWindows(pid);
  if (!signalGroup(pid, 'SIGTERM')) return;
  for (let waited = 0; waited < graceMs; waited += pollMs) {
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    if (!signalGroup(pid, 0)) return;
  }
  signalGroup(pid, 'SIGKILL');
}

/** False when no process of the group is left. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

function killTreeOnWindows(pid: number): Promise<void> {
  const taskkill = path.join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'taskkill.exe');
  return new Promise((resolve) => {
    execFile(taskkill, ['/PID', String(pid), '/T', '/F'], { windowsHide: true }, () => resolve());
  });
}
