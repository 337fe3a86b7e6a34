import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const toolTimeoutMs = 5000;

/**
 * The process and everything it started that still runs, itself first. On Windows only the process itself: nothing there
 * tells parents cheaply.
 */
export async function readProcessTree(pid: number): Promise<number[]> {
  const parents = await readParents().catch(() => new Map<number, number>());
  const tree = [pid];
  const known = new Set(tree);
  for (const member of tree) {
    for (const [child, parent] of parents) {
      if (parent !== member || known.has(child)) continue;
      known.add(child);
      tree.push(child);
    }
  }
  return tree;
}

/** Parent by process id. */
async function readParents(): Promise<Map<number, number>> {
  if (process.platform === 'linux') return readProcParents();
  if (process.platform === 'win32') return new Map();
  const { stdout } = await run('/bin/ps', ['-A', '-o', 'pid=,ppid='], { timeout: toolTimeoutMs });
  const lines = stdout.trim().split('\n');
  return new Map(lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]));
}

async function readProcParents(): Promise<Map<number, number>> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const pairs = await Promise.all(
    names.map(async (name): Promise<[number, number] | null> => {
      const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => null);
      // The program's name in brackets may hold spaces and brackets; the state and then the parent follow it.
      const parent = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
      return parent === undefined ? null : [Number(name), Number(parent)];
    }),
  );
  return new Map(pairs.filter((pair) => pair !== null));
}
