import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import type { LogPort } from '../ports.ts';
import { killTree } from './kill-tree.ts';
import { identifyProcess, type ProcessIdentity } from './process-identity.ts';

/** One child as it is written down, so that the next engine can end it if this one was killed. */
interface ChildRecord {
  pid: number;
  serverId: string;
  /** Wall clock of the spawn, milliseconds since the epoch. */
  spawnedAt: number;
  exact: string | null;
  /** Words of the command; at least one must still be in the command line. */
  words: string[];
}

export interface ChildRegistry {
  /** Ends what a killed engine left behind; every record is checked before its process is touched. */
  reap(): Promise<number>;
  record(pid: number, serverId: string, command: readonly string[]): Promise<void>;
  forget(pid: number): Promise<void>;
  /** What runs for a server now, oldest first. */
  of(serverId: string): { pid: number; startedAt: number }[];
}

const fileName = 'children.json';
/** Systems other than Linux report start times to the second. */
const startToleranceMs = 3000;

/** `children.json` in the data folder, mode 0600, replaced atomically. Writes run one after the other. */
export function createChildRegistry(dataDir: string, log: LogPort): ChildRegistry {
  const file = path.join(dataDir, fileName);
  const records = new Map<number, ChildRecord>();
  let writes: Promise<void> = Promise.resolve();

  function save(): Promise<void> {
    writes = writes
      .then(() => writeAtomically(file, JSON.stringify([...records.values()])))
      .catch((error: Error) =>
        log.warn('The list of server processes could not be written.', { reason: error.message }),
      );
    return writes;
  }

  async function endIfSame(record: ChildRecord): Promise<boolean> {
    const now = await identifyProcess(record.pid);
    if (now === null || !isSameProcess(record, now)) return false;
    await killTree(record.pid);
    log.info('Ended a server process that an earlier run left behind.', { pid: record.pid, server: record.serverId });
    return true;
  }

  return {
    async reap() {
      const left = await readRecords(file);
      const ends = await Promise.all(left.map((record) => endIfSame(record)));
      if (left.length > 0) await save();
      return ends.filter((isEnded) => isEnded).length;
    },
    async record(pid, serverId, command) {
      const identity = await identifyProcess(pid);
      if (identity === null) return;
      records.set(pid, {
        pid,
        serverId,
        spawnedAt: Date.now(),
        exact: identity.exact,
        words: distinctiveWords(command),
      });
      await save();
    },
    of: (serverId) =>
      [...records.values()]
        .filter((record) => record.serverId === serverId)
        .map(({ pid, spawnedAt }) => ({ pid, startedAt: spawnedAt })),
    async forget(pid) {
      if (records.delete(pid)) await save();
    },
  };
}

function isSameProcess(record: ChildRecord, now: ProcessIdentity): boolean {
  const isSameStart =
    record.exact !== null || now.exact !== null
      ? record.exact === now.exact
      : now.startedAt !== null && Math.abs(now.startedAt - record.spawnedAt) <= startToleranceMs;
  return isSameStart && record.words.some((word) => now.commandLine.includes(word));
}

/** Programs rename themselves (npx shows as "npm exec …"), so any telling word of the command is enough. */
function distinctiveWords(command: readonly string[]): string[] {
  const words = command.map((word) => path.basename(word).replace(/\.(exe|cmd|bat)$/i, ''));
  return [...new Set(words.filter((word) => word.length >= 3 && word.length <= 200))].slice(0, 16);
}

async function readRecords(file: string): Promise<ChildRecord[]> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return Array.isArray(value) ? value.filter(isRecord) : [];
  } catch {
    return [];
  }
}

function isRecord(value: unknown): value is ChildRecord {
  const record = value as Partial<ChildRecord> | null;
  return (
    typeof record === 'object' &&
    record !== null &&
    Number.isSafeInteger(record.pid) &&
    (record.pid as number) > 1 &&
    typeof record.spawnedAt === 'number' &&
    typeof record.serverId === 'string' &&
    (record.exact === null || typeof record.exact === 'string') &&
    Array.isArray(record.words) &&
    record.words.every((word) => typeof word === 'string' && word.length >= 3)
  );
}

async function writeAtomically(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const next = `${file}.next`;
  const handle = await open(next, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(next, 0o600);
  await rename(next, file);
}
