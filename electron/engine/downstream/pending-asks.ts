import type { AskAnswer, AskMethod } from '../exchange.ts';
import type { JsonObject, RpcId, RpcResponse } from '../wire/json-rpc.ts';
import { rpcErrorCodes } from '../wire/json-rpc.ts';
import { serializeNotification, serializeRequest } from '../wire/serialize-reply.ts';

/** Hands a message of ours to the agent; false when it could not be handed over. */
export type Deliver = (message: Buffer) => boolean;

interface PendingAsk {
  settle(answer: AskAnswer): void;
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

  /** Never rejects. An abort of `signal` takes the question back and tells the agent so. */
  ask(method: AskMethod, params: JsonObject, deliver: Deliver, signal: AbortSignal | null): Promise<AskAnswer> {
    if (signal?.aborted === true) return Promise.resolve(gone);
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
        signal?.removeEventListener('abort', onAbort);
        resolve(answer);
      };
      this.#pending.set(id, { settle });
      signal?.addEventListener('abort', onAbort);
      if (!deliver(serializeRequest(id, method, params))) settle({ kind: 'unsupported' });
    });
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

function failed(message: string): AskAnswer {
  return { kind: 'error', error: { code: rpcErrorCodes.internal, message } };
}

export const gone = failed('The request that asked this is over.');
export const late = failed('There was no answer in time.');
export const tooMany = failed('Too many questions wait for an answer.');
