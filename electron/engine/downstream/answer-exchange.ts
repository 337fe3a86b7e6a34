import type { Exchange } from '../exchange.ts';
import type { Reply } from '../wire/json-rpc.ts';
import { rpcErrorCodes } from '../wire/json-rpc.ts';
import type { DownstreamPorts } from './contract.ts';

/** Hands an exchange to the engine. A fault inside it costs this one request, not the listener. Never rejects. */
export async function answerExchange(ports: DownstreamPorts, exchange: Exchange): Promise<Reply> {
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
