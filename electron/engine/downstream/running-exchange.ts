import { canAskClient, supportsAsk } from '../eras/ask-support.ts';
import type { Exchange } from '../exchange.ts';
import type { RpcRequest } from '../wire/json-rpc.ts';
import { serializeNotification, serializeReply } from '../wire/serialize-reply.ts';
import type { AgentRequest } from './agent-request.ts';
import { answerExchange } from './answer-exchange.ts';
import type { DownstreamPorts } from './contract.ts';
import { transportErrorCodes } from './http-reply.ts';
import type { ReplySlot } from './reply-slot.ts';
import type { Session } from './session-table.ts';

/** One request of a session between its arrival and its reply. */
export interface RunningExchange {
  /** The agent took the request back: it gets no response (MCP cancellation). */
  cancel(): void;
  /** The session is over. */
  abandon(): void;
}

export const sessionOver = { code: transportErrorCodes.sessionNotFound, message: 'There is no such session.' };

/** Clients of the handshake eras give a request up after 60 s unless they were told otherwise. */
export const heldRequestMs = 50_000;

/**
 * Hands a request to the engine and its reply to `slot`. While it runs it stands in `session.running` under its id, so
 * that only this session can cancel it.
 */
export function runExchange(
  ports: DownstreamPorts,
  session: Session,
  request: RpcRequest,
  slot: ReplySlot,
  { receivedAt, caller }: Pick<AgentRequest, 'receivedAt' | 'caller'>,
): void {
  const controller = new AbortController();
  // Questions end with their request, also when it is answered without them. Most requests never ask one, and ending a
  // signal is dear: it makes an error with a stack.
  let questions: AbortController | null = null;
  let isOpen = true;
  const close = (): boolean => {
    const wasOpen = isOpen;
    // first, while the agent can still be told that they are taken back
    if (wasOpen) questions?.abort();
    isOpen = false;
    if (wasOpen) session.running.delete(request.id);
    return wasOpen;
  };
  session.running.set(request.id, {
    cancel() {
      if (!close()) return;
      controller.abort();
      slot.settle(null);
    },
    abandon() {
      if (!close()) return;
      controller.abort();
      slot.abandon(404, sessionOver);
    },
  });
  const capabilities = session.info.clientCapabilities;
  const deliver = (message: Buffer): boolean => isOpen && slot.send(message);
  const exchange: Exchange = {
    era: 'legacy',
    agent: session.agent,
    session: session.info,
    scope: session.scope,
    id: request.id,
    method: request.method,
    params: request.params ?? {},
    signal: controller.signal,
    receivedAt,
    caller,
    patienceMs: heldRequestMs,
    notify(method, params) {
      deliver(serializeNotification(method, params));
    },
    canAsk: (method) => isOpen && slot.canStream && canAskClient(capabilities, method),
    async ask(method, params, ties) {
      if (!isOpen || !slot.canStream || !supportsAsk(capabilities, method, params)) return { kind: 'unsupported' };
      questions ??= new AbortController();
      return session.asks.ask(method, params, deliver, questions.signal, ties);
    },
    rest() {
      if (isOpen) slot.rest();
    },
    // The stream carries the questions and holds the request: there are no rounds to switch to.
    setWaiting: () => undefined,
  };
  answerExchange(ports, exchange).then((reply) => {
    if (close()) slot.settle(serializeReply(request.id, reply));
  });
}
