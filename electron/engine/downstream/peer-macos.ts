import type { Ends, ProcessFacts } from './peer-process.ts';
import { runProgram } from './run-program.ts';

const maxChain = 6;

/** Asks `lsof` who holds the other end, then `ps` for its file and its parents. */
export async function lookUpOnMac(ends: Ends): Promise<ProcessFacts[]> {
  const args = ['-nP', '-a', `-iTCP@127.0.0.1:${ends.peerPort}`, '-sTCP:ESTABLISHED', '-Fpn'];
  const first = parseLsof(await runProgram('/usr/sbin/lsof', args), ends);
  const chain: ProcessFacts[] = [];
  let pid = first ?? 0;
  while (pid > 1 && chain.length < maxChain) {
    const [facts, line] = await Promise.all([
      runProgram('/bin/ps', ['-ww', '-o', 'ppid=,comm=', '-p', String(pid)]),
      runProgram('/bin/ps', ['-ww', '-o', 'args=', '-p', String(pid)]),
    ]);
    const { parent, path } = parsePs(facts);
    chain.push({ pid, path, words: line.trim().split(' ') });
    pid = parent;
  }
  return chain;
}

/** `lsof -Fpn`: a line `p<pid>` for each process, then `n<local>-><remote>` for each of its connections. */
export function parseLsof(text: string, { peerPort, ownPort }: Ends): number | null {
  let pid: number | null = null;
  for (const line of text.split('\n')) {
    if (line.startsWith('p')) pid = Number.parseInt(line.slice(1), 10) || null;
    else if (line === `n127.0.0.1:${peerPort}->127.0.0.1:${ownPort}`) return pid;
  }
  return null;
}

/** `ps -o ppid=,comm=`: the parent's number and the whole path of the file, which may hold spaces. */
export function parsePs(text: string): { parent: number; path: string } {
  const [, parent = '0', path = ''] = /^\s*(\d+)\s+(.*?)\s*$/m.exec(text) ?? [];
  return { parent: Number.parseInt(parent, 10), path };
}
