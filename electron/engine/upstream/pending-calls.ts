import type { JsonObject, JsonValue, RawResponse } from '../wire/json-rpc.ts';
import { cancelledFault, type FaultMaker } from './faults.ts';
import type { LinkFault } from './link.ts';

export interface PendingIo {
  method: string;
  signal: AbortSignal | null;
  /** Milliseconds without an answer; progress restarts it. */
  timeoutMs: number;
  /** Gets progress whose token was ours, with the token the agent gave. */
  progress: { agentToken: JsonValue; relay(params: JsonObject): void } | null;
}

/** What a link waits for: one entry per request it sent, by the id it gave. */
export interface PendingCalls {
  readonly size: number;
  nextId(): number;
  /** Starts to wait; rejects with a `LinkFault`. */
  wait(id: number, io: PendingIo): Promise<RawResponse>;
  /** False when nothing waits for this id: late, or never asked. */
  settle(id: number, response: RawResponse): boolean;
  fail(id: number, fault: LinkFault): boolean;
  failAll(fault: LinkFault): void;
  /** Relays a `notifications/progress` of the server to the call its token belongs to. */
  relayProgress(params: JsonObject): void;
  /** The only id that is waited for; null when there are none or several. */
  onlyId(): number | null;
}

interface Entry {
  io: PendingIo;
  timer: NodeJS.Timeout;
  finish(): void;
  resolve(response: RawResponse): void;
  reject(fault: LinkFault): void;
}

export function createPendingCalls(
  makeFault: FaultMaker,
  /** The caller gave up or time ran out: tell the server. Called once, before the rejection. */
  onAbandoned: (id: number, method: string, reason: string) => void,
): PendingCalls {
  const entries = new Map<number, Entry>();
  let lastId = 0;

  function take(id: number): Entry | undefined {
    const entry = entries.get(id);
    if (entry === undefined) return undefined;
    entries.delete(id);
    entry.finish();
    return entry;
  }

  function abandon(id: number, reason: string, fault: LinkFault): void {
    const entry = take(id);
    if (entry === undefined) return;
    onAbandoned(id, entry.io.method, reason);
    entry.reject(fault);
  }

  function onTimeout(id: number, io: PendingIo): void {
    const fault = makeFault('timeout', {
      message: `The server did not answer ${io.method} within ${describeTime(io.timeoutMs)}.`,
      fix: 'Try again; if the server is slow by nature, give it more time in its settings.',
    });
    abandon(id, 'The time for this request is over.', fault);
  }

  return {
    get size() {
      return entries.size;
    },
    nextId: () => ++lastId,
    wait(id, io) {
      return new Promise((resolve, reject) => {
        const onAbort = () => abandon(id, 'The caller cancelled this request.', cancelledFault(makeFault));
        const timer = setTimeout(() => onTimeout(id, io), io.timeoutMs);
        const finish = () => {
          clearTimeout(timer);
          io.signal?.removeEventListener('abort', onAbort);
        };
        entries.set(id, { io, timer, finish, resolve, reject });
        io.signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
    settle(id, response) {
      const entry = take(id);
      entry?.resolve(response);
      return entry !== undefined;
    },
    fail(id, fault) {
      const entry = take(id);
      entry?.reject(fault);
      return entry !== undefined;
    },
    failAll(fault) {
      for (const id of [...entries.keys()]) take(id)?.reject(fault);
    },
    relayProgress(params) {
      const token = params.progressToken;
      const entry = typeof token === 'number' ? entries.get(token) : undefined;
      if (!entry?.io.progress) return;
      entry.timer.refresh();
      entry.io.progress.relay({ ...params, progressToken: entry.io.progress.agentToken });
    },
    onlyId() {
      if (entries.size !== 1) return null;
      return entries.keys().next().value ?? null;
    },
  };
}

function describeTime(ms: number): string {
  return ms >= 1000 ? `${Math.round(ms / 1000)} s` : `${ms} ms`;
}
