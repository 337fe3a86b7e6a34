import type { ArmedCall } from '../core/stages.ts';
import { takesTasks, tasksExtension } from '../eras/capabilities.ts';
import { type LogLevel, passesLevel } from '../eras/log-levels.ts';
import { isMultiRound, metaKeys } from '../eras/modern-methods.ts';
import { requestLogLevel } from '../eras/request-meta.ts';
import type { JsonObject, JsonValue, RawResponse } from '../wire/json-rpc.ts';
import { toRawResponse } from '../wire/raw-response.ts';
import { modernErrors } from './era-probe.ts';
import { cancelledFault, tooDeepFault } from './faults.ts';
import { parseResponse, readResult } from './handshake.ts';
import { type MessageTaker, type Received, receiveMessage } from './inbound.ts';
import type { CallIo, HousekeepingMethod, LinkFault, ServerHello } from './link.ts';
import { isObject } from './messages.ts';
import type { OpenContext } from './open-context.ts';
import type { CallInFlight, PendingCalls, PendingIo } from './pending-calls.ts';
import { carriedMeta, hopMeta, withoutAsking } from './request-meta.ts';
import { runRounds } from './rounds.ts';
import { type ListenEnd, Subscriptions } from './subscriptions.ts';

/** One request as it is sent; HTTP derives headers from it, `definition` being the called tool's. */
export interface ModernRequest {
  method: string;
  params: JsonObject;
  definition: JsonObject | null;
}

/** How a modern link sends; stdio and HTTP differ in nothing else. */
export interface ModernChannel {
  /** Set when nothing can be sent any more. */
  readonly over: LinkFault | null;
  /** A request whose answer is waited for under this id. */
  sendRequest(id: number, request: ModernRequest): void;
  /** A request that stays open; its end is told by `listenEnded`. Returns what ends it. */
  openListen(id: number, request: ModernRequest): () => void;
  sendNotice(method: string, params: JsonObject): void;
}

/** For whom a call is sent: a modern server is told with every request. */
export interface Caller {
  /** Null: nobody can be asked, so only the rest of what its client declared is told. */
  capabilities: JsonObject | null;
  /** Set by a legacy agent for its session; a modern agent says it in the request. */
  logLevel: LogLevel | null;
}

/** Both directions of the exchange with one modern server. It keeps nothing of one caller for another. */
export interface ModernConversation {
  receive(bytes: Buffer, streamOf: number | null): Received;
  listenEnded(id: number, end: ListenEnd): void;
  send(call: ArmedCall, io: CallIo, caller: Caller): Promise<RawResponse>;
  request(method: HousekeepingMethod, params: JsonObject, timeoutMs: number): Promise<JsonValue>;
  notify(method: string, params: JsonObject): void;
  followTask(taskId: string, isWanted: boolean): Promise<void>;
  readonly subscriptions: Subscriptions;
}

const followMs = 10_000;
const listChanged = /^notifications\/(tools|prompts|resources)\/list_changed$/;
/** A server speaks so of its own listen streams alone; its ids mean other requests to an agent. */
const ofSubscriptions = new Set(['notifications/cancelled', 'notifications/subscriptions/acknowledged']);
/** Notifications of clients that the modern era has no more, or that are said otherwise. */
const unsaid = /^notifications\/(initialized|cancelled|progress|roots\/list_changed)$/;

export function createModernConversation(
  context: OpenContext,
  hello: ServerHello,
  pending: PendingCalls,
  channel: ModernChannel,
): ModernConversation {
  const own = hopMeta(context.version, {}, null);
  // a server tells of tasks only to those who said that they know them
  const ownWithTasks = hopMeta(context.version, { extensions: { [tasksExtension]: {} } }, null);
  const subscriptions = new Subscriptions({
    capabilities: hello.capabilities,
    uris: context.memory.uris,
    tasks: context.memory.tasks,
    events: context.events,
    makeFault: context.makeFault,
    note: (text) => context.ring.add('gateway', text),
    nextId: pending.nextId,
    open: (id, notifications) =>
      channel.openListen(id, {
        method: 'subscriptions/listen',
        params: { _meta: notifications.taskIds === undefined ? own : ownWithTasks, notifications },
        definition: null,
      }),
  });
  const taker = makeTaker(pending, subscriptions, context);
  const ask = makeAsk(context, pending, channel);

  async function request(method: string, params: JsonObject, timeoutMs: number): Promise<JsonValue> {
    const hop = method.startsWith('tasks/') ? ownWithTasks : own;
    const sent = { method, params: { ...params, _meta: { ...carriedMeta(params), ...hop } }, definition: null };
    const response = await ask(pending.nextId(), sent, { method, signal: null, timeoutMs, call: null });
    return readResult(response, method, context.makeFault);
  }

  return {
    subscriptions,
    receive: (bytes, streamOf) => receiveMessage(bytes, streamOf, taker),
    listenEnded: (id, end) => subscriptions.ended(id, end),
    async send(call, io, caller) {
      const response = await runRounds({
        method: call.exchange.method,
        signal: io.signal,
        makeFault: context.makeFault,
        takesTasks: takesTasks(declaredBy(call, caller)),
        mayGoOn: () => io.mayGoOn(),
        once: (added) => {
          const id = pending.nextId();
          const round = describeRound(id, call, added, caller, context.version);
          const { method, agent } = call.exchange;
          const inFlight = { agentId: agent.id, io, agentToken: round.agentToken, minLogLevel: round.logLevel };
          return ask(id, round.request, { method, signal: io.signal, timeoutMs: io.timeoutMs, call: inFlight });
        },
        ask: caller.capabilities === null ? null : io.ask,
      });
      if (response.has === 'error') refuseHopErrors(response, context);
      return response;
    },
    async request(method, params, timeoutMs) {
      // Answered here: the era has no such methods, and what they stand for is said with each call.
      if (method === 'ping' || method === 'logging/setLevel') return {};
      const { uri } = params;
      if (method === 'resources/subscribe' && typeof uri === 'string') await subscriptions.subscribe(uri, timeoutMs);
      else if (method === 'resources/unsubscribe' && typeof uri === 'string') subscriptions.unsubscribe(uri);
      else return request(method, params, timeoutMs);
      return {};
    },
    async followTask(taskId, isWanted) {
      if (isWanted) await subscriptions.followTask(taskId, followMs);
      else subscriptions.unfollowTask(taskId);
    },
    notify(method, params) {
      if (!unsaid.test(method)) channel.sendNotice(method, { ...params, _meta: { ...carriedMeta(params), ...own } });
    },
  };
}

function makeAsk(context: OpenContext, pending: PendingCalls, channel: ModernChannel) {
  return async (id: number, request: ModernRequest, io: PendingIo): Promise<RawResponse> => {
    if (channel.over !== null) throw channel.over;
    if (io.signal?.aborted) throw cancelledFault(context.makeFault);
    const answer = pending.wait(id, io);
    channel.sendRequest(id, request);
    return answer;
  };
}

interface Round {
  request: ModernRequest;
  agentToken: JsonValue | undefined;
  logLevel: LogLevel | null;
}

/** What a server is told that the client of this call can do. */
function declaredBy({ exchange }: ArmedCall, caller: Caller): JsonObject {
  return caller.capabilities ?? withoutAsking(exchange.session?.clientCapabilities ?? {});
}

/** One sending of a call: its own id, which is its progress token too. */
function describeRound(id: number, call: ArmedCall, added: JsonObject, caller: Caller, version: string): Round {
  const { method, era } = call.exchange;
  const logLevel = era === 'modern' ? requestLogLevel(call.params) : caller.logLevel;
  const meta = carriedMeta(call.params);
  const agentToken = meta.progressToken;
  const capabilities = declaredBy(call, caller);
  if (agentToken !== undefined) meta.progressToken = id;
  const params = {
    ...ownMembers(call),
    ...added,
    _meta: { ...meta, ...hopMeta(version, capabilities, logLevel) },
  };
  const definition = call.tool.kind === 'tool' ? call.tool.definition : null;
  return { request: { method, params, definition }, agentToken, logLevel };
}

/** Answers and state of a round are written here alone: what an agent puts in their place was asked by nobody. */
function ownMembers({ exchange, params }: ArmedCall): JsonObject {
  if (!isMultiRound(exchange.method)) return params;
  const { inputResponses: _forged, requestState: _stolen, ...own } = params;
  return own;
}

function makeTaker(pending: PendingCalls, subscriptions: Subscriptions, context: OpenContext): MessageTaker {
  const { events } = context;
  const note = (text: string) => context.ring.add('gateway', text);

  /**
   * A server tells only what a running request asked for. On a channel that all share, a message is some call's only
   * when all calls that could have asked are one agent's.
   */
  function ownerOf(params: JsonObject, method: string, streamOf: number | null): CallInFlight | null {
    const named = streamOf === null ? null : pending.callOf(streamOf);
    if (named !== null) return wants(named, method, params) ? named : null;
    const asked = pending.calls().filter((call) => wants(call, method, params));
    const isOneAgent = asked.every((call) => call.agentId === asked[0]?.agentId);
    return isOneAgent ? (asked.at(-1) ?? null) : null;
  }

  return {
    note,
    clean: (bytes) => context.redactor.cleanMessage(bytes),
    onResponse(id, bytes, envelope) {
      if (subscriptions.owns(id)) {
        const error = envelope.has === 'error' ? readError(parseResponse(toRawResponse(bytes, envelope))) : null;
        subscriptions.ended(id, { refusal: error });
      } else if (!pending.settle(id, toRawResponse(bytes, envelope))) {
        note(`Dropped an answer nobody waits for (id ${id}).`);
      }
    },
    onTooDeep: (id) => void pending.fail(id, tooDeepFault(context.makeFault)),
    onRequest: (_id, method) => note(`Dropped a request of the server (${method.slice(0, 100)}): it may not send any.`),
    onNotification(method, params, streamOf) {
      const meta = isObject(params._meta) ? params._meta : {};
      const listenId = meta[metaKeys.subscriptionId] ?? streamOf;
      if (subscriptions.owns(listenId)) subscriptions.take(listenId, method, params);
      else if (method === 'notifications/progress') pending.relayProgress(params);
      else if (method === 'notifications/cancelled' && subscriptions.owns(params.requestId)) {
        subscriptions.ended(params.requestId, { refusal: null });
      } else if (listChanged.test(method)) {
        // unasked, or on the stream of a call: it is about the server all the same
        events.onListChanged(listChanged.exec(method)?.[1] as 'tools' | 'prompts' | 'resources');
      } else if (!ofSubscriptions.has(method)) ownerOf(params, method, streamOf)?.io.onNotification(method, params);
    },
  };
}

function wants(call: CallInFlight, method: string, params: JsonObject): boolean {
  if (method !== 'notifications/message') return true;
  return call.minLogLevel != null && passesLevel(params.level, call.minLogLevel);
}

function readError(message: JsonObject | null): { code: number; message: string } {
  const error = isObject(message?.error) ? message.error : {};
  return {
    code: typeof error.code === 'number' ? error.code : 0,
    message: typeof error.message === 'string' ? error.message : '',
  };
}

/**
 * Two errors speak of this hop and not of the agent's call: the tool's definition is not the one we know, so its headers
 * were others; or the server is another one now. The agent is told to call again; -32021 speaks of its own capabilities.
 */
function refuseHopErrors(response: RawResponse, context: OpenContext): void {
  const { code } = readError(parseResponse(response));
  if (code === modernErrors.headerMismatch) {
    context.events.onListChanged('tools');
    throw context.makeFault('protocol', {
      message: 'The server expects other headers for this tool: its definition has changed.',
      fix: 'Call again: the tools of the server are being read anew.',
    });
  }
  if (code === modernErrors.unsupportedVersion) {
    context.onEraDoubt();
    throw context.makeFault('protocol', {
      message: 'The server does not speak this protocol version any more.',
      fix: 'Call again: the connection is being made anew.',
    });
  }
}
