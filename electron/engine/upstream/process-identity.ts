import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** What tells a process from another one that got its number later. */
export interface ProcessIdentity {
  /** Linux: boot id and start time in clock ticks, exact. Elsewhere null, and `startedAt` decides. */
  exact: string | null;
  /** Milliseconds since the epoch as the system reports it, to the second; null on Linux. */
  startedAt: number | null;
  /** The command line as the system shows it. */
  commandLine: string;
}

const run = promisify(execFile);
const toolTimeoutMs = 5000;

/** Null when no process has this number now. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | null> {
  if (process.platform === 'linux') return identifyOnLinux(pid);
  return process.platform === 'win32' ? identifyOnWindows(pid) : identifyByPs(pid);
}

async function identifyOnLinux(pid: number): Promise<ProcessIdentity | null> {
  try {
    const [stat, commandLine, bootId] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    ]);
    // The second field is the program's name in brackets and may hold spaces; state is field 3, start time field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return null;
    return { exact: `${bootId.trim()}:${fields[19]}`, startedAt: null, commandLine: commandLine.replaceAll('\0', ' ') };
  } catch {
    return null;
  }
}

async function identifyByPs(pid: number): Promise<ProcessIdentity | null> {
  try {
    const env = { ...process.env, LC_ALL: 'C' };
    const { stdout } = await run('/bin/ps', ['-ww', '-o', 'lstart=,command=', '-p', String(pid)], {
      env,
      timeout: toolTimeoutMs,
    });
    // "Sun Nov 22 09:00:00 2026 command …": five words of date.
    const words = /^\s*(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/s.exec(stdout);
    if (words === null) return null;
    return { exact: null, startedAt: Date.parse(words[1] as string), commandLine: (words[2] as string).trim() };
  } catch {
    return null;
  }
}

async function identifyOnWindows(pid: number): Promise<ProcessIdentity | null> {
  const query = `$p = Get-CimInstance Win32_Process -Filter "ProcessId=${pid}"; if ($p) { [DateTimeOffset]::new($p.CreationDate).ToUnixTimeMilliseconds(); $p.CommandLine }`;
  try {
    const { stdout } = await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', query], {
      timeout: toolTimeoutMs,
      windowsHide: true,
    });
    const [startedAt, ...rest] = stdout.split(/\r?\n/);
    if (!startedAt) return null;
    return { exact: null, startedAt: Number(startedAt), commandLine: rest.join(' ').trim() };
  } catch {
    return null;
  }
}
