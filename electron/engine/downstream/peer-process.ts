import type { Socket } from 'node:net';
import type { CallingProcess } from '../../shared/index.ts';
import type { AgentIdentity, Caller } from '../exchange.ts';
import { skipShim } from './own-shim.ts';
import { createLinuxLookup } from './peer-linux.ts';
import { lookUpOnMac } from './peer-macos.ts';
import { lookUpOnWindows } from './peer-windows.ts';

/** One process as the system tells it. `words` of its command line are looked at here and go nowhere else. */
export interface ProcessFacts {
  pid: number;
  /** The file it runs; empty where the system does not tell. */
  path: string;
  words: readonly string[];
}

/** The two ends of a connection, seen from here: the other side's port and our own, both on the loopback. */
export interface Ends {
  peerPort: number;
  ownPort: number;
}

/** The process at the other end, then its parents, nearest first; empty when it cannot be found. May reject. */
export type PeerLookup = (ends: Ends) => Promise<ProcessFacts[]>;

/** Tells which program each connection comes from. */
export interface Peers {
  /** Begins the lookup when the socket is new; once for each socket. */
  of(socket: Socket, agent: AgentIdentity): Caller;
}

/** Lookups that wait; a flood of connections is left unknown, which counts as unexpected where a program is expected. */
const maxWaiting = 128;
/** One lookup, milliseconds; the slowest way is a PowerShell that has to start. */
const lookupMs = 10_000;

/** @param onNew a connection came up, its lookup has begun */
export function createPeers(
  onNew: (agent: AgentIdentity, caller: Caller) => void,
  lookUp: PeerLookup | null = lookupOf(process.platform),
): Peers {
  const known = new WeakMap<Socket, Caller>();
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  /** One after the other: a lookup reads all of the system's connections or starts a program. */
  const find = async (ends: Ends): Promise<CallingProcess | null> => {
    if (lookUp === null || waiting >= maxWaiting) return null;
    waiting += 1;
    const turn = last.then(() => withinTime(lookUp(ends)));
    last = turn.catch(() => {});
    try {
      return skipShim(await turn);
    } catch {
      return null;
    } finally {
      waiting -= 1;
    }
  };

  return {
    of(socket, agent) {
      const before = known.get(socket);
      if (before) return before;
      const { remotePort, localPort } = socket;
      const isGone = remotePort === undefined || localPort === undefined;
      const caller = createCaller(isGone ? Promise.resolve(null) : find({ peerPort: remotePort, ownPort: localPort }));
      known.set(socket, caller);
      onNew(agent, caller);
      return caller;
    },
  };
}

function createCaller(looking: Promise<CallingProcess | null>): Caller {
  let found: CallingProcess | null = null;
  let isSettled = false;
  const ready = looking.then((result) => {
    found = result;
    isSettled = true;
  });
  return {
    current: () => found,
    isSettled: () => isSettled,
    ready: () => ready,
  };
}

function withinTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the lookup took too long')), lookupMs);
    timer.unref();
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function lookupOf(platform: NodeJS.Platform): PeerLookup | null {
  if (platform === 'linux') return createLinuxLookup();
  if (platform === 'darwin') return lookUpOnMac;
  return platform === 'win32' ? lookUpOnWindows : null;
}
