import type { ServerFault } from '../../shared/index.ts';
import type { HttpClient, HttpHead } from '../wire/http-client.ts';
import { locateEnvelope } from '../wire/raw-response.ts';
import { type FaultMaker, toLinkFault, withheldFault } from './faults.ts';
import { initializeParams, readHello } from './handshake.ts';
import { type HttpOutcome, mediaType } from './http-answer.ts';
import { type HttpExchange, postHeaders, startExchange } from './http-exchange.ts';
import { describeMissingAnswer, describeOutcome } from './http-faults.ts';
import { type ListenStream, openListenStream } from './http-listen.ts';
import { readId } from './inbound.ts';
import { createLegacyConversation, type LegacyConversation } from './legacy-conversation.ts';
import { LinkFault, type ServerHello } from './link.ts';
import { writeCancelled, writeNotification, writeRequest } from './messages.ts';
import { defaultInitializeMs, type OpenContext } from './open-context.ts';
import { createPendingCalls, type PendingCalls } from './pending-calls.ts';

const deleteGraceMs = 1500;
const noticeGraceMs = 10_000;
/**
 * A server may end a stream on purpose and be asked for the rest (2025-11-25, polling). Attempts that bring nothing new
 * are counted; one that does starts the count again, and the call's own clock bounds them all.
 */
const maxResumes = 20;
const defaultRetryMs = 1000;
const maxRetryMs = 30_000;

/** The server has no Streamable HTTP here, or not this way: an older transport may answer at the same address. */
export class HandshakeRefused extends LinkFault {
  readonly status: number;
  constructor(fault: LinkFault, status: number) {
    super(fault.kind, fault.fault);
    this.status = status;
  }
}

type Sending = Omit<HttpExchange, 'receive'>;

/** Owner of one MCP session with a server over HTTP and of its connections; renews the session when the server forgets it. */
export class HttpSession {
  readonly conversation: LegacyConversation;
  /** Resolves at the end, with the reason when it was not asked for. */
  readonly closed: Promise<ServerFault | null>;
  /** Set when the session has ended: no request can be sent any more. */
  over: LinkFault | null = null;
  readonly #pending: PendingCalls;
  readonly #address: string;
  readonly #ownHeaders: Record<string, string>;
  readonly #client: HttpClient;
  readonly #context: OpenContext;
  readonly #makeFault: FaultMaker;
  /** How to stop what runs for a request, by its id. */
  readonly #aborts = new Map<number, () => void>();
  #sessionId: string | null = null;
  #protocolVersion: string | null = null;
  #renewal: Promise<void> | null = null;
  #listening: ListenStream | null = null;
  #refusedStatus: number | null = null;
  #resolveClosed: (fault: ServerFault | null) => void = () => {};

  constructor(url: URL, ownHeaders: Record<string, string>, client: HttpClient, context: OpenContext) {
    this.#address = url.origin + url.pathname;
    this.#ownHeaders = ownHeaders;
    this.#client = client;
    this.#context = context;
    this.#makeFault = context.makeFault;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#pending = createPendingCalls(context.makeFault, (id, method, reason) => {
      this.#stop(id);
      if (method !== 'initialize') void this.#post(writeCancelled(id, reason));
    });
    this.conversation = createLegacyConversation(context, this.#pending, this.#channel());
  }

  /** `initialize`, `initialized`, and the stream of notices where the server has one. Throws a `LinkFault`. */
  async open(signal: AbortSignal | null): Promise<ServerHello> {
    this.#sessionId = null;
    this.#protocolVersion = null;
    let opened: string | null = null;
    const id = this.#pending.nextId();
    const timeoutMs = this.#context.initializeTimeoutMs ?? defaultInitializeMs;
    const answer = this.#pending.wait(id, { method: 'initialize', signal, timeoutMs, call: null });
    const params = initializeParams(this.#context.version, this.#context.user?.capabilities ?? {});
    this.#track(id, {
      method: 'POST',
      text: writeRequest(id, 'initialize', params),
      headers: postHeaders,
      awaitedId: id,
      onOutcome: (outcome) => {
        this.#refusedStatus = outcome.kind === 'status' ? outcome.head.status : null;
        this.#conclude(id, outcome, 0);
      },
      onHead: (head) => {
        opened = readSessionId(head);
      },
    });
    const hello = readHello(await answer.catch((fault: LinkFault) => this.#refuse(fault)), this.#makeFault);
    this.#sessionId = opened;
    this.#protocolVersion = hello.protocolVersion;
    await this.#post(writeNotification('notifications/initialized'));
    this.#listen();
    this.conversation.greeted(hello);
    return hello;
  }

  async close(): Promise<void> {
    const wasOver = this.over !== null;
    this.#end(null);
    if (!wasOver) await this.#deleteSession();
    await this.#client.destroy();
  }

  #refuse(fault: LinkFault): never {
    if (fault.kind !== 'http_status' || this.#refusedStatus === null) throw fault;
    throw new HandshakeRefused(fault, this.#refusedStatus);
  }

  #channel() {
    const over = () => this.over;
    return {
      get over() {
        return over();
      },
      sendRequest: (id: number, text: string) => {
        if (this.#renewal === null) this.#sendRequest(id, text, false);
        else this.#sendAfterRenewal(id, text, this.#renewal);
      },
      sendNotice: (text: string) => {
        if (this.over === null) void this.#post(text);
      },
    };
  }

  #headers(extra: Record<string, string>): Record<string, string> {
    const all: Record<string, string> = { ...this.#ownHeaders, 'accept-encoding': 'identity', ...extra };
    if (this.#sessionId !== null) all['mcp-session-id'] = this.#sessionId;
    if (this.#protocolVersion !== null) all['mcp-protocol-version'] = this.#protocolVersion;
    return all;
  }

  #start(sending: Sending): () => void {
    return startExchange(this.#client, {
      ...sending,
      headers: this.#headers(sending.headers),
      receive: (bytes, streamOf) => this.conversation.receive(bytes, streamOf),
    });
  }

  /** Starts it as the one thing that runs for this id. */
  #track(id: number, sending: Sending): void {
    const onOutcome = (outcome: HttpOutcome) => {
      this.#aborts.delete(id);
      sending.onOutcome(outcome);
    };
    this.#aborts.set(id, this.#start({ ...sending, onOutcome }));
  }

  #stop(id: number): void {
    this.#aborts.get(id)?.();
    this.#aborts.delete(id);
  }

  /** Posts what has no answer of its own; resolves when the server took it, at the latest after `noticeGraceMs`. */
  #post(text: string): Promise<void> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const onOutcome = () => {
        clearTimeout(timer);
        resolve();
      };
      const abort = this.#start({ method: 'POST', text, headers: postHeaders, awaitedId: null, onOutcome });
      timer = setTimeout(() => {
        abort();
        resolve();
      }, noticeGraceMs);
      timer.unref();
    });
  }

  #sendRequest(id: number, text: string, isRepeat: boolean): void {
    const usedSession = this.#sessionId;
    const onOutcome = (outcome: HttpOutcome) => {
      if (isRepeat || !isSessionLost(outcome, usedSession)) this.#conclude(id, outcome, 0);
      else this.#sendAfterRenewal(id, text, this.#renew(usedSession));
    };
    const mayResend = () => this.#pending.callOf(id)?.io.mayGoOn() ?? true;
    this.#track(id, { method: 'POST', text, headers: postHeaders, awaitedId: id, onOutcome, mayResend });
  }

  #sendAfterRenewal(id: number, text: string, renewal: Promise<void>): void {
    let isStopped = false;
    this.#aborts.set(id, () => {
      isStopped = true;
    });
    renewal.then(
      () => {
        if (isStopped) return;
        if (this.#pending.callOf(id)?.io.mayGoOn() ?? true) this.#sendRequest(id, text, true);
        else {
          this.#aborts.delete(id);
          this.#pending.fail(id, withheldFault(this.#makeFault));
        }
      },
      (error: unknown) => this.#pending.fail(id, toLinkFault(error, this.#makeFault)),
    );
  }

  /** One renewal at a time; none when another call already brought a new session. */
  #renew(lostSession: string | null): Promise<void> {
    if (this.#renewal !== null) return this.#renewal;
    if (this.#sessionId !== lostSession) return Promise.resolve();
    this.#context.ring.add('gateway', 'The server forgot the session; opening a new one.');
    this.#renewal = this.open(null)
      .then(
        () => this.#context.events.onListChanged('tools'),
        (error: unknown) => {
          const fault = toLinkFault(error, this.#makeFault);
          this.#end(fault);
          throw fault;
        },
      )
      .finally(() => {
        this.#renewal = null;
      });
    return this.#renewal;
  }

  #conclude(id: number, outcome: HttpOutcome, resumes: number): void {
    if (outcome.kind === 'read' && outcome.isAnswered) return;
    const canResume = outcome.kind === 'network' || (outcome.kind === 'read' && outcome.isStream);
    if (canResume && outcome.lastEventId !== null && resumes < maxResumes) {
      if (outcome.kind === 'read') this.#pending.callOf(id)?.io.onResting();
      this.#resume(id, outcome.lastEventId, outcome.retryMs, resumes);
      return;
    }
    if (outcome.kind === 'read') {
      this.#pending.fail(id, describeMissingAnswer(this.#address, this.#makeFault));
      return;
    }
    if (outcome.kind === 'status' && answersId(outcome, id)) {
      this.conversation.receive(outcome.body, id);
      return;
    }
    const fault = describeOutcome(outcome, this.#address, this.#makeFault);
    this.#pending.fail(id, fault);
    if (outcome.kind === 'network' && fault.kind === 'refused') this.#end(fault);
  }

  /** The call runs on at the server: what it says next is fetched from the last event on, not asked for again. */
  #resume(id: number, lastEventId: string, retryMs: number | null, resumes: number): void {
    const onOutcome = (next: HttpOutcome) => {
      if (next.kind !== 'read' && next.kind !== 'network') {
        this.#conclude(id, next, resumes + 1);
        return;
      }
      const isNew = next.lastEventId !== null && next.lastEventId !== lastEventId;
      const place = { lastEventId: next.lastEventId ?? lastEventId, retryMs: next.retryMs ?? retryMs };
      this.#conclude(id, { ...next, ...place }, isNew ? 0 : resumes + 1);
    };
    const fetchRest = () => {
      const headers = { accept: 'text/event-stream', 'last-event-id': lastEventId };
      this.#track(id, { method: 'GET', text: null, headers, awaitedId: id, onOutcome });
    };
    const timer = setTimeout(fetchRest, Math.min(retryMs ?? defaultRetryMs, maxRetryMs));
    this.#aborts.set(id, () => clearTimeout(timer));
  }

  #listen(): void {
    this.#listening?.close();
    this.#listening = openListenStream({
      start: (headers, onOutcome) => this.#start({ method: 'GET', text: null, headers, awaitedId: null, onOutcome }),
      isOver: () => this.over !== null,
    });
  }

  #end(fault: LinkFault | null): void {
    if (this.over !== null) return;
    const stopped = {
      message: 'The connection was closed by ScopeGate.',
      fix: 'Call again: it opens with the next call.',
    };
    this.over = fault ?? this.#makeFault('exited', stopped);
    this.#listening?.close();
    this.conversation.ended();
    for (const id of [...this.#aborts.keys()]) this.#stop(id);
    this.#pending.failAll(this.over);
    this.#resolveClosed(fault?.fault ?? null);
    if (fault !== null) void this.#client.destroy();
  }

  /** Tells the server that the session is over; a server that does not care is not waited for. */
  #deleteSession(): Promise<void> {
    if (this.#sessionId === null) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, deleteGraceMs);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      const receiver = { onHead: () => {}, onData: () => {}, onEnd: done, onError: done };
      this.#client.send({ method: 'DELETE', headers: this.#headers({}), body: null }, receiver);
    });
  }
}

/** 404 says so by the specification; older examples answer 400 and speak of the session. */
function isSessionLost(outcome: HttpOutcome, usedSession: string | null): boolean {
  if (outcome.kind !== 'status' || usedSession === null) return false;
  if (outcome.head.status === 404) return true;
  return outcome.head.status === 400 && /session/i.test(outcome.body.toString('utf8', 0, 1000));
}

/** Some servers put a JSON-RPC error to this very request into a 4xx answer. */
export function answersId(outcome: Extract<HttpOutcome, { kind: 'status' }>, id: number): boolean {
  if (mediaType(outcome.head) !== 'application/json') return false;
  const envelope = locateEnvelope(outcome.body);
  return envelope.kind === 'response' && envelope.has === 'error' && readId(outcome.body, envelope) === id;
}

/** Visible ASCII by the specification; anything else is not sent back. */
function readSessionId(head: HttpHead): string | null {
  const value = head.headers['mcp-session-id'];
  return typeof value === 'string' && /^[\x21-\x7e]{1,1024}$/.test(value) ? value : null;
}
