import type { HttpClient, HttpHead } from '../wire/http-client.ts';
import type { ArmedRequest } from './armed-client.ts';
import { createAnswerReader, type HttpOutcome } from './http-answer.ts';
import type { Received } from './inbound.ts';

export const postHeaders = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** One HTTP request on its way: what it waits for and who hears of its end. */
export interface HttpExchange {
  method: 'GET' | 'POST';
  text: string | null;
  headers: Record<string, string>;
  /** The request whose answer and whose stream this is; null: a stream or post of its own. */
  awaitedId: number | null;
  receive(bytes: Buffer, streamOf: number | null): Received;
  /** Once, unless the exchange was aborted. */
  onOutcome(outcome: HttpOutcome): void;
  /** Policy at the moment the request would be sent after a wait, or once more. */
  mayResend?(): boolean;
  onHead?(head: HttpHead): void;
  /** An event of another type than `message`. */
  onEvent?(event: string, data: Buffer): void;
}

/** Sends it; returns the abort, which closes its connection. */
export function startExchange(client: HttpClient, exchange: HttpExchange): () => void {
  let abort: () => void = () => {};
  const { awaitedId } = exchange;
  const reader = createAnswerReader(awaitedId, {
    receive: (bytes) => exchange.receive(bytes, awaitedId).answered,
    onHead: (head) => exchange.onHead?.(head),
    onEvent: (event, data) => exchange.onEvent?.(event, data),
    onOutcome: exchange.onOutcome,
    abort: () => abort(),
  });
  const { method, headers, text: body, mayResend } = exchange;
  const request: ArmedRequest = { method, headers, body, ...(mayResend === undefined ? {} : { mayResend }) };
  abort = client.send(request, reader);
  return () => {
    reader.cancel();
    abort();
  };
}
