import { metaKeys } from '../eras/modern-methods.ts';
import type { JsonObject, RpcErrorBody } from '../wire/json-rpc.ts';
import type { FaultMaker } from './faults.ts';
import type { LinkEvents, LinkFault } from './link.ts';
import { isObject } from './messages.ts';

export interface SubscriptionPorts {
  /** What the server said it can do. */
  capabilities: JsonObject;
  /** The resources subscribed to; kept up to date here. */
  uris: Set<string>;
  /** The tasks somebody wants to hear of; kept up to date here. */
  tasks: Set<string>;
  events: LinkEvents;
  makeFault: FaultMaker;
  note(text: string): void;
  nextId(): number;
  /** Starts `subscriptions/listen` under this id; returns what ends it. */
  open(id: number, notifications: JsonObject): () => void;
}

/** How a listen stream ended. `refusal`: the server's own error; null: the stream broke or was closed. */
export interface ListenEnd {
  refusal: RpcErrorBody | null;
}

/** What is wanted by name, as the memory of the link calls it. */
type Kind = 'uris' | 'tasks';

/** The member of the filter that names them. */
const members = { uris: 'resourceSubscriptions', tasks: 'taskIds' } as const satisfies Record<Kind, string>;

interface Listen {
  id: number;
  wanted: Record<Kind, readonly string[]>;
  isAcknowledged: boolean;
  close(): void;
  /** What it replaces runs on until it is acknowledged, so that nothing is missed between. */
  before: Listen | null;
}

interface Waiter {
  kind: Kind;
  name: string;
  resolve(): void;
  reject(fault: LinkFault): void;
}

const firstRetryMs = 1000;
const maxRetryMs = 60_000;
const listChanged = /^notifications\/(tools|prompts|resources)\/list_changed$/;

/**
 * Owner of the one `subscriptions/listen` of a modern link: list changes always, resources as they are subscribed to.
 * A broken one is opened again, each time later; a refused one is not.
 */
export class Subscriptions {
  readonly #ports: SubscriptionPorts;
  readonly #wanted: Record<Kind, Set<string>>;
  readonly #listens = new Map<number, Listen>();
  readonly #waiters = new Set<Waiter>();
  #current: Listen | null = null;
  #retryTimer: NodeJS.Timeout | null = null;
  #retryMs = firstRetryMs;
  #isRenewalDue = false;
  #isClosed = false;

  constructor(ports: SubscriptionPorts) {
    this.#ports = ports;
    this.#wanted = { uris: ports.uris, tasks: ports.tasks };
  }

  start(): void {
    this.#renew();
  }

  /** Resolves when the server acknowledged; rejects with a `LinkFault`. */
  subscribe(uri: string, timeoutMs: number): Promise<void> {
    return this.#want('uris', uri, timeoutMs);
  }

  unsubscribe(uri: string): void {
    if (this.#wanted.uris.delete(uri)) this.#renew();
  }

  /** Like `subscribe`, for the news of a task. */
  followTask(taskId: string, timeoutMs: number): Promise<void> {
    return this.#want('tasks', taskId, timeoutMs);
  }

  unfollowTask(taskId: string): void {
    if (this.#wanted.tasks.delete(taskId)) this.#renew();
  }

  owns(id: unknown): id is number {
    return typeof id === 'number' && this.#listens.has(id);
  }

  take(id: number, method: string, params: JsonObject): void {
    const listen = this.#listens.get(id);
    if (listen === undefined) return;
    const { events } = this.#ports;
    const kind = listChanged.exec(method)?.[1];
    if (method === 'notifications/subscriptions/acknowledged') this.#acknowledged(listen, params.notifications);
    else if (kind !== undefined) events.onListChanged(kind as 'tools' | 'prompts' | 'resources');
    else events.onNotification(method, withoutSubscription(params));
  }

  ended(id: number, { refusal }: ListenEnd): void {
    const listen = this.#listens.get(id);
    if (listen === undefined || this.#isClosed) return;
    this.#listens.delete(id);
    if (this.#current !== listen) return;
    // What it should have replaced still runs, unless it ended before.
    this.#current = listen.before !== null && this.#listens.has(listen.before.id) ? listen.before : null;
    if (refusal === null) this.#retryLater();
    else this.#refused(listen, refusal);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopRetry();
    this.#drop(this.#current);
    this.#rejectWaiters(() => true, this.#ports.makeFault('exited', closedWords));
  }

  #want(kind: Kind, name: string, timeoutMs: number): Promise<void> {
    const current = this.#current;
    if (current?.isAcknowledged && current.wanted[kind].includes(name)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        settle();
      };
      const waiter: Waiter = {
        ...{ kind, name },
        resolve: () => end(resolve),
        reject: (fault) => end(() => reject(fault)),
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        this.#wanted[kind].delete(name);
        reject(this.#ports.makeFault('timeout', silentWords));
      }, timeoutMs);
      this.#waiters.add(waiter);
      this.#wanted[kind].add(name);
      this.#renew();
    });
  }

  /** Opens one with the filter as it is now; several changes of one turn make one listen. */
  #renew(): void {
    if (this.#isRenewalDue || this.#isClosed) return;
    this.#isRenewalDue = true;
    queueMicrotask(() => {
      this.#isRenewalDue = false;
      if (!this.#isClosed) this.#listen();
    });
  }

  #listen(): void {
    this.#stopRetry();
    const filter = describeFilter(this.#ports.capabilities, this.#wanted);
    const before = this.#current;
    if (Object.keys(filter).length === 0) {
      this.#drop(before);
      this.#current = null;
      return;
    }
    const id = this.#ports.nextId();
    const listen: Listen = { id, wanted: this.#copyWanted(), isAcknowledged: false, close: () => {}, before };
    this.#listens.set(id, listen);
    this.#current = listen;
    listen.close = this.#ports.open(id, filter);
  }

  #copyWanted(): Listen['wanted'] {
    return { uris: [...this.#wanted.uris], tasks: [...this.#wanted.tasks] };
  }

  /** `honoured`: the part of the filter the server agreed to. */
  #acknowledged(listen: Listen, honoured: unknown): void {
    if (listen.isAcknowledged) return;
    listen.isAcknowledged = true;
    this.#retryMs = firstRetryMs;
    this.#drop(listen.before);
    listen.before = null;
    for (const waiter of [...this.#waiters]) {
      if (!isFor(waiter, listen) || !isHonoured(waiter, honoured)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
    const fault = this.#ports.makeFault('protocol', refusedWords);
    this.#rejectWaiters((waiter) => isFor(waiter, listen), fault);
  }

  #refused(listen: Listen, error: RpcErrorBody): void {
    const { makeFault, note } = this.#ports;
    note(`The server refused subscriptions/listen: ${error.code}.`);
    const detail = `${error.code}: ${error.message.slice(0, 2000)}`;
    this.#rejectWaiters((waiter) => isFor(waiter, listen), makeFault('protocol', { ...refusedWords, detail }));
  }

  #rejectWaiters(isMeant: (waiter: Waiter) => boolean, fault: LinkFault): void {
    for (const waiter of [...this.#waiters]) {
      if (!isMeant(waiter)) continue;
      this.#waiters.delete(waiter);
      this.#wanted[waiter.kind].delete(waiter.name);
      waiter.reject(fault);
    }
  }

  #drop(listen: Listen | null): void {
    for (let at = listen; at !== null; at = at.before) {
      if (this.#listens.delete(at.id)) at.close();
    }
  }

  #retryLater(): void {
    if (this.#isClosed || this.#retryTimer !== null) return;
    this.#retryTimer = setTimeout(() => this.#listen(), this.#retryMs);
    this.#retryTimer.unref();
    this.#retryMs = Math.min(this.#retryMs * 2, maxRetryMs);
  }

  #stopRetry(): void {
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
  }
}

const silentWords = {
  message: 'The server did not acknowledge subscriptions/listen in time.',
  fix: 'Try again; if it stays, look into the log of the server.',
};
const closedWords = { message: 'The connection was closed.', fix: 'Call again: it opens with the next call.' };
const refusedWords = {
  message: 'The server refused subscriptions/listen.',
  fix: 'Nothing to do: it sends no notices about this.',
};

/** A server that does not say what it agreed to is taken at its word to the whole. */
function isHonoured({ kind, name }: Waiter, honoured: unknown): boolean {
  if (!isObject(honoured)) return true;
  const named = honoured[members[kind]];
  return Array.isArray(named) && named.includes(name);
}

function isFor({ kind, name }: Waiter, listen: Listen): boolean {
  return listen.wanted[kind].includes(name);
}

/** Only what the server offers is asked for; an empty filter would be a stream on which nothing can come. */
function describeFilter(capabilities: JsonObject, wanted: Record<Kind, ReadonlySet<string>>): JsonObject {
  const changes = (name: string) => {
    const capability = capabilities[name];
    return isObject(capability) && capability.listChanged === true;
  };
  return {
    ...(changes('tools') ? { toolsListChanged: true } : {}),
    ...(changes('prompts') ? { promptsListChanged: true } : {}),
    ...(changes('resources') ? { resourcesListChanged: true } : {}),
    ...(wanted.uris.size > 0 ? { [members.uris]: [...wanted.uris] } : {}),
    ...(wanted.tasks.size > 0 ? { [members.tasks]: [...wanted.tasks] } : {}),
  };
}

/** The id is of our own listen and means nothing to anybody else. */
function withoutSubscription(params: JsonObject): JsonObject {
  const { _meta: meta, ...others } = params;
  if (!isObject(meta) || !(metaKeys.subscriptionId in meta)) return params;
  const { [metaKeys.subscriptionId]: _id, ...rest } = meta;
  return Object.keys(rest).length === 0 ? others : { ...others, _meta: rest };
}
