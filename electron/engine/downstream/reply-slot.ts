import type { ServerResponse } from 'node:http';
import type { RpcErrorBody } from '../wire/json-rpc.ts';
import { sseEvent } from '../wire/sse-writer.ts';
import type { Accepts } from './accepts.ts';
import type { Heartbeat } from './heartbeat.ts';
import { isGone, sendEmpty, sendError, sendJson, startStream } from './http-reply.ts';

/**
 * The answer to one POST: application/json, or an event stream from the first notification on. A client that went away
 * has not cancelled anything (legacy eras), so whatever is still said to it is dropped here.
 */
export interface ReplySlot {
  notify(message: Buffer): void;
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
  heartbeat: Heartbeat;
  /** Bytes that may wait for a slow reader before notifications are left out. */
  bufferBytes: number;
}

export function createReplySlot(res: ServerResponse, options: ReplySlotOptions): ReplySlot {
  const responses: Buffer[][] = [];
  let waiting = options.expected;
  let isStream = false;

  const write = (parts: Buffer[]): void => {
    res.cork();
    for (const piece of sseEvent(parts)) res.write(piece);
    res.uncork();
  };
  const upgrade = (): void => {
    if (isStream) return;
    isStream = true;
    startStream(res);
    options.heartbeat.watch(res);
    for (const response of responses.splice(0)) write(response);
  };
  const finish = (): void => {
    if (isStream) res.end();
    else if (responses.length > 0) sendJson(res, 200, options.isBatch ? joinArray(responses) : (responses[0] ?? []));
    // All were cancelled and get no response; an empty stream is the one answer that says so.
    else if (options.accepts.stream) {
      upgrade();
      res.end();
    } else sendEmpty(res, 202);
  };

  return {
    notify(message) {
      if (isGone(res) || !options.accepts.stream || res.writableLength > options.bufferBytes) return;
      upgrade();
      write([message]);
    },
    settle(response) {
      waiting--;
      if (isGone(res)) return;
      if (!options.accepts.json) upgrade();
      if (response !== null && isStream) write(response);
      else if (response !== null) responses.push(response);
      if (waiting === 0) finish();
    },
    abandon(status, error) {
      if (isGone(res)) return;
      if (isStream) res.end();
      else sendError(res, status, null, error);
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
