import { readdirSync, readFileSync } from 'node:fs';

export interface RunningProcess {
  pid: number;
  parent: number;
  /** Command line and environment, NUL-separated as the system keeps them. */
  argv: string;
  environ: string;
}

/** Processes below `pid`, found in /proc; empty on systems without it. */
export function listDescendants(pid: number): RunningProcess[] {
  const all = listAll();
  const found: RunningProcess[] = [];
  for (let parents = [pid]; parents.length > 0; ) {
    const children = all.filter(({ parent }) => parents.includes(parent));
    found.push(...children);
    parents = children.map((child) => child.pid);
  }
  return found;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function listAll(): RunningProcess[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // The second field, the program's name, is in parentheses and may hold anything.
        const fields = read(name, 'stat')
          .replace(/^.*\) /s, '')
          .split(' ');
        return [
          { pid: Number(name), parent: Number(fields[1]), argv: read(name, 'cmdline'), environ: read(name, 'environ') },
        ];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}

function read(pid: string, file: string): string {
  return readFileSync(`/proc/${pid}/${file}`, 'latin1');
}
