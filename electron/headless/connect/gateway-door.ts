import { createAnswerReader, type HttpOutcome } from '../../engine/upstream/http-answer.ts';
import { createHttpClient, type HttpClient, type HttpHead } from '../../engine/wire/http-client.ts';
import { type MessagePart, readParts } from './message-parts.ts';

export type { HttpHead, HttpOutcome };

/** One HTTP request to the gateway. */
export interface DoorRequest {
  method: 'GET' | 'POST' | 'DELETE';
  headers: Record<string, string>;
  body: Buffer | null;
  /** Keys of the ids whose responses end it; what was answered is taken out. */
  awaited: Set<string>;
  /** The request is on its way: one that is opened now comes after it. */
  onSent?(): void;
  onHead?(head: HttpHead): void;
  onMessage(bytes: Buffer, parts: MessagePart[]): void;
  /** Once, unless it was aborted. */
  onOutcome(outcome: HttpOutcome): void;
}

/** The way to the gateway; every request carries the agent's token. */
export interface GatewayDoor {
  /** Without user data; for messages. */
  readonly address: string;
  /** Sends; returns the abort, which closes the connection. */
  open(request: DoorRequest): () => void;
  close(): Promise<void>;
}

/** The one response that ends a request, whatever its id: the reader counts them by number. */
const awaitedMark = 1;

/** `locate` is asked again when nobody answers, because the port may have been chosen anew. */
export function createGatewayDoor(token: string, locate: () => URL): GatewayDoor {
  let url = locate();
  let client: HttpClient = createHttpClient(url);

  function lookAgain(): void {
    const found = locate();
    if (found.href === url.href) return;
    url = found;
    void client.destroy();
    client = createHttpClient(url);
  }

  return {
    get address() {
      return url.origin + url.pathname;
    },
    open(request) {
      let abort: () => void = () => {};
      const { awaited } = request;
      const reader = createAnswerReader(awaited.size === 0 ? null : awaitedMark, {
        receive(bytes) {
          const parts = readParts(bytes);
          if (parts === null) return [];
          for (const { kind, id } of parts) if (kind === 'response' && id !== null) awaited.delete(id.key);
          request.onMessage(bytes, parts);
          return awaited.size === 0 ? [awaitedMark] : [];
        },
        onHead: (head) => request.onHead?.(head),
        onEvent: () => {},
        onOutcome(outcome) {
          if (outcome.kind === 'network') lookAgain();
          request.onOutcome(outcome);
        },
        abort: () => abort(),
      });
      const headers = { ...request.headers, authorization: `Bearer ${token}`, 'accept-encoding': 'identity' };
      const receiver = { ...reader, onSent: () => request.onSent?.() };
      abort = client.send({ method: request.method, headers, body: request.body }, receiver);
      return () => {
        reader.cancel();
        abort();
      };
    },
    close: () => client.destroy(),
  };
}
