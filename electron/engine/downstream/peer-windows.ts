import { join } from 'node:path';
import { z } from 'zod';
import type { Ends, ProcessFacts } from './peer-process.ts';
import { runProgram } from './run-program.ts';

const processes = z.array(
  z.object({ ProcessId: z.number(), ExecutablePath: z.string().nullish(), CommandLine: z.string().nullish() }),
);

/** Asks PowerShell for the owner of the other end and its parents: two numbers go in, JSON comes out. */
export async function lookUpOnWindows({ peerPort, ownPort }: Ends): Promise<ProcessFacts[]> {
  const root = process.env.SystemRoot ?? 'C:\\Windows';
  const powershell = join(root, 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe');
  const script = `$ErrorActionPreference='Stop'
$c = Get-NetTCPConnection -State Established -LocalAddress 127.0.0.1 -LocalPort ${peerPort} -RemotePort ${ownPort}
$id = $c[0].OwningProcess; $list = @()
for ($i = 0; $i -lt 6 -and $id -gt 0; $i++) {
  $p = Get-CimInstance Win32_Process -Filter "ProcessId=$id"
  if (-not $p) { break }
  $list += $p | Select-Object ProcessId, ExecutablePath, CommandLine
  $id = $p.ParentProcessId
}
ConvertTo-Json -Compress @($list)`;
  const args = ['-NoProfile', '-NonInteractive', '-NoLogo', '-Command', script];
  return parseProcessList(await runProgram(powershell, args));
}

/** The list as `ConvertTo-Json` writes it: older ones write a list of one as its one member. */
export function parseProcessList(text: string): ProcessFacts[] {
  const value: unknown = JSON.parse(text.trim().replace(/^\ufeff/, ''));
  const parsed = processes.safeParse(Array.isArray(value) ? value : [value]);
  if (!parsed.success) return [];
  return parsed.data.map(({ ProcessId: pid, ExecutablePath: path, CommandLine: line }) => ({
    pid,
    path: path ?? '',
    words: splitWords(line ?? ''),
  }));
}

/** Windows keeps one line: words are apart by spaces, or stand in quotes. */
function splitWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '').slice(0, 16);
}
