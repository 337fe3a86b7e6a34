import type { ServerResponse } from 'node:http';
import type { RpcId } from '../wire/json-rpc.ts';
import { sseEvent } from '../wire/sse-writer.ts';
import type { Accepts } from './accepts.ts';
import type { Heartbeat } from './heartbeat.ts';
import { isGone, sendJson, startStream } from './http-reply.ts';

/**
 * The answer to one modern POST: application/json, or an event stream from the first notification on. There are no event
 * ids: a stream that breaks is not resumed, it is the cancellation of its request (2026-07-28, Streamable HTTP).
 */
export interface ModernSlot {
  readonly id: RpcId;
  notify(message: Buffer): void;
  /** @param status is of no effect once the answer is a stream */
  finish(status: number, parts: Buffer[]): void;
  /** Cut off without a response. */
  destroy(): void;
  /** The client closed the answer before it was finished. */
  onGone(listener: () => void): void;
}

export interface ModernSlotOptions {
  id: RpcId;
  accepts: Accepts;
  heartbeat: Heartbeat;
  /** Bytes that may wait for a slow reader before notifications are left out. */
  bufferBytes: number;
}

export function createModernSlot(res: ServerResponse, options: ModernSlotOptions): ModernSlot {
  let isStream = false;
  let isFinished = false;

  const write = (parts: readonly Buffer[]): void => {
    res.cork();
    for (const piece of sseEvent(parts)) res.write(piece);
    res.uncork();
  };
  const upgrade = (): void => {
    if (isStream) return;
    isStream = true;
    startStream(res);
    options.heartbeat.watch(res);
  };

  return {
    id: options.id,
    notify(message) {
      if (isFinished || isGone(res) || !options.accepts.stream || res.writableLength > options.bufferBytes) return;
      upgrade();
      write([message]);
    },
    finish(status, parts) {
      if (isFinished) return;
      isFinished = true;
      if (isGone(res)) return;
      if (status === 200 && (!options.accepts.json || options.accepts.prefersStream)) upgrade();
      if (!isStream) {
        sendJson(res, status, parts);
        return;
      }
      write(parts);
      res.end();
    },
    destroy() {
      isFinished = true;
      res.destroy();
    },
    onGone(listener) {
      res.once('close', () => {
        if (!isFinished) listener();
      });
    },
  };
}
