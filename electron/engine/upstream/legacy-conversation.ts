import type { ArmedCall } from '../core/stages.ts';
import { type LogLevel, passesLevel, readLogLevel } from '../eras/log-levels.ts';
import { requestLogLevel } from '../eras/request-meta.ts';
import type { JsonObject, JsonValue, RawResponse } from '../wire/json-rpc.ts';
import { toRawResponse } from '../wire/raw-response.ts';
import { cancelledFault, tooDeepFault, withheldFault } from './faults.ts';
import { readResult } from './handshake.ts';
import { type MessageTaker, type Received, receiveMessage } from './inbound.ts';
import type { CallIo, HousekeepingMethod, LinkFault, ServerHello } from './link.ts';
import { isObject, writeNotification, writeRequest } from './messages.ts';
import type { OpenContext } from './open-context.ts';
import type { CallInFlight, PendingCalls, PendingIo } from './pending-calls.ts';
import { legacyParams } from './request-meta.ts';
import { createServerAsks } from './server-asks.ts';

/** How a legacy link sends; stdio, Streamable HTTP and HTTP+SSE differ in nothing else. */
export interface LegacyChannel {
  /** Set when nothing can be sent any more. */
  readonly over: LinkFault | null;
  /** A request whose answer is waited for under this id. */
  sendRequest(id: number, text: string): void;
  /** A notification, or our answer to a request of the server. */
  sendNotice(text: string): void;
}

/** Both directions of one connection to a server that was greeted with `initialize`. */
export interface LegacyConversation {
  /** Routes what the server sent; `streamOf`: the request whose own stream brought it, null when no stream tells. */
  receive(bytes: Buffer, streamOf: number | null): Received;
  send(call: ArmedCall, io: CallIo): Promise<RawResponse>;
  request(method: HousekeepingMethod, params: JsonObject, timeoutMs: number): Promise<JsonValue>;
  notify(method: string, params: JsonObject): void;
  /** The server greeted us, again perhaps: it is told anew what it was told before. */
  greeted(hello: ServerHello): void;
  /** The connection is over: whatever the server asked is nobody's question any more. */
  ended(): void;
}

const tellMs = 5000;
const listChanged = /^notifications\/(tools|prompts|resources)\/list_changed$/;
/** They are about the session, not about the call that happens to run; the call's own stream still wins over this. */
const ofNoCall = new Set(['notifications/resources/updated', 'notifications/tasks/status']);

export function createLegacyConversation(
  context: OpenContext,
  pending: PendingCalls,
  channel: LegacyChannel,
): LegacyConversation {
  const { events, makeFault } = context;
  const note = (text: string) => context.ring.add('gateway', text);
  const asks = createServerAsks({
    isShared: context.user === null,
    pending,
    events,
    reply: (text) => channel.sendNotice(text),
    note,
  });
  let canLog = false;
  const { memory } = context;

  /** A shared link's calls may be several agents': what no stream attributes is nobody's. */
  function ownerOf(method: string, streamOf: number | null): CallInFlight | null {
    const named = streamOf === null ? null : pending.callOf(streamOf);
    if (named !== null || context.user === null || ofNoCall.has(method)) return named;
    return pending.calls().at(-1) ?? null;
  }

  const taker: MessageTaker = {
    note,
    clean: (bytes) => context.redactor.cleanMessage(bytes),
    onResponse(id, bytes, envelope) {
      if (!pending.settle(id, toRawResponse(bytes, envelope))) note(`Dropped an answer nobody waits for (id ${id}).`);
    },
    onTooDeep: (id) => void pending.fail(id, tooDeepFault(makeFault)),
    onRequest: (id, method, params, streamOf) => asks.take(id, method, params, streamOf),
    onNotification(method, params, streamOf) {
      const kind = listChanged.exec(method)?.[1];
      if (kind !== undefined) events.onListChanged(kind as 'tools' | 'prompts' | 'resources');
      else if (method === 'notifications/progress') {
        const late = pending.relayProgress(params);
        if (late !== null) events.onNotification(method, late);
      } else if (method === 'notifications/cancelled') asks.withdraw(params.requestId);
      else {
        const call = ownerOf(method, streamOf);
        if (call === null) events.onNotification(method, params);
        else if (method !== 'notifications/message' || wantsMessage(call, params))
          call.io.onNotification(method, params);
      }
    },
  };

  function ask(id: number, text: string, io: PendingIo): Promise<RawResponse> {
    if (channel.over !== null) return Promise.reject(channel.over);
    if (io.signal?.aborted) return Promise.reject(cancelledFault(makeFault));
    const answer = pending.wait(id, io);
    channel.sendRequest(id, text);
    return answer;
  }

  async function request(method: string, params: JsonObject, timeoutMs: number): Promise<JsonValue> {
    const id = pending.nextId();
    const io: PendingIo = { method, signal: null, timeoutMs, call: null };
    return readResult(await ask(id, writeRequest(id, method, params), io), method, makeFault);
  }

  /** A modern agent asks for log messages with the call itself; a legacy server is told once and before. */
  async function raiseLogLevel(level: LogLevel): Promise<void> {
    if (!canLog || (memory.logLevel !== null && passesLevel(level, memory.logLevel))) return;
    memory.logLevel = level;
    await tell('logging/setLevel', { level });
  }

  /** What the server should know; one that refuses is noted and used as it is. */
  function tell(method: string, params: JsonObject): Promise<unknown> {
    return request(method, params, tellMs).catch((fault: LinkFault) => note(fault.message));
  }

  return {
    receive: (bytes, streamOf) => receiveMessage(bytes, streamOf, taker),
    async send(call, io) {
      const minLogLevel = call.exchange.era === 'modern' ? requestLogLevel(call.params) : undefined;
      if (minLogLevel) {
        await raiseLogLevel(minLogLevel);
        if (!io.mayGoOn()) throw withheldFault(makeFault);
      }
      const id = pending.nextId();
      const { method, agent } = call.exchange;
      const { params, agentToken } = legacyParams(id, call);
      return ask(id, writeRequest(id, method, params), {
        method,
        signal: io.signal,
        timeoutMs: io.timeoutMs,
        call: { agentId: agent.id, io, agentToken, minLogLevel, asksForTask: isObject(params.task) },
      });
    },
    async request(method, params, timeoutMs) {
      const result = await request(method, params, timeoutMs);
      const { level, uri } = params;
      if (method === 'logging/setLevel') memory.logLevel = readLogLevel(level);
      if (method === 'resources/subscribe' && typeof uri === 'string') memory.uris.add(uri);
      if (method === 'resources/unsubscribe' && typeof uri === 'string') memory.uris.delete(uri);
      return result;
    },
    notify: (method, params) => channel.sendNotice(writeNotification(method, params)),
    greeted(hello) {
      canLog = hello.capabilities.logging !== undefined;
      if (canLog && memory.logLevel !== null) void tell('logging/setLevel', { level: memory.logLevel });
      for (const uri of memory.uris) void tell('resources/subscribe', { uri });
    },
    ended: () => asks.withdrawAll(),
  };
}

function wantsMessage(call: CallInFlight, params: JsonObject): boolean {
  if (call.minLogLevel === undefined) return true;
  return call.minLogLevel !== null && passesLevel(params.level, call.minLogLevel);
}
