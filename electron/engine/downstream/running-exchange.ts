import type { Exchange } from '../exchange.ts';
import type { Reply, RpcRequest } from '../wire/json-rpc.ts';
import { rpcErrorCodes } from '../wire/json-rpc.ts';
import { serializeNotification, serializeReply } from '../wire/serialize-reply.ts';
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

/**
 * Hands a request to the engine and its reply to `slot`. While it runs it stands in `session.running` under its id, so
 * that only this session can cancel it.
 */
export function runExchange(
  ports: DownstreamPorts,
  session: Session,
  request: RpcRequest,
  slot: ReplySlot,
  receivedAt: number,
): void {
  const controller = new AbortController();
  let isOpen = true;
  const close = (): boolean => {
    const wasOpen = isOpen;
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
  const exchange: Exchange = {
    agent: session.agent,
    session: session.info,
    id: request.id,
    method: request.method,
    params: request.params ?? {},
    signal: controller.signal,
    receivedAt,
    notify(method, params) {
      if (isOpen) slot.notify(serializeNotification(method, params));
    },
  };
  answer(ports, exchange).then((reply) => {
    if (close()) slot.settle(serializeReply(request.id, reply));
  });
}

/** A fault inside the engine costs this one request, not the listener. Never rejects. */
async function answer(ports: DownstreamPorts, exchange: Exchange): Promise<Reply> {
  try {
    return await ports.handle(exchange);
  } catch (error) {
    // The message of an unforeseen error may quote arguments, so only its kind is logged.
    ports.log.error('a request failed inside the engine', {
      error: error instanceof Error ? error.name : typeof error,
    });
    return { kind: 'error', error: { code: rpcErrorCodes.internal, message: 'Internal error in the gateway.' } };
  }
}
