import type { HttpOutcome } from './http-answer.ts';

export interface ListenPorts {
  /** Starts a GET whose messages are routed by the session; returns its abort. */
  start(headers: Record<string, string>, onOutcome: (outcome: HttpOutcome) => void): () => void;
  isOver(): boolean;
}

export interface ListenStream {
  close(): void;
}

const minRetryMs = 50;
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
      if (outcome.kind === 'read' && !outcome.isStream) return;
      const isNew = outcome.lastEventId !== null && outcome.lastEventId !== lastEventId;
      lastEventId = outcome.lastEventId ?? lastEventId;
      // A server that polls ends each stream on purpose and says when to come back; one that breaks says nothing.
      if (isNew) delay = outcome.retryMs ?? firstRetryMs;
      timer = setTimeout(listen, Math.min(Math.max(delay, outcome.retryMs ?? 0, minRetryMs), maxRetryMs));
      timer.unref();
      delay = Math.min(Math.max(delay, firstRetryMs) * 2, maxRetryMs);
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
