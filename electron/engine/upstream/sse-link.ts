import type { ServerFault } from '../../shared/index.ts';
import type { HttpClient } from '../wire/http-client.ts';
import { createArmedClient } from './armed-client.ts';
import { cancelledFault } from './faults.ts';
import { initializeParams, readHello } from './handshake.ts';
import type { HttpOutcome } from './http-answer.ts';
import { postHeaders, startExchange } from './http-exchange.ts';
import { describeOutcome } from './http-faults.ts';
import { createLegacyConversation, type LegacyConversation } from './legacy-conversation.ts';
import type { LinkFault } from './link.ts';
import { writeCancelled, writeNotification, writeRequest } from './messages.ts';
import { defaultInitializeMs, type OpenContext } from './open-context.ts';
import { createPendingCalls, type PendingCalls } from './pending-calls.ts';
import { makeLegacyLink, type ServerLink } from './server-link.ts';

/** Posts have no answer of their own here; a server that never takes one is not waited for. */
const postGraceMs = 30_000;
/** The first revision that wants its version in a header of each request. */
const firstHeaderVersion = '2025-06-18';

/**
 * Connects to a server of the HTTP+SSE transport (MCP 2024-11-05): one GET stream brings everything, its first event
 * says where to post. Throws a `LinkFault`.
 */
export async function openSseLink(
  url: URL,
  headers: Record<string, string>,
  client: HttpClient,
  context: OpenContext,
): Promise<ServerLink> {
  const channel = new SseChannel(url, headers, client, context);
  try {
    const hello = await channel.open();
    return makeLegacyLink(channel.conversation, {
      hello,
      pid: null,
      startedAt: context.now(),
      closed: channel.closed,
      close: () => channel.close(),
    });
  } catch (error) {
    await channel.close();
    throw error;
  }
}

/** Owner of the stream and of the client that posts. */
class SseChannel {
  readonly conversation: LegacyConversation;
  readonly closed: Promise<ServerFault | null>;
  over: LinkFault | null = null;
  readonly #url: URL;
  readonly #address: string;
  readonly #ownHeaders: Record<string, string>;
  readonly #context: OpenContext;
  readonly #pending: PendingCalls;
  readonly #streamClient: HttpClient;
  #postClient: HttpClient | null = null;
  #protocolVersion: string | null = null;
  #abortStream: () => void = () => {};
  #resolveClosed: (fault: ServerFault | null) => void = () => {};

  constructor(url: URL, ownHeaders: Record<string, string>, client: HttpClient, context: OpenContext) {
    this.#url = url;
    this.#address = url.origin + url.pathname;
    this.#ownHeaders = ownHeaders;
    this.#context = context;
    this.#streamClient = client;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#pending = createPendingCalls(context.makeFault, (id, method, reason) => {
      if (method !== 'initialize') this.#post(writeCancelled(id, reason), null);
    });
    const over = () => this.over;
    this.conversation = createLegacyConversation(context, this.#pending, {
      get over() {
        return over();
      },
      sendRequest: (id, text) => this.#post(text, id),
      sendNotice: (text) => this.#post(text, null),
    });
  }

  /** The stream, its `endpoint`, then the handshake as on every legacy link. */
  async open() {
    const { version, user, makeFault, signal } = this.#context;
    const timeoutMs = this.#context.initializeTimeoutMs ?? defaultInitializeMs;
    const endpoint = await this.#openStream(timeoutMs);
    this.#postClient = createArmedClient(endpoint, this.#context);
    const id = this.#pending.nextId();
    const answer = this.#pending.wait(id, { method: 'initialize', signal, timeoutMs, call: null });
    this.#post(writeRequest(id, 'initialize', initializeParams(version, user?.capabilities ?? {})), id);
    const hello = readHello(await answer, makeFault);
    if (hello.protocolVersion >= firstHeaderVersion) this.#protocolVersion = hello.protocolVersion;
    this.#post(writeNotification('notifications/initialized'), null);
    this.conversation.greeted(hello);
    return hello;
  }

  async close(): Promise<void> {
    this.#end(null);
    await Promise.all([this.#streamClient.destroy(), this.#postClient?.destroy()]);
  }

  #openStream(timeoutMs: number): Promise<URL> {
    const { makeFault, signal } = this.#context;
    return new Promise((resolve, reject) => {
      const onAbort = () => fail(cancelledFault(makeFault));
      const timer = setTimeout(() => fail(makeFault('timeout', silentWords(this.#address))), timeoutMs);
      const settle = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const fail = (fault: LinkFault) => {
        settle();
        reject(fault);
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      this.#abortStream = startExchange(this.#streamClient, {
        method: 'GET',
        text: null,
        headers: this.#headers({ accept: 'text/event-stream' }),
        awaitedId: null,
        receive: (bytes) => this.conversation.receive(bytes, null),
        onEvent: (event, data) => {
          if (event !== 'endpoint') return;
          settle();
          const endpoint = this.#readEndpoint(data);
          if (endpoint === null) reject(makeFault('protocol', foreignWords(this.#address)));
          else resolve(endpoint);
        },
        onOutcome: (outcome) => {
          const fault = this.#describeEnd(outcome);
          fail(fault);
          this.#end(fault);
        },
      });
    });
  }

  /** Another origin would get what is meant for this one, credentials first. */
  #readEndpoint(data: Buffer): URL | null {
    try {
      const endpoint = new URL(data.toString('utf8'), this.#url);
      const isOwn = endpoint.origin === this.#url.origin && endpoint.username === '' && endpoint.password === '';
      return isOwn ? endpoint : null;
    } catch {
      return null;
    }
  }

  #describeEnd(outcome: HttpOutcome): LinkFault {
    const { makeFault } = this.#context;
    if (outcome.kind !== 'read') return describeOutcome(outcome, this.#address, makeFault);
    return makeFault('exited', {
      message: `${this.#address} ended its event stream.`,
      fix: 'Call again: it is opened anew. If it stays, look into the log of the server.',
    });
  }

  #headers(extra: Record<string, string>): Record<string, string> {
    const version = this.#protocolVersion === null ? {} : { 'mcp-protocol-version': this.#protocolVersion };
    return { ...this.#ownHeaders, 'accept-encoding': 'identity', ...version, ...extra };
  }

  /** `id`: the request that fails when the server does not take the post. */
  #post(text: string, id: number | null): void {
    const client = this.#postClient;
    if (client === null || this.over !== null) return;
    let timer: NodeJS.Timeout | undefined;
    const abort = startExchange(client, {
      method: 'POST',
      text,
      headers: this.#headers(postHeaders),
      awaitedId: null,
      mayResend: () => id === null || (this.#pending.callOf(id)?.io.mayGoOn() ?? true),
      receive: (bytes) => this.conversation.receive(bytes, id),
      onOutcome: (outcome) => {
        clearTimeout(timer);
        if (id === null || outcome.kind === 'read') return;
        this.#pending.fail(id, describeOutcome(outcome, this.#address, this.#context.makeFault));
      },
    });
    timer = setTimeout(abort, postGraceMs);
    timer.unref();
  }

  #end(fault: LinkFault | null): void {
    if (this.over !== null) return;
    this.over = fault ?? this.#context.makeFault('exited', closedWords);
    this.#abortStream();
    this.conversation.ended();
    this.#pending.failAll(this.over);
    this.#resolveClosed(fault?.fault ?? null);
  }
}

const closedWords = {
  message: 'The connection was closed by ScopeGate.',
  fix: 'Call again: it opens with the next call.',
};

function silentWords(address: string) {
  return {
    message: `${address} opened no event stream in time.`,
    fix: 'Check that the address is the MCP endpoint of the server; it often ends in /mcp or /sse.',
  };
}

function foreignWords(address: string) {
  return {
    message: `${address} wants messages sent to another address than its own; ScopeGate refuses that.`,
    fix: 'Do not use this server unless you know why it does that.',
  };
}
