import type { ServerResponse } from 'node:http';
import type { RpcErrorBody } from '../wire/json-rpc.ts';
import type { Accepts } from './accepts.ts';
import { isGone, sendEmpty, sendError, sendJson } from './http-reply.ts';
import type { ResumableStream } from './resumable-stream.ts';

/**
 * The answer to one POST of a legacy session: application/json, or an event stream when it takes a while or from the first
 * message on that is no response. A client that went away has not cancelled anything (legacy eras): a stream is kept for it to resume; what it
 * could never resume is dropped.
 */
export interface ReplySlot {
  /** Whether this client takes messages before its response at all. */
  readonly canStream: boolean;
  /** A notification or a request of ours; false when it was left out. */
  send(message: Buffer): boolean;
  /** Lets a client go that knows how to come back for the rest of its one answer; holds all others. */
  rest(): void;
  /** One of the responses this POST waits for; null when its request was cancelled and gets none. */
  settle(response: Buffer[] | null): void;
  /** Ends the answer before its responses: the session is over. */
  abandon(status: number, error: RpcErrorBody): void;
}

export interface ReplySlotOptions {
  /** How many requests the POST holds. */
  expected: number;
  isBatch: boolean;
  accepts: Accepts;
  openStream(res: ServerResponse): ResumableStream;
  /** How long the answer may stay away before the stream is opened without one, milliseconds. */
  streamAfterMs: number;
}

export function createReplySlot(res: ServerResponse, options: ReplySlotOptions): ReplySlot {
  const responses: Buffer[][] = [];
  let waiting = options.expected;
  let stream: ResumableStream | null = null;

  /** The stream of this answer; null where it is none yet and cannot become one. */
  const upgrade = (): ResumableStream | null => {
    if (stream !== null || isGone(res)) return stream;
    stream = options.openStream(res);
    for (const response of responses.splice(0)) stream.send(response, true);
    return stream;
  };
  // Before it is needed: from here on a broken connection loses nothing, and the heartbeat keeps it up.
  const patience = setTimeout(() => options.accepts.stream && upgrade(), options.streamAfterMs);
  patience.unref();
  const finish = (): void => {
    clearTimeout(patience);
    if (stream !== null) stream.finish();
    else if (isGone(res)) return;
    else if (responses.length > 0) sendJson(res, 200, options.isBatch ? joinArray(responses) : (responses[0] ?? []));
    // All were cancelled and get no response; an empty stream is the one answer that says so.
    else if (options.accepts.stream) upgrade()?.finish();
    else sendEmpty(res, 202);
  };

  return {
    canStream: options.accepts.stream,
    send(message) {
      if (!options.accepts.stream) return false;
      return upgrade()?.send([message]) ?? false;
    },
    rest() {
      if (options.accepts.stream && options.expected === 1 && waiting > 0) upgrade()?.rest();
    },
    settle(response) {
      waiting--;
      if (!options.accepts.json || options.accepts.prefersStream) upgrade();
      if (response !== null && stream !== null) stream.send(response, true);
      else if (response !== null && !isGone(res)) responses.push(response);
      if (waiting === 0) finish();
    },
    abandon(status, error) {
      clearTimeout(patience);
      if (stream !== null) stream.end();
      else if (!isGone(res)) sendError(res, status, null, error);
    },
  };
}

function joinArray(responses: readonly Buffer[][]): Buffer[] {
  const parts: Buffer[] = [];
  responses.forEach((response, index) => {
    parts.push(Buffer.from(index === 0 ? '[' : ','), ...response);
  });
  parts.push(Buffer.from(']'));
  return parts;
}
