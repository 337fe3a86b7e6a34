import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hasCode } from './private-file.ts';

/**
 * Tells two processes with the same pid apart. Linux: boot id and start in clock ticks since boot, exact. Elsewhere:
 * milliseconds since the epoch, good to a few seconds.
 */
export type ProcessStart = string;

/** Start times of the same process read in two ways differ by less than this; a reused pid never comes back so soon. */
const toleranceMs = 10_000;

/** `gone`: no such process (or a zombie). `unknown`: it runs, and the system does not say since when. */
export function readProcessStart(pid: number): ProcessStart | 'gone' | 'unknown' {
  if (!isRunning(pid)) return 'gone';
  if (process.platform === 'linux') return readLinuxStart(pid);
  if (pid === process.pid) return String(Math.round(performance.timeOrigin));
  return process.platform === 'win32' ? readWindowsStart(pid) : readPsStart(pid);
}

export function isSameStart(one: ProcessStart, other: ProcessStart): boolean {
  if (one === other) return true;
  const difference = Math.abs(Number(one) - Number(other));
  return Number.isFinite(difference) && difference < toleranceMs;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs and belongs to somebody else.
    return !hasCode(error, 'ESRCH');
  }
}

/** proc(5): the second field is the program's name in brackets and may hold anything, so count from its end. */
function readLinuxStart(pid: number): ProcessStart | 'gone' | 'unknown' {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const state = fields[0];
    const ticks = fields[19];
    if (state === 'Z' || state === 'X') return 'gone';
    return ticks === undefined ? 'unknown' : `${readBootId()}:${ticks}`;
  } catch (error) {
    return hasCode(error, 'ENOENT', 'ESRCH') && !isRunning(pid) ? 'gone' : 'unknown';
  }
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'no-boot-id';
  }
}

function readPsStart(pid: number): ProcessStart | 'unknown' {
  return parseTime(() =>
    execFileSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { LC_ALL: 'C' },
      timeout: 5000,
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
}

function readWindowsStart(pid: number): ProcessStart | 'unknown' {
  const script = `(Get-Process -Id ${pid}).StartTime.ToUniversalTime().ToString('o')`;
  return parseTime(() =>
    execFileSync('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script], {
      encoding: 'utf8',
      timeout: 10_000,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
}

function parseTime(read: () => string): ProcessStart | 'unknown' {
  try {
    const milliseconds = Date.parse(read().trim());
    return Number.isNaN(milliseconds) ? 'unknown' : String(milliseconds);
  } catch {
    return 'unknown';
  }
}
