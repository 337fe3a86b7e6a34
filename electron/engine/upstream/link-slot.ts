import type { ServerStatus } from '../../shared/index.ts';
import { cancelledFault, type FaultMaker, toLinkFault } from './faults.ts';
import type { LinkFault, UpstreamLink } from './link.ts';
import type { LinkMemory } from './open-context.ts';
import { createRestartBackoff } from './restart-backoff.ts';
import type { ServerLink } from './server-link.ts';

export interface LinkSlotPorts {
  now(): number;
  makeFault: FaultMaker;
  note(text: string): void;
  /** Milliseconds without a call after which the link is stopped. */
  idleMs: number;
  /** What an earlier run left behind is ended before anything new starts. */
  reaped: Promise<unknown>;
  open(signal: AbortSignal, memory: LinkMemory): Promise<ServerLink>;
  /** Somebody else keeps the server awake. */
  isHeld(): boolean;
  /** Status, error or link changed. */
  onChanged(): void;
  onConnected(link: ServerLink): void;
  /** A start failed (`uptimeMs` 0) or a running link broke. */
  onFailed(fault: LinkFault, uptimeMs: number): void;
}

const maxRevivals = 10;
const minReviveMs = 500;

/** Owner of one link: starts it once, stops it when idle, and remembers why it failed. */
export class LinkSlot {
  status: Exclude<ServerStatus, 'off'> = 'idle';
  lastError: LinkFault['fault'] | null = null;
  link: ServerLink | null = null;
  /** Kept over restarts of the link. */
  readonly memory: LinkMemory = { uris: new Set(), tasks: new Set(), logLevel: null };
  /** `now()` of the last request for the link; the least recent is given up first. */
  usedAt: number;
  readonly #ports: LinkSlotPorts;
  readonly #backoff: ReturnType<typeof createRestartBackoff>;
  #starting: { done: Promise<ServerLink>; abort: AbortController } | null = null;
  #ending: Promise<void> = Promise.resolve();
  #inFlight = 0;
  #isRetired = false;
  #idleTimer: NodeJS.Timeout | null = null;
  #idleStopAt = 0;
  #reviveTimer: NodeJS.Timeout | null = null;
  #revivals = 0;

  constructor(ports: LinkSlotPorts) {
    this.#ports = ports;
    this.#backoff = createRestartBackoff(ports.now);
    this.usedAt = ports.now();
  }

  /** The link, started when it does not run; one start at a time. Throws a `LinkFault`. */
  async get(signal: AbortSignal): Promise<ServerLink> {
    const { makeFault } = this.#ports;
    if (signal.aborted) throw cancelledFault(makeFault);
    this.usedAt = this.#ports.now();
    this.#revivals = 0;
    return this.#open(signal);
  }

  async #open(signal: AbortSignal): Promise<ServerLink> {
    const { makeFault } = this.#ports;
    if (this.link !== null) return this.link;
    if (this.#starting === null) {
      this.#refuseDuringBackoff();
      this.#starting = this.#begin();
    }
    return untilAborted(this.#starting.done, signal, () => cancelledFault(makeFault));
  }

  /** Milliseconds until a call may start it again; 0: now. */
  get retryInMs(): number {
    return this.link === null ? this.#backoff.waitMs() : 0;
  }

  /** When it is stopped if nothing comes; null: it does not run, or is at work. */
  get idleStopAt(): number | null {
    return this.link !== null && this.isIdle ? this.#idleStopAt : null;
  }

  get isLive(): boolean {
    return this.link !== null || this.#starting !== null;
  }

  /** Nobody would miss it now. */
  get isIdle(): boolean {
    return this.#starting === null && this.#inFlight === 0 && !this.#isListenedTo;
  }

  get #isListenedTo(): boolean {
    return this.memory.uris.size + this.memory.tasks.size > 0;
  }

  /** A person changed something: old failures count no more. */
  forgive(): void {
    this.#backoff.reset();
  }

  /** A past failure is told no more; it still counts for when the next start is allowed. */
  settle(): void {
    if (this.status === 'failing') this.status = 'idle';
  }

  stopLink(): void {
    this.#stopIdleTimer();
    this.#stopReviveTimer();
    const starting = this.#starting;
    const link = this.link;
    this.#starting = null;
    this.link = null;
    starting?.abort.abort();
    const ends = [this.#ending, link?.close(), starting?.done.catch(() => {})];
    this.#ending = Promise.all(ends).then(() => {});
    this.status = 'idle';
    if (link !== null || starting !== null) this.#ports.onChanged();
  }

  /**
   * Gives the link up for another one: at once when nothing runs over it, else when the last call is done. Returns whether
   * that is now.
   */
  retire(): boolean {
    this.#isRetired = true;
    if (this.#inFlight > 0) return false;
    this.stopLink();
    return true;
  }

  /** Resolves when nothing of the link runs any more. */
  async stop(): Promise<void> {
    this.stopLink();
    await this.#ending;
  }

  /** Counts the idle time from now on. */
  touch(): void {
    this.#stopIdleTimer();
    if (this.link === null) return;
    this.#idleStopAt = this.#ports.now() + this.#ports.idleMs;
    this.#idleTimer = setTimeout(() => {
      if (!this.isIdle || this.#ports.isHeld()) return this.touch();
      this.#ports.note('Stopped: no calls for a while. The next call starts it again.');
      this.stopLink();
    }, this.#ports.idleMs);
    this.#idleTimer.unref();
  }

  #begin(): { done: Promise<ServerLink>; abort: AbortController } {
    const abort = new AbortController();
    const done = this.#start(abort.signal);
    // Waiters come and go; a start nobody waits for any more must not end the engine.
    done.catch(() => {});
    return { done, abort };
  }

  async #start(signal: AbortSignal): Promise<ServerLink> {
    const { makeFault, open, reaped } = this.#ports;
    // What ends from now on may include this very start, which must not wait for itself.
    const before = this.#ending;
    try {
      // Nothing is told before this await: a listener that asks for the link again must find this start.
      await reaped;
      if (!signal.aborted) this.#setStatus('starting');
      await before;
      if (signal.aborted) throw cancelledFault(makeFault);
      const link = await open(signal, this.memory);
      if (signal.aborted) {
        await link.close();
        throw cancelledFault(makeFault);
      }
      return this.#adopt(link);
    } catch (error) {
      const fault = toLinkFault(error, makeFault);
      if (!signal.aborted) this.#fail(fault, 0);
      throw fault;
    }
  }

  #adopt(opened: ServerLink): ServerLink {
    const link = this.#watch(opened);
    this.#starting = null;
    this.link = link;
    this.lastError = null;
    this.#setStatus('running');
    link.closed.then((fault) => {
      if (this.link !== link) return;
      this.link = null;
      const uptime = this.#ports.now() - link.startedAt;
      if (fault === null) this.#setStatus('idle');
      else this.#fail(this.#ports.makeFault(fault.code, fault), uptime);
      // Its process group may still be ending, and a new start waits for that.
      this.#ending = this.#ending.then(() => link.close());
    });
    this.touch();
    this.#ports.onConnected(link);
    return link;
  }

  /** The link as it is handed out: what runs over it keeps it awake. */
  #watch(link: ServerLink): ServerLink {
    const busy = async <T>(work: Promise<T>): Promise<T> => {
      this.#inFlight++;
      try {
        return await work;
      } finally {
        this.#inFlight--;
        if (this.#isRetired && this.#inFlight === 0) this.stopLink();
        else this.touch();
      }
    };
    const watched = <L extends UpstreamLink>(inner: L): L => ({
      ...inner,
      send: (call, io) => busy(inner.send(call, io)),
      request: (method, params, timeoutMs) => busy(inner.request(method, params, timeoutMs)),
    });
    return { ...watched(link), forUser: (capabilities, state) => watched(link.forUser(capabilities, state)) };
  }

  #fail(fault: LinkFault, uptimeMs: number): void {
    this.#starting = null;
    this.#stopIdleTimer();
    this.#backoff.failed(uptimeMs);
    this.lastError = fault.fault;
    this.#ports.onFailed(fault, uptimeMs);
    this.#setStatus('failing');
    this.#reviveLater();
  }

  /** Somebody waits for notices and makes no calls meanwhile: the link comes back by itself, some times. */
  #reviveLater(): void {
    if (!this.#isListenedTo || this.#revivals >= maxRevivals) return;
    this.#revivals++;
    this.#stopReviveTimer();
    const revive = () => void this.#open(new AbortController().signal).catch(() => {});
    this.#reviveTimer = setTimeout(revive, Math.max(minReviveMs, this.#backoff.waitMs()));
    this.#reviveTimer.unref();
  }

  #stopReviveTimer(): void {
    if (this.#reviveTimer !== null) clearTimeout(this.#reviveTimer);
    this.#reviveTimer = null;
  }

  #refuseDuringBackoff(): void {
    const waitMs = this.#backoff.waitMs();
    const last = this.lastError;
    if (waitMs <= 0 || last === null) return;
    const seconds = Math.ceil(waitMs / 1000);
    throw this.#ports.makeFault(last.code, { ...last, message: `${last.message} Next try in ${seconds} s.` });
  }

  #setStatus(status: LinkSlot['status']): void {
    this.status = status;
    this.#ports.onChanged();
  }

  #stopIdleTimer(): void {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    this.#idleTimer = null;
  }
}

/** The work goes on for others when this caller gives up. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal, makeFault: () => LinkFault): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(makeFault());
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
