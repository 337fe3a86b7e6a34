import { canAskClient, supportsAsk } from '../eras/ask-support.ts';
import { passesLevel } from '../eras/log-levels.ts';
import { isMultiRound, metaKeys } from '../eras/modern-methods.ts';
import { toModernReply } from '../eras/modern-result.ts';
import { progressTokenOf } from '../eras/request-meta.ts';
import type { AskAnswer, AskMethod, AskTies, Caller, Exchange } from '../exchange.ts';
import type { JsonObject, JsonValue, Reply, RpcErrorBody } from '../wire/json-rpc.ts';
import { rpcErrorCodes } from '../wire/json-rpc.ts';
import { serializeError, serializeNotification, serializeReply } from '../wire/serialize-reply.ts';
import type { AgentRequest } from './agent-request.ts';
import { answerExchange } from './answer-exchange.ts';
import type { Binding, Continuations, Parked } from './continuations.ts';
import type { DownstreamPorts } from './contract.ts';
import type { ListenerLimits } from './listener-limits.ts';
import { type ModernRequest, readInputResponses } from './modern-request.ts';
import type { ModernSlot } from './modern-slot.ts';
import { gone, late, tooMany } from './pending-asks.ts';
import { heldRequestMs } from './running-exchange.ts';

export interface ModernExchangeParts {
  ports: DownstreamPorts;
  limits: ListenerLimits;
  continuations: Continuations<ModernExchange>;
  serverInfo: JsonObject;
  onClosed(exchange: ModernExchange): void;
}

interface PendingAsk {
  method: AskMethod;
  params: JsonObject;
  resolve(answer: AskAnswer): void;
}

/** Not `__proto__`, which no request may hold, so nobody could answer it. */
const keyPattern = /^[A-Za-z0-9][\w.:/-]{0,127}$/;

/** All rounds of waiting for a person together, with room for the client's way back between them. */
const roundsPatienceMs = 8 * 60_000;

/**
 * One modern request and its retries: the exchange goes on while the HTTP answers it is given come and go. What is asked
 * in one turn of the event loop leaves in one `input_required` round; what comes up between rounds leaves with the next.
 */
export class ModernExchange implements Parked {
  readonly binding: Binding;
  readonly #parts: ModernExchangeParts;
  readonly #receivedAt: number;
  readonly #controller = new AbortController();
  readonly #asks = new Map<string, PendingAsk>();
  /** Answers the first request brought to questions that were not asked yet: each is good for one of its name. */
  readonly #early: JsonObject;
  /** The newest request: its id, progress token, log level and capabilities are the ones that count. */
  #request: ModernRequest;
  /** Behind the newest request: a retry may come from another program. */
  #caller: Caller;
  /** Null while it is parked. */
  #slot: ModernSlot | null = null;
  #reply: Reply | null = null;
  #isClosed = false;
  #isWaiting = false;
  #isFlushing = false;
  #askCount = 0;
  #rounds = 0;
  #waitRounds = 0;
  #roundTimer: NodeJS.Timeout | null = null;
  /** Since when this HTTP request is held, `performance.now()`. */
  #attachedAt = 0;

  constructor(
    parts: ModernExchangeParts,
    { agent, scope, receivedAt, caller }: Pick<AgentRequest, 'agent' | 'scope' | 'receivedAt' | 'caller'>,
    request: ModernRequest,
  ) {
    this.#parts = parts;
    this.#request = request;
    this.#receivedAt = receivedAt;
    this.#caller = caller;
    this.binding = { agent, scope, method: request.method, params: request.params };
    this.#early = isMultiRound(request.method) ? { ...(readInputResponses(request.params) ?? {}) } : {};
  }

  /** Hands the request to the engine; its answer goes to `slot`, or to the slot of a later retry. */
  start(slot: ModernSlot): void {
    this.#attach(slot);
    answerExchange(this.#parts.ports, this.#asExchange()).then((reply) => this.#settle(reply));
  }

  /** The agent came back with the answers to some, all or none of the questions. */
  resume(request: ModernRequest, slot: ModernSlot, responses: JsonObject, caller: Caller): void {
    this.#request = request;
    this.#caller = caller;
    this.#attach(slot);
    if (this.#reply !== null) {
      this.#finish(this.#reply);
      return;
    }
    for (const [key, ask] of [...this.#asks]) {
      const result = Object.hasOwn(responses, key) ? responses[key] : undefined;
      if (result === undefined) continue;
      this.#asks.delete(key);
      ask.resolve({ kind: 'result', result });
    }
    // What is missing is asked for again, rather than refused (mrtr, error handling).
    this.#flushSoon();
    this.#armRound();
  }

  /** The agent did not come back. */
  expire(): void {
    this.#cancel(late);
  }

  /** Ends it with an error to whoever waits for an answer. */
  terminate(status: number, error: RpcErrorBody): void {
    const slot = this.#slot;
    this.#cancel(gone);
    slot?.finish(status, [serializeError(slot.id, error)]);
  }

  #asExchange(): Exchange {
    const { agent, scope, method, params } = this.binding;
    const { id, session } = this.#request;
    return {
      era: 'modern',
      agent,
      session,
      scope,
      id,
      method,
      params,
      signal: this.#controller.signal,
      receivedAt: this.#receivedAt,
      caller: {
        current: () => this.#caller.current(),
        isSettled: () => this.#caller.isSettled(),
        ready: () => this.#caller.ready(),
      },
      patienceMs: isMultiRound(method) ? roundsPatienceMs : heldRequestMs,
      notify: (name, details) => this.#notify(name, details),
      canAsk: (asked) => this.#canAsk() && canAskClient(this.#request.session.clientCapabilities, asked),
      ask: (asked, details, ties) => this.#ask(asked, details, ties ?? {}),
      // A stream cannot be come back to in this era.
      rest: () => undefined,
      setWaiting: (isWaiting) => {
        this.#isWaiting = isWaiting;
        this.#armRound();
      },
    };
  }

  #attach(slot: ModernSlot): void {
    this.#slot = slot;
    this.#attachedAt = performance.now();
    slot.onGone(() => {
      if (this.#slot === slot) this.#cancel(gone);
    });
  }

  /** Notices while it is parked have no stream to go on, and are dropped. */
  #notify(method: string, params: JsonObject): void {
    if (this.#slot === null) return;
    if (method === 'notifications/progress') {
      const progressToken = progressTokenOf(this.#request.params);
      if (progressToken === null) return;
      this.#slot.notify(serializeNotification(method, { ...params, progressToken }));
      return;
    }
    const { logLevel } = this.#request;
    if (method === 'notifications/message' && (logLevel === null || !passesLevel(params.level, logLevel))) return;
    this.#slot.notify(serializeNotification(method, params));
  }

  #canAsk(): boolean {
    return !this.#isClosed && isMultiRound(this.binding.method);
  }

  #ask(method: AskMethod, params: JsonObject, { key, signal }: AskTies): Promise<AskAnswer> {
    if (!this.#canAsk() || !supportsAsk(this.#request.session.clientCapabilities, method, params)) {
      return Promise.resolve({ kind: 'unsupported' });
    }
    if (signal?.aborted === true) return Promise.resolve(gone);
    const early = this.#takeEarly(key);
    if (early !== undefined) return Promise.resolve({ kind: 'result', result: early });
    if (this.#asks.size >= this.#parts.limits.asksPerRequest) return Promise.resolve(tooMany);
    return new Promise((resolve) => {
      const name = this.#nameAsk(key);
      const ask = { method, params, resolve };
      this.#asks.set(name, ask);
      // One that has left in a round cannot be called back; whatever comes back for it answers nobody.
      const onAbort = () => {
        if (this.#asks.get(name) === ask) this.#asks.delete(name);
        resolve(gone);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#flushSoon();
    });
  }

  #takeEarly(key: string | undefined): JsonValue | undefined {
    if (key === undefined || !Object.hasOwn(this.#early, key)) return undefined;
    const answer = this.#early[key];
    delete this.#early[key];
    return answer;
  }

  /** The server's own name for the question where that is a plain one and still free. */
  #nameAsk(key: string | undefined): string {
    if (key !== undefined && keyPattern.test(key) && !this.#asks.has(key)) return key;
    let name = '';
    while (name === '' || this.#asks.has(name)) name = `ask-${++this.#askCount}`;
    return name;
  }

  #flushSoon(): void {
    if (this.#isFlushing || this.#asks.size === 0) return;
    this.#isFlushing = true;
    // A legacy server sends its questions one by one; a round costs the agent's client a request.
    setTimeout(() => {
      this.#isFlushing = false;
      if (this.#isClosed || this.#slot === null || this.#asks.size === 0) return;
      if (++this.#rounds > this.#parts.limits.askRounds) {
        this.terminate(400, { code: rpcErrorCodes.invalidParams, message: 'There were too many rounds of input.' });
        return;
      }
      const questions = [...this.#asks].map(([key, { method, params }]) => [key, { method, params }] as const);
      if (!this.#park(this.#parts.limits.askMs, Object.fromEntries(questions))) this.#answerAll(tooMany);
    }, this.#parts.limits.askGatherMs);
  }

  /** Bounds the time this HTTP request is held while a person is asked; without effect while nobody is. */
  #armRound(): void {
    if (this.#roundTimer !== null) clearTimeout(this.#roundTimer);
    this.#roundTimer = null;
    const { waitRoundMs, waitRounds, waitRetryMs } = this.#parts.limits;
    if (!this.#isWaiting || !this.#canAsk() || this.#slot === null || this.#waitRounds >= waitRounds) return;
    // The client counts from its request, whatever went before the waiting.
    const left = Math.max(0, this.#attachedAt + waitRoundMs - performance.now());
    this.#roundTimer = setTimeout(() => {
      this.#waitRounds++;
      this.#park(waitRetryMs, null);
    }, left);
  }

  /** Answers `input_required` and waits for the retry; false, and still answering, when too much waits already. */
  #park(ttlMs: number, inputRequests: JsonObject | null): boolean {
    const slot = this.#slot;
    if (slot === null) return true;
    const requestState = this.#parts.continuations.park(this.binding, this, ttlMs);
    if (requestState === null) return false;
    const result: Record<string, JsonValue> = {
      resultType: 'input_required',
      ...(inputRequests === null ? {} : { inputRequests }),
      requestState,
      _meta: { [metaKeys.serverInfo]: this.#parts.serverInfo },
    };
    this.#slot = null;
    this.#armRound();
    slot.finish(200, serializeReply(slot.id, { kind: 'result', result }));
    return true;
  }

  #settle(reply: Reply): void {
    if (this.#isClosed) return;
    this.#reply = reply;
    this.#answerAll(gone);
    if (this.#slot !== null) this.#finish(reply);
  }

  #finish(reply: Reply): void {
    const slot = this.#slot;
    this.#close();
    if (slot === null) return;
    const context = { id: slot.id, method: this.binding.method, serverInfo: this.#parts.serverInfo };
    const { status, parts } = toModernReply(context, reply);
    slot.finish(status, parts);
  }

  #cancel(answer: AskAnswer): void {
    if (this.#isClosed) return;
    this.#close();
    this.#controller.abort();
    this.#answerAll(answer);
  }

  #answerAll(answer: AskAnswer): void {
    for (const [key, ask] of [...this.#asks]) {
      this.#asks.delete(key);
      ask.resolve(answer);
    }
  }

  #close(): void {
    this.#isClosed = true;
    this.#slot = null;
    this.#armRound();
    this.#parts.onClosed(this);
  }
}
