import type { ServerResponse } from 'node:http';
import { sseHeartbeat } from '../wire/sse-writer.ts';
import { isGone } from './http-reply.ts';

/** Keeps quiet streams alive with a comment now and then. */
export interface Heartbeat {
  watch(stream: ServerResponse): void;
  stop(): void;
}

export function createHeartbeat(intervalMs: number): Heartbeat {
  const streams = new Set<ServerResponse>();
  const timer = setInterval(() => {
    // Unsent bytes are a sign of life on their way already.
    for (const stream of streams) if (!isGone(stream) && stream.writableLength === 0) stream.write(sseHeartbeat);
  }, intervalMs);
  timer.unref();
  return {
    watch(stream) {
      streams.add(stream);
      stream.once('close', () => streams.delete(stream));
    },
    stop() {
      clearInterval(timer);
      streams.clear();
    },
  };
}
