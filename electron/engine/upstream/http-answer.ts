import { createByteCollector } from '../wire/byte-collector.ts';
import type { HttpHead, HttpReceiver } from '../wire/http-client.ts';
import { createSseScanner } from '../wire/sse-scanner.ts';
import { maxResultBytes } from './open-context.ts';

/** How far a stream was read, for asking for the rest of it. */
export interface StreamPlace {
  lastEventId: string | null;
  retryMs: number | null;
}

/** How one HTTP answer of a server ended. */
export type HttpOutcome =
  /** A 2xx that was read to its end. `isAnswered`: the response waited for was in it. */
  | ({ kind: 'read'; isAnswered: boolean; isStream: boolean } & StreamPlace)
  | { kind: 'status'; head: HttpHead; body: Buffer }
  | { kind: 'unusable'; reason: 'too_large' | 'compressed' | 'content_type' }
  /** The connection broke; a place is known when a stream had begun. */
  | ({ kind: 'network'; error: Error } & StreamPlace);

export interface AnswerPorts {
  /** Routes one message or batch, and says which requests it answered. */
  receive(bytes: Buffer): number[];
  onHead(head: HttpHead): void;
  /** An event of another type than `message`. */
  onEvent(event: string, data: Buffer): void;
  /** Once, unless the request was aborted by its owner. */
  onOutcome(outcome: HttpOutcome): void;
  /** Closes this request's connection: the answer is complete or of no use. */
  abort(): void;
}

export interface AnswerReader extends HttpReceiver {
  /** The owner aborted: nothing is told any more. */
  cancel(): void;
}

/** An event carries one result and its field names. */
const maxEventBytes = maxResultBytes + 64 * 1024;
const maxErrorBody = 64 * 1024;
/** A server ends its stream after the response; one that does not would keep the connection for ever. */
const streamEndGraceMs = 1000;

type Mode = 'waiting' | 'json' | 'stream' | 'status' | 'ignored' | 'over';

/** Reads one HTTP answer: a JSON body is kept as bytes, a stream is scanned only for messages; neither is parsed here. */
export function createAnswerReader(awaitedId: number | null, ports: AnswerPorts): AnswerReader {
  const body = createByteCollector();
  const place: StreamPlace = { lastEventId: null, retryMs: null };
  let mode: Mode = 'waiting';
  let head: HttpHead = { status: 0, headers: {} };
  let isAnswered = false;
  let graceTimer: NodeJS.Timeout | null = null;

  function finish(outcome: HttpOutcome): void {
    if (mode === 'over') return;
    mode = 'over';
    if (graceTimer !== null) clearTimeout(graceTimer);
    ports.onOutcome(outcome);
  }

  function finishEarly(outcome: HttpOutcome): void {
    finish(outcome);
    ports.abort();
  }

  function finishRead(): HttpOutcome {
    return { kind: 'read', isAnswered, isStream: mode === 'stream', ...place };
  }

  function take(bytes: Buffer): void {
    const answered = ports.receive(bytes);
    if (awaitedId !== null && answered.includes(awaitedId)) isAnswered = true;
  }

  const scanner = createSseScanner({
    maxEventBytes,
    onEvent(event) {
      if (mode !== 'stream') return;
      // An empty id takes the place back: there is nothing to resume from.
      if (event.id !== null) place.lastEventId = event.id === '' ? null : event.id;
      if (event.event !== 'message') ports.onEvent(event.event, event.data);
      else if (event.data.length > 0) take(event.data);
      if (isAnswered && graceTimer === null && mode === 'stream') {
        graceTimer = setTimeout(() => finishEarly(finishRead()), streamEndGraceMs);
        graceTimer.unref();
      }
    },
    onRetry(ms) {
      place.retryMs = ms;
    },
    onOverflow: () => finishEarly({ kind: 'unusable', reason: 'too_large' }),
  });

  return {
    cancel() {
      mode = 'over';
      if (graceTimer !== null) clearTimeout(graceTimer);
    },
    onHead(received) {
      head = received;
      ports.onHead(head);
      mode = chooseMode(head);
      if (mode === 'status') return;
      if (mode === 'over') {
        mode = 'waiting';
        finishEarly({ kind: 'unusable', reason: 'compressed' });
      } else if (mode === 'ignored' && awaitedId !== null) {
        finishEarly({ kind: 'unusable', reason: 'content_type' });
      } else if (mode === 'json' && Number(head.headers['content-length']) > maxResultBytes) {
        finishEarly({ kind: 'unusable', reason: 'too_large' });
      }
    },
    onData(chunk) {
      if (mode === 'stream') scanner.push(chunk);
      else if (mode === 'json') {
        body.append(chunk);
        if (body.length > maxResultBytes) finishEarly({ kind: 'unusable', reason: 'too_large' });
      } else if (mode === 'status') {
        body.append(chunk.subarray(0, maxErrorBody - body.length));
        if (body.length >= maxErrorBody) finishEarly({ kind: 'status', head, body: body.take() });
      }
    },
    onEnd() {
      if (mode === 'status') finish({ kind: 'status', head, body: body.take() });
      else {
        if (mode === 'json' && body.length > 0) take(body.take());
        finish(finishRead());
      }
    },
    onError(error) {
      finish(isAnswered ? finishRead() : { kind: 'network', error, ...place });
    },
  };
}

/** `over` stands for a body we cannot read: we ask for identity, and inflating unasked bytes invites a bomb. */
function chooseMode(head: HttpHead): Mode {
  if (head.status < 200 || head.status > 299) return 'status';
  const encoding = String(head.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding !== 'identity' && encoding !== '') return 'over';
  const type = mediaType(head);
  if (type === 'application/json') return 'json';
  return type === 'text/event-stream' ? 'stream' : 'ignored';
}

/** `application/json; charset=utf-8` → `application/json`. */
export function mediaType(head: HttpHead): string {
  const value = head.headers['content-type'];
  const text = Array.isArray(value) ? value[0] : value;
  return (text ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}
