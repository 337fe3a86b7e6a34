import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

const searchMs = 1_500;

/** Who listens on a TCP port of this machine, e.g. `node (pid 4711)`; null when the system does not tell. Never rejects. */
export async function findPortHolder(port: number): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), searchMs);
  });
  try {
    return await Promise.race([search(port), timeout]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

function search(port: number): Promise<string | null> {
  if (process.platform === 'linux') return searchProc(port);
  if (process.platform === 'win32') return searchWindows(port);
  return searchLsof(port);
}

async function searchProc(port: number): Promise<string | null> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  const links = new Set(
    tables.flatMap((table) => readListeningInodes(table, port)).map((inode) => `socket:[${inode}]`),
  );
  if (links.size === 0) return null;
  for (const pid of await readdir('/proc')) {
    if (!/^[0-9]+$/.test(pid)) continue;
    // Other users' processes show no descriptors; they are passed over.
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const link = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      if (links.has(link)) return describe(await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => ''), pid);
    }
  }
  return null;
}

async function searchLsof(port: number): Promise<string | null> {
  return readLsof(await run('/usr/sbin/lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']));
}

async function searchWindows(port: number): Promise<string | null> {
  const system = join(process.env.SystemRoot ?? 'C:\\Windows', 'System32');
  const pid = readNetstat(await run(join(system, 'netstat.exe'), ['-ano', '-p', 'TCP']), port);
  if (pid === null) return null;
  const list = await run(join(system, 'tasklist.exe'), ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']).catch(() => '');
  return describe(/^"([^"]*)"/m.exec(list)?.[1] ?? '', pid);
}

/** Inodes of the sockets that listen on `port`, from the text of /proc/net/tcp or tcp6 (proc(5)). */
export function readListeningInodes(table: string, port: number): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(`:${hexPort}`) === true && columns[3] === '0A')
    .flatMap((columns) => columns[9] ?? []);
}

/** The first process in the output of `lsof -Fpc`. */
export function readLsof(output: string): string | null {
  const pid = /^p([0-9]+)$/m.exec(output)?.[1];
  return pid === undefined ? null : describe(/^c(.*)$/m.exec(output)?.[1] ?? '', pid);
}

/** The process id that listens on `port`, from the output of `netstat -ano -p TCP`. */
export function readNetstat(output: string, port: number): string | null {
  for (const line of output.split('\n')) {
    const columns = line.trim().split(/\s+/);
    // The state is a translated word; a listener is known by its peer, port 0.
    const [protocol, local, peer] = columns;
    if (protocol === 'TCP' && local?.endsWith(`:${port}`) === true && peer?.endsWith(':0') === true)
      return columns.at(-1) ?? null;
  }
  return null;
}

/** A program's name is its own choice: only plain characters of it are shown. */
function describe(name: string, pid: string): string {
  const plain = name
    .replace(/[^\x20-\x7e]/g, '')
    .trim()
    .slice(0, 64);
  return `${plain === '' ? 'a program' : plain} (pid ${pid})`;
}

function run(file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { timeout: searchMs, windowsHide: true, maxBuffer: 4 * 1024 * 1024 }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(error);
    });
  });
}
