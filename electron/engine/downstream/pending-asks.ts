import { progressTokenOf } from '../eras/request-meta.ts';
import type { AskAnswer, AskMethod, AskTies } from '../exchange.ts';
import type { JsonObject, RpcId, RpcResponse } from '../wire/json-rpc.ts';
import { rpcErrorCodes } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import { serializeNotification, serializeRequest } from '../wire/serialize-reply.ts';

/** Hands a message of ours to the agent; false when it could not be handed over. */
export type Deliver = (message: Buffer) => boolean;

interface PendingAsk {
  settle(answer: AskAnswer): void;
  progress(params: JsonObject): void;
}

/**
 * What one legacy session is being asked. Ids are this session's own, so a response can only answer a question that was
 * put to the same agent in the same session; all others are dropped.
 */
export class PendingAsks {
  readonly #limits: { asksPerSession: number; askMs: number };
  readonly #pending = new Map<RpcId, PendingAsk>();
  #last = 0;

  constructor(limits: { asksPerSession: number; askMs: number }) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#pending.size;
  }

  /**
   * Never rejects. An abort of one of the signals takes the question back and tells the agent so. A progress token becomes
   * the question's own id: two servers may choose the same one, and progress must reach the server that asked.
   */
  ask(
    method: AskMethod,
    params: JsonObject,
    deliver: Deliver,
    requestOver: AbortSignal | null,
    ties: AskTies = {},
  ): Promise<AskAnswer> {
    const signals = [requestOver, ties.signal].filter((signal) => signal instanceof AbortSignal);
    if (signals.some((signal) => signal.aborted)) return Promise.resolve(gone);
    if (this.#pending.size >= this.#limits.asksPerSession) return Promise.resolve(tooMany);
    // The prefix keeps our ids apart from the agent's own, for readers of logs; nothing depends on it.
    const id = `scopegate-${++this.#last}`;
    return new Promise((resolve) => {
      const withdraw = (answer: AskAnswer): void => {
        if (!this.#pending.has(id)) return;
        deliver(serializeNotification('notifications/cancelled', { requestId: id, reason: 'No longer needed.' }));
        settle(answer);
      };
      const onAbort = (): void => withdraw(gone);
      const timer = setTimeout(() => withdraw(late), this.#limits.askMs);
      timer.unref();
      const settle = (answer: AskAnswer): void => {
        if (!this.#pending.delete(id)) return;
        clearTimeout(timer);
        for (const signal of signals) signal.removeEventListener('abort', onAbort);
        resolve(answer);
      };
      const token = progressTokenOf(params);
      const progress = (told: JsonObject): void => {
        if (token !== null) ties.onProgress?.({ ...told, progressToken: token });
      };
      this.#pending.set(id, { settle, progress });
      for (const signal of signals) signal.addEventListener('abort', onAbort);
      const sent = token === null ? params : withToken(params, id);
      if (!deliver(serializeRequest(id, method, sent))) settle({ kind: 'unsupported' });
    });
  }

  /** The agent's `notifications/progress`; dropped when it is about no question that is open. */
  progress(params: JsonObject): void {
    const { progressToken } = params;
    if (typeof progressToken === 'string') this.#pending.get(progressToken)?.progress(params);
  }

  answer(response: RpcResponse): void {
    if (response.id === null) return;
    const pending = this.#pending.get(response.id);
    if (response.error !== undefined) pending?.settle({ kind: 'error', error: response.error });
    else if (response.result !== undefined) pending?.settle({ kind: 'result', result: response.result });
  }

  /** The session is over. */
  end(): void {
    for (const pending of [...this.#pending.values()]) pending.settle(gone);
  }
}

function withToken(params: JsonObject, progressToken: string): JsonObject {
  return { ...params, _meta: { ...(isObject(params._meta) ? params._meta : {}), progressToken } };
}

function failed(message: string): AskAnswer {
  return { kind: 'error', error: { code: rpcErrorCodes.internal, message } };
}

export const gone = failed('The request that asked this is over.');
export const late = failed('There was no answer in time.');
export const tooMany = failed('Too many questions wait for an answer.');
