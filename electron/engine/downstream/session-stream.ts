import type { ServerResponse } from 'node:http';
import { sseEvent } from '../wire/sse-writer.ts';
import type { Heartbeat } from './heartbeat.ts';
import { isGone, startStream } from './http-reply.ts';

/** The stream a client opened with GET, for messages that belong to no request. */
export interface SessionStream {
  /** False when the message could not be handed over. */
  send(message: Buffer): boolean;
  end(): void;
}

/** @param bufferBytes a client that leaves more than this unread is cut off; it will open a new stream */
export function openSessionStream(res: ServerResponse, heartbeat: Heartbeat, bufferBytes: number): SessionStream {
  startStream(res);
  heartbeat.watch(res);
  return {
    send(message) {
      if (isGone(res)) return false;
      if (res.writableLength > bufferBytes) {
        res.destroy();
        return false;
      }
      res.write(Buffer.concat(sseEvent([message])));
      return true;
    },
    end() {
      if (!isGone(res)) res.end();
    },
  };
}
