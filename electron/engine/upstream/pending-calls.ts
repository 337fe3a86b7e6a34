import type { LogLevel } from '../eras/log-levels.ts';
import type { JsonObject, JsonValue, RawResponse } from '../wire/json-rpc.ts';
import { cancelledFault, type FaultMaker } from './faults.ts';
import type { CallIo, LinkFault } from './link.ts';

/** The governed call a request was sent for. */
export interface CallInFlight {
  agentId: string;
  io: CallIo;
  /** The agent's own progress token; undefined when it gave none. */
  agentToken: JsonValue | undefined;
  /** Log messages below this level are not for this call; null: none is; undefined: the session decides (legacy agents). */
  minLogLevel: LogLevel | null | undefined;
  /** It asks for a task, whose progress goes on after the answer under the same token (2025-11-25, progress). */
  asksForTask?: boolean;
}

export interface PendingIo {
  method: string;
  signal: AbortSignal | null;
  /** Milliseconds without an answer; progress restarts it. */
  timeoutMs: number;
  /** Null for housekeeping. */
  call: CallInFlight | null;
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
  /**
   * Relays a `notifications/progress` of the server to the call its token belongs to. Gives it back, with the agent's own
   * token, when that call was answered with a task.
   */
  relayProgress(params: JsonObject): JsonObject | null;
  /** The only id that is waited for; null when there are none or several. */
  onlyId(): number | null;
  callOf(id: number): CallInFlight | null;
  /** Calls in flight, oldest first. */
  calls(): CallInFlight[];
  /** Stops the clock of one request, or of all (null), while somebody is asked; returns what starts it anew. */
  standStill(id: number | null): () => void;
}

interface Entry {
  io: PendingIo;
  timer: NodeJS.Timeout | null;
  /** How many questions the clock stands still for. */
  questions: number;
  finish(): void;
  resolve(response: RawResponse): void;
  reject(fault: LinkFault): void;
}

/** Tasks of one connection whose progress is still passed on. */
const maxLasting = 1_000;

/** The agents' own progress tokens of calls that became tasks, by the id these were sent under. */
function createLastingTokens() {
  const tokens = new Map<number, JsonValue>();
  return {
    of: (id: number) => tokens.get(id),
    keep(id: number, token: JsonValue | undefined) {
      if (token !== undefined) tokens.set(id, token);
      const [oldest] = tokens.keys();
      if (tokens.size > maxLasting && oldest !== undefined) tokens.delete(oldest);
    },
  };
}

export function createPendingCalls(
  makeFault: FaultMaker,
  /** The caller gave up or time ran out: tell the server. Called once, before the rejection. */
  onAbandoned: (id: number, method: string, reason: string) => void,
): PendingCalls {
  const entries = new Map<number, Entry>();
  const lasting = createLastingTokens();
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

  const startTimer = (id: number, io: PendingIo) => setTimeout(() => onTimeout(id, io), io.timeoutMs);

  function pause(entry: Entry): void {
    entry.questions++;
    if (entry.timer !== null) clearTimeout(entry.timer);
    entry.timer = null;
  }

  function unpause(id: number, entry: Entry): void {
    entry.questions--;
    if (entry.questions === 0 && entries.get(id) === entry) entry.timer = startTimer(id, entry.io);
  }

  return {
    get size() {
      return entries.size;
    },
    nextId: () => ++lastId,
    wait(id, io) {
      return new Promise((resolve, reject) => {
        const onAbort = () => abandon(id, 'The caller cancelled this request.', cancelledFault(makeFault));
        const entry: Entry = { io, timer: startTimer(id, io), questions: 0, finish, resolve, reject };
        function finish(): void {
          if (entry.timer !== null) clearTimeout(entry.timer);
          io.signal?.removeEventListener('abort', onAbort);
        }
        entries.set(id, entry);
        io.signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
    settle(id, response) {
      const entry = take(id);
      if (entry?.io.call?.asksForTask) lasting.keep(id, entry.io.call.agentToken);
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
      if (typeof token !== 'number') return null;
      const entry = entries.get(token);
      const late = lasting.of(token);
      if (entry === undefined) return late === undefined ? null : { ...params, progressToken: late };
      const { call } = entry.io;
      if (call === null || call.agentToken === undefined) return null;
      entry.timer?.refresh();
      call.io.onProgress({ ...params, progressToken: call.agentToken });
      return null;
    },
    onlyId() {
      if (entries.size !== 1) return null;
      return entries.keys().next().value ?? null;
    },
    callOf: (id) => entries.get(id)?.io.call ?? null,
    calls() {
      const calls: CallInFlight[] = [];
      for (const entry of entries.values()) if (entry.io.call !== null) calls.push(entry.io.call);
      return calls;
    },
    standStill(only) {
      const paused = [...entries].filter(([id]) => only === null || id === only);
      for (const [, entry] of paused) pause(entry);
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        for (const [id, entry] of paused) unpause(id, entry);
      };
    },
  };
}

function describeTime(ms: number): string {
  return ms >= 1000 ? `${Math.round(ms / 1000)} s` : `${ms} ms`;
}
