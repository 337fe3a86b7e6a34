import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ends, PeerLookup, ProcessFacts } from './peer-process.ts';

/** A process and so many parents. */
const maxChain = 6;
/** Command lines are read up to so many characters; only the first words are looked at. */
const maxWords = 16;

/**
 * Reads the kernel's own tables: the peer's end of the connection has an inode, and the process that holds it has a file
 * descriptor on it. Only processes of this user can be looked into; any other stays unknown.
 * @param root `/proc`, another folder only in tests
 */
export function createLinuxLookup(root = '/proc'): PeerLookup {
  /** Who was found before, newest first: agents open connection after connection. */
  let recent: number[] = [];
  return async (ends) => {
    const inode = await findInode(root, ends);
    if (inode === null) return [];
    const pid = (await findHolder(root, inode, recent)) ?? (await findHolder(root, inode, await newestFirst(root)));
    if (pid === null) return [];
    recent = [pid, ...recent.filter((other) => other !== pid)].slice(0, 8);
    return readChain(root, pid);
  };
}

async function findInode(root: string, ends: Ends): Promise<string | null> {
  for (const table of ['tcp', 'tcp6']) {
    const text = await readFile(join(root, 'net', table), 'latin1').catch(() => '');
    const inode = parseTcpTable(text, ends);
    if (inode !== null) return inode;
  }
  return null;
}

/** Established, in the kernel's numbers. */
const established = '01';

/**
 * The inode of the peer's socket in `/proc/net/tcp` or `tcp6`; null: not in it. Addresses are hexadecimal in the byte order
 * of the machine, so only ports and the family's loopback are compared.
 */
export function parseTcpTable(text: string, { peerPort, ownPort }: Ends): string | null {
  // a busy system has thousands of lines, and this runs for every new connection: only those with the port are read
  const mark = `:${peerPort.toString(16).toUpperCase().padStart(4, '0')} `;
  for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + mark.length)) {
    const end = text.indexOf('\n', at);
    const line = text.slice(text.lastIndexOf('\n', at) + 1, end === -1 ? undefined : end);
    const [, local = '', remote = '', state = '', , , , , , inode = '0'] = line.trim().split(/\s+/);
    if (state !== established || inode === '0') continue;
    if (portOf(local) === peerPort && portOf(remote) === ownPort && isLoopback(local) && isLoopback(remote))
      return inode;
  }
  return null;
}

function portOf(end: string): number {
  return Number.parseInt(end.slice(end.indexOf(':') + 1), 16);
}

/** 127.0.0.0/8, and the same mapped into IPv6, in either byte order. */
function isLoopback(end: string): boolean {
  const address = end.slice(0, end.indexOf(':')).slice(-8);
  return address.endsWith('7F') || address.startsWith('7F');
}

async function newestFirst(root: string): Promise<number[]> {
  const names = await readdir(root);
  return names
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => b - a);
}

async function findHolder(root: string, inode: string, pids: readonly number[]): Promise<number | null> {
  for (const pid of pids) if (await holds(root, pid, inode)) return pid;
  return null;
}

async function holds(root: string, pid: number, inode: string): Promise<boolean> {
  const folder = join(root, String(pid), 'fd');
  const uid = process.getuid?.();
  try {
    if (uid !== 0 && uid !== undefined && (await stat(join(root, String(pid)))).uid !== uid) return false;
    const target = `socket:[${inode}]`;
    const links = await Promise.all((await readdir(folder)).map((fd) => readlink(join(folder, fd)).catch(() => '')));
    return links.includes(target);
  } catch {
    // gone meanwhile, or another user's
    return false;
  }
}

async function readChain(root: string, first: number): Promise<ProcessFacts[]> {
  const chain: ProcessFacts[] = [];
  let pid = first;
  while (pid > 0 && chain.length < maxChain) {
    const folder = join(root, String(pid));
    const path = await readlink(join(folder, 'exe')).catch(() => '');
    const line = await readFile(join(folder, 'cmdline'), 'utf8').catch(() => '');
    chain.push({ pid, path, words: line.split('\0').slice(0, maxWords) });
    pid = parseParent(await readFile(join(folder, 'stat'), 'latin1').catch(() => ''));
  }
  return chain;
}

/** The parent in `/proc/<pid>/stat`; 0: none. The name in brackets may itself hold brackets and spaces. */
export function parseParent(stat: string): number {
  const [, parent = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number.parseInt(parent, 10) || 0;
}
