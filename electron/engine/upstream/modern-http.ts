import type { ServerFault } from '../../shared/index.ts';
import { modernVersion } from '../eras/modern-methods.ts';
import type { HttpClient } from '../wire/http-client.ts';
import type { JsonObject, RpcErrorBody } from '../wire/json-rpc.ts';
import { locateEnvelope, toRawResponse } from '../wire/raw-response.ts';
import { type EraFinding, judgeDiscovery } from './era-probe.ts';
import { cancelledFault } from './faults.ts';
import { parseResponse } from './handshake.ts';
import { type HttpOutcome, mediaType } from './http-answer.ts';
import { postHeaders, startExchange } from './http-exchange.ts';
import { describeMissingAnswer, describeOutcome } from './http-faults.ts';
import { answersId } from './http-session.ts';
import { type Received, receiveMessage } from './inbound.ts';
import type { LinkFault, ServerHello } from './link.ts';
import { isObject, writeNotification, writeRequest } from './messages.ts';
import {
  createModernConversation,
  type ModernChannel,
  type ModernConversation,
  type ModernRequest,
} from './modern-conversation.ts';
import { defaultInitializeMs, type OpenContext } from './open-context.ts';
import { mirrorHeaders } from './param-headers.ts';
import { createPendingCalls, type PendingCalls } from './pending-calls.ts';
import { hopMeta } from './request-meta.ts';
import { makeModernLink, type ServerLink } from './server-link.ts';

/** A modern server at one address, and what every request to it carries. */
export interface ModernSite {
  address: string;
  headers: Record<string, string>;
  client: HttpClient;
}

/** No era speaks through these; a person has to do something, or the server has to recover. */
const noEvidence = (status: number) =>
  status === 401 ||
  status === 403 ||
  status === 408 ||
  status === 429 ||
  status >= 500 ||
  (status >= 300 && status < 400);

/** Asks `server/discover` and judges the answer. Throws a `LinkFault` for whatever says nothing of the era. */
export async function discoverOverHttp(site: ModernSite, context: OpenContext): Promise<EraFinding> {
  const { makeFault, signal } = context;
  if (signal.aborted) throw cancelledFault(makeFault);
  let stop: () => void = () => {};
  const pending = createPendingCalls(makeFault, () => stop());
  const id = pending.nextId();
  const timeoutMs = context.initializeTimeoutMs ?? defaultInitializeMs;
  const answer = pending.wait(id, { method: 'server/discover', signal, timeoutMs, call: null });
  const params = { _meta: hopMeta(context.version, {}, null) };
  const refusal = new Promise<EraFinding>((resolve, reject) => {
    stop = startExchange(site.client, {
      method: 'POST',
      text: writeRequest(id, 'server/discover', params),
      headers: requestHeaders(site, { method: 'server/discover', params, definition: null }),
      awaitedId: id,
      receive: (bytes) => settleOnly(context.redactor.cleanMessage(bytes), pending),
      onOutcome(outcome) {
        if (outcome.kind === 'read' && outcome.isAnswered) return;
        const finding = judgeOutcome(outcome, site, context);
        if (finding.kind === 'fault') reject(finding.fault);
        else resolve(finding);
      },
    });
  });
  const answered = answer.then((response) => judgeDiscovery(response, 200, makeFault));
  // One of the two stays open for ever when the other ended.
  return Promise.race([answered, refusal]).finally(() => pending.failAll(cancelledFault(makeFault)));
}

function settleOnly(bytes: Buffer, pending: PendingCalls): Received {
  return receiveMessage(bytes, null, {
    note: () => {},
    clean: (message) => message,
    onRequest: () => {},
    onNotification: () => {},
    onTooDeep: () => {},
    onResponse: (id, body, envelope) => void pending.settle(id, toRawResponse(body, envelope)),
  });
}

function judgeOutcome(outcome: HttpOutcome, site: ModernSite, context: OpenContext): EraFinding {
  if (outcome.kind === 'read') return { kind: 'legacy' };
  const fault = () => describeOutcome(outcome, site.address, context.makeFault);
  if (outcome.kind === 'unusable' && outcome.reason === 'content_type') return { kind: 'legacy' };
  if (outcome.kind !== 'status') return { kind: 'fault', fault: fault() };
  const { status } = outcome.head;
  if (noEvidence(status)) return { kind: 'fault', fault: fault() };
  const envelope = mediaType(outcome.head) === 'application/json' ? locateEnvelope(outcome.body) : null;
  if (envelope?.kind !== 'response') return { kind: 'legacy' };
  return judgeDiscovery(toRawResponse(outcome.body, envelope), status, context.makeFault);
}

/** A link to a server that `discoverOverHttp` found to be modern. */
export function openModernHttpLink(hello: ServerHello, site: ModernSite, context: OpenContext): ServerLink {
  const channel = new ModernHttpChannel(site, context);
  const conversation = createModernConversation(context, hello, channel.pending, channel);
  channel.conversation = conversation;
  conversation.subscriptions.start();
  return makeModernLink(conversation, {
    hello,
    pid: null,
    startedAt: context.now(),
    closed: channel.closed,
    async close() {
      conversation.subscriptions.close();
      await channel.close();
    },
  });
}

/** Owner of the requests under way: there is nothing else, the era has no sessions. Closing one cancels it. */
class ModernHttpChannel implements ModernChannel {
  readonly pending: PendingCalls;
  readonly closed: Promise<ServerFault | null>;
  over: LinkFault | null = null;
  conversation: ModernConversation | null = null;
  readonly #site: ModernSite;
  readonly #context: OpenContext;
  readonly #aborts = new Map<number, () => void>();
  #resolveClosed: (fault: ServerFault | null) => void = () => {};

  constructor(site: ModernSite, context: OpenContext) {
    this.#site = site;
    this.#context = context;
    this.pending = createPendingCalls(context.makeFault, (id) => this.#stop(id));
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  sendRequest(id: number, request: ModernRequest): void {
    this.#post(id, request, (outcome) => this.#conclude(id, outcome));
  }

  openListen(id: number, request: ModernRequest): () => void {
    this.#post(id, request, (outcome) => {
      if (outcome.kind === 'read' && outcome.isAnswered) return;
      this.conversation?.listenEnded(id, { refusal: readRefusal(outcome) });
    });
    return () => this.#stop(id);
  }

  sendNotice(method: string, params: JsonObject): void {
    if (this.over !== null) return;
    this.#start(null, writeNotification(method, params), { method, params, definition: null }, () => {});
  }

  async close(): Promise<void> {
    this.#end(null);
    await this.#site.client.destroy();
  }

  #post(id: number, request: ModernRequest, onOutcome: (outcome: HttpOutcome) => void): void {
    const text = writeRequest(id, request.method, request.params);
    const abort = this.#start(id, text, request, (outcome) => {
      this.#aborts.delete(id);
      onOutcome(outcome);
    });
    this.#aborts.set(id, abort);
  }

  #start(id: number | null, text: string, request: ModernRequest, onOutcome: (outcome: HttpOutcome) => void) {
    return startExchange(this.#site.client, {
      method: 'POST',
      text,
      headers: requestHeaders(this.#site, request),
      awaitedId: id,
      mayResend: () => id === null || (this.pending.callOf(id)?.io.mayGoOn() ?? true),
      receive: (bytes, streamOf) => this.conversation?.receive(bytes, streamOf) ?? { isJson: true, answered: [] },
      onOutcome,
    });
  }

  #conclude(id: number, outcome: HttpOutcome): void {
    const { makeFault } = this.#context;
    if (outcome.kind === 'read') {
      if (!outcome.isAnswered) this.pending.fail(id, describeMissingAnswer(this.#site.address, makeFault));
      return;
    }
    if (outcome.kind === 'status' && answersId(outcome, id)) {
      this.conversation?.receive(outcome.body, id);
      return;
    }
    const fault = describeOutcome(outcome, this.#site.address, makeFault);
    if (outcome.kind === 'status' && oldAnswers.has(outcome.head.status)) this.#context.onEraDoubt();
    this.pending.fail(id, fault);
    if (outcome.kind === 'network' && fault.kind === 'refused') this.#end(fault);
  }

  #stop(id: number): void {
    this.#aborts.get(id)?.();
    this.#aborts.delete(id);
  }

  #end(fault: LinkFault | null): void {
    if (this.over !== null) return;
    this.over = fault ?? this.#context.makeFault('exited', closedWords);
    if (fault !== null) this.conversation?.subscriptions.close();
    for (const id of [...this.#aborts.keys()]) this.#stop(id);
    this.pending.failAll(this.over);
    this.#resolveClosed(fault?.fault ?? null);
    if (fault !== null) void this.#site.client.destroy();
  }
}

/** A modern server gives these with a JSON-RPC error; without one an older server answers at this address now. */
const oldAnswers = new Set([400, 404, 405]);

const closedWords = {
  message: 'The connection was closed by ScopeGate.',
  fix: 'Call again: it opens with the next call.',
};

function requestHeaders(site: ModernSite, request: ModernRequest): Record<string, string> {
  return {
    ...site.headers,
    'accept-encoding': 'identity',
    ...postHeaders,
    'mcp-protocol-version': modernVersion,
    ...mirrorHeaders(request.method, request.params, request.definition),
  };
}

/** Null: the stream broke, and another may come through. */
function readRefusal(outcome: HttpOutcome): RpcErrorBody | null {
  if (outcome.kind === 'unusable') return { code: 0, message: outcome.reason };
  if (outcome.kind !== 'status' || outcome.head.status >= 500 || outcome.head.status === 429) return null;
  const envelope = locateEnvelope(outcome.body);
  const message = envelope.kind === 'response' ? parseResponse(toRawResponse(outcome.body, envelope)) : null;
  const error = isObject(message?.error) ? message.error : {};
  return {
    code: typeof error.code === 'number' ? error.code : outcome.head.status,
    message: typeof error.message === 'string' ? error.message : '',
  };
}
