import type { GatewayDoor, HttpOutcome } from './gateway-door.ts';
import type { MessagePart } from './message-parts.ts';

export interface SessionStreamPorts {
  onMessage(bytes: Buffer, parts: MessagePart[]): void;
  /** The gateway answers, and knows this session no more: it was started anew. */
  onSessionUnknown(): void;
}

const firstDelayMs = 500;
const maxDelayMs = 5000;

/**
 * Keeps the GET stream of one session open, which brings what belongs to no request. It is also how a restart of the gateway
 * is noticed. Returns its end.
 */
export function openSessionStream(
  door: GatewayDoor,
  headers: Record<string, string>,
  ports: SessionStreamPorts,
): () => void {
  let isOver = false;
  let abort: () => void = () => {};
  let timer: NodeJS.Timeout | null = null;
  let delayMs = firstDelayMs;
  let lastEventId: string | null = null;

  function open(): void {
    const resumed = lastEventId === null ? {} : { 'last-event-id': lastEventId };
    abort = door.open({
      method: 'GET',
      headers: { ...headers, ...resumed, accept: 'text/event-stream' },
      body: null,
      awaited: new Set(),
      onHead({ status }) {
        if (status === 200) delayMs = firstDelayMs;
      },
      onMessage: ports.onMessage,
      onOutcome: again,
    });
  }

  function again(outcome: HttpOutcome): void {
    if (isOver) return;
    if (outcome.kind === 'status' && outcome.head.status === 404) {
      ports.onSessionUnknown();
      return;
    }
    const isBusy = outcome.kind === 'status' && (outcome.head.status === 429 || outcome.head.status >= 500);
    const isBroken = outcome.kind === 'read' || outcome.kind === 'network';
    if (!isBusy && !isBroken) return;
    if (isBroken && outcome.lastEventId !== null) lastEventId = outcome.lastEventId;
    timer = setTimeout(open, Math.max(delayMs, isBroken ? (outcome.retryMs ?? 0) : 0));
    delayMs = Math.min(delayMs * 2, maxDelayMs);
  }

  open();
  return () => {
    isOver = true;
    if (timer !== null) clearTimeout(timer);
    abort();
  };
}
