import type { HttpOutcome } from './http-answer.ts';

export interface ListenPorts {
  /** Starts a GET whose messages are routed by the session; returns its abort. */
  start(headers: Record<string, string>, onOutcome: (outcome: HttpOutcome) => void): () => void;
  isOver(): boolean;
}

export interface ListenStream {
  close(): void;
}

const firstRetryMs = 1000;
const maxRetryMs = 60_000;

/**
 * The stream on which a server sends notices that belong to no call, such as list_changed. Servers need not have one:
 * any refusal ends the attempts, a break is followed by another, each later than the one before.
 */
export function openListenStream(ports: ListenPorts): ListenStream {
  let abort: () => void = () => {};
  let timer: NodeJS.Timeout | null = null;
  let isClosed = false;
  let delay = firstRetryMs;
  let lastEventId: string | null = null;

  function listen(): void {
    if (isClosed || ports.isOver()) return;
    const resumed = lastEventId === null ? {} : { 'last-event-id': lastEventId };
    abort = ports.start({ accept: 'text/event-stream', ...resumed }, (outcome) => {
      if (isClosed || outcome.kind === 'status' || outcome.kind === 'unusable') return;
      if (outcome.kind === 'read') {
        if (!outcome.isStream) return;
        lastEventId = outcome.lastEventId ?? lastEventId;
      }
      const asked = outcome.kind === 'read' ? (outcome.retryMs ?? 0) : 0;
      timer = setTimeout(listen, Math.min(Math.max(delay, asked), maxRetryMs));
      timer.unref();
      delay = Math.min(delay * 2, maxRetryMs);
    });
  }

  listen();
  return {
    close() {
      isClosed = true;
      if (timer !== null) clearTimeout(timer);
      abort();
    },
  };
}
