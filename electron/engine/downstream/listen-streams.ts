import type { ServerResponse } from 'node:http';
import { missingTasks, takesTasks } from '../eras/capabilities.ts';
import { metaKeys } from '../eras/modern-methods.ts';
import type { AgentIdentity, Exchange } from '../exchange.ts';
import type { JsonObject, JsonValue, Reply } from '../wire/json-rpc.ts';
import { rpcErrorCodes } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import { serializeNotification, serializeReply } from '../wire/serialize-reply.ts';
import { sseEvent } from '../wire/sse-writer.ts';
import type { AgentRequest } from './agent-request.ts';
import { answerExchange } from './answer-exchange.ts';
import type { DownstreamPorts } from './contract.ts';
import type { Heartbeat } from './heartbeat.ts';
import { isGone, sendError, startStream } from './http-reply.ts';
import { isInScope } from './in-scope.ts';
import type { ListenerLimits } from './listener-limits.ts';
import type { ModernRequest } from './modern-request.ts';
import { heldRequestMs } from './running-exchange.ts';

export interface ListenStreamsParts {
  ports: DownstreamPorts;
  limits: ListenerLimits;
  heartbeat: Heartbeat;
  serverInfo: JsonObject;
}

interface Listen {
  agent: AgentIdentity;
  scope: string | null;
  request: ModernRequest;
  res: ServerResponse;
  /** Notifications of a kind it asked for and was promised. */
  methods: ReadonlySet<string>;
  /** Resources whose updates it asked for. */
  uris: Set<string>;
  /** Tasks it hears of, with what ends that. */
  tasks: Map<string, () => void>;
  isAcknowledged: boolean;
  controller: AbortController;
}

interface Filter {
  toolsListChanged: boolean;
  promptsListChanged: boolean;
  resourcesListChanged: boolean;
  resourceSubscriptions: string[];
  /** Of the tasks extension. */
  taskIds: string[];
}

const maxUriLength = 8 * 1024;

/** The `subscriptions/listen` streams of all agents: what the modern revision has in place of the GET stream. */
export class ListenStreams {
  readonly #parts: ListenStreamsParts;
  readonly #byAgent = new Map<string, Set<Listen>>();

  constructor(parts: ListenStreamsParts) {
    this.#parts = parts;
  }

  count(agentId: string): number {
    return this.#byAgent.get(agentId)?.size ?? 0;
  }

  async open(head: AgentRequest, request: ModernRequest): Promise<void> {
    const { res, agent, scope } = head;
    const { ports, limits } = this.#parts;
    const filter = readFilter(request.params.notifications, limits.listenUris);
    if (filter === null || !head.accepts.stream) {
      const message = 'subscriptions/listen needs a notifications filter, and a client that takes an event stream.';
      sendError(res, 400, request.id, { code: rpcErrorCodes.invalidParams, message });
      return;
    }
    if (this.count(agent.id) >= limits.streamsPerAgent) {
      const message = 'This agent has too many open streams.';
      sendError(res, 429, request.id, { code: rpcErrorCodes.internal, message });
      return;
    }
    if (filter.taskIds.length > 0 && !takesTasks(request.session.clientCapabilities)) {
      sendError(res, 400, request.id, missingTasks);
      return;
    }
    const listen = this.#add({ agent, scope, request, res });
    const { capabilities } = await ports.hello(agent, scope, 'modern');
    const honoured = honour(filter, capabilities);
    listen.methods = methodsOf(honoured);
    if (honoured.resourceSubscriptions !== undefined) {
      honoured.resourceSubscriptions = await this.#subscribe(listen, honoured.resourceSubscriptions);
    }
    if (filter.taskIds.length > 0) honoured.taskIds = await this.#follow(listen, filter.taskIds);
    if (!isGone(res)) this.#acknowledge(listen, honoured);
  }

  /** Reaches the streams of this agent that asked for exactly this; never anything before the acknowledgement. */
  notify(agentId: string, method: string, params: JsonObject = {}, serverIds?: readonly string[]): void {
    for (const listen of this.#byAgent.get(agentId) ?? []) {
      if (isWanted(listen, method, params) && listen.isAcknowledged && isInScope(listen.scope, serverIds))
        this.#write(listen, method, params);
    }
  }

  endAgent(agentId: string): void {
    for (const listen of [...(this.#byAgent.get(agentId) ?? [])]) this.#end(listen);
  }

  endAll(): void {
    for (const agentId of [...this.#byAgent.keys()]) this.endAgent(agentId);
  }

  #add(opened: Pick<Listen, 'agent' | 'scope' | 'request' | 'res'>): Listen {
    const listen: Listen = {
      ...opened,
      methods: new Set(),
      uris: new Set(),
      tasks: new Map(),
      isAcknowledged: false,
      controller: new AbortController(),
    };
    const { agent, res } = opened;
    const listens = this.#byAgent.get(agent.id) ?? new Set<Listen>();
    this.#byAgent.set(agent.id, listens.add(listen));
    res.once('close', () => {
      listens.delete(listen);
      if (listens.size === 0 && this.#byAgent.get(agent.id) === listens) this.#byAgent.delete(agent.id);
      listen.controller.abort();
      this.#unsubscribe(listen);
      this.#unfollow(listen);
      if (listen.isAcknowledged) this.#parts.ports.onSessionEnded(agent, listen.request.session);
    });
    return listen;
  }

  #acknowledge(listen: Listen, honoured: Partial<Filter>): void {
    startStream(listen.res);
    this.#parts.heartbeat.watch(listen.res);
    this.#write(listen, 'notifications/subscriptions/acknowledged', { notifications: { ...honoured } });
    listen.isAcknowledged = true;
    this.#parts.ports.onSessionOpened(listen.agent, listen.request.session);
  }

  #write(listen: Listen, method: string, params: JsonObject): void {
    const { res, request } = listen;
    if (isGone(res)) return;
    // A client that leaves so much unread is cut off; it opens a new stream and lists anew.
    if (res.writableLength > this.#parts.limits.streamBufferBytes) {
      res.destroy();
      return;
    }
    const meta = isObject(params._meta) ? params._meta : {};
    const tagged = { ...params, _meta: { ...meta, [metaKeys.subscriptionId]: request.id } };
    res.write(Buffer.concat(sseEvent([serializeNotification(method, tagged)])));
  }

  /** The graceful end: a response says that nothing more will come. */
  #end(listen: Listen): void {
    const { res, request } = listen;
    if (isGone(res)) return;
    if (!listen.isAcknowledged) {
      res.destroy();
      return;
    }
    const _meta = { [metaKeys.serverInfo]: this.#parts.serverInfo, [metaKeys.subscriptionId]: request.id };
    const result = { resultType: 'complete', _meta };
    res.end(Buffer.concat(sseEvent(serializeReply(request.id, { kind: 'result', result }))));
  }

  /** The URIs that are subscribed to now; what a server refuses or does not accept in time is left out. */
  async #subscribe(listen: Listen, uris: readonly string[]): Promise<string[]> {
    const { subscribeMs } = this.#parts.limits;
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, subscribeMs, null);
    });
    const accepted = await Promise.all(
      uris.map(async (uri) => {
        const reply = await Promise.race([this.#send(listen, 'resources/subscribe', uri), deadline]);
        if (reply !== null && isSuccess(reply)) return uri;
        // It may still be on its way, and then nobody would take it back.
        if (reply === null) this.#send(listen, 'resources/unsubscribe', uri);
        return null;
      }),
    );
    clearTimeout(timer);
    const honoured = accepted.filter((uri) => uri !== null);
    for (const uri of honoured) listen.uris.add(uri);
    // Gone in the meantime: the close handler saw no subscriptions yet.
    if (isGone(listen.res)) this.#unsubscribe(listen);
    return honoured;
  }

  /** The tasks it will hear of; one that is not the agent's, or whose server tells nothing, is left out. */
  async #follow(listen: Listen, taskIds: readonly string[]): Promise<string[]> {
    const { agent, scope, request } = listen;
    const follow = (taskId: string) => this.#parts.ports.followTask(agent, scope, taskId, request.session);
    const ends = await Promise.all(taskIds.map(follow));
    for (const [at, taskId] of taskIds.entries()) {
      const end = ends[at];
      if (end) listen.tasks.set(taskId, end);
    }
    const followed = [...listen.tasks.keys()];
    if (isGone(listen.res)) this.#unfollow(listen);
    return followed;
  }

  #unfollow(listen: Listen): void {
    for (const end of listen.tasks.values()) end();
    listen.tasks.clear();
  }

  /** Takes back what this stream asked for; what others want stays theirs. */
  #unsubscribe(listen: Listen): void {
    for (const uri of listen.uris) this.#send(listen, 'resources/unsubscribe', uri);
    listen.uris.clear();
  }

  /** Subscriptions go the governed way of every request, as the legacy methods they were before. */
  #send(listen: Listen, method: 'resources/subscribe' | 'resources/unsubscribe', uri: string): Promise<Reply> {
    const { agent, scope, request, controller } = listen;
    const isSubscribe = method === 'resources/subscribe';
    const exchange: Exchange = {
      era: 'modern',
      agent,
      session: request.session,
      scope,
      id: request.id,
      method,
      params: { uri },
      // The stream is over when it unsubscribes; that must still reach the server.
      signal: isSubscribe ? controller.signal : new AbortController().signal,
      receivedAt: performance.now(),
      patienceMs: heldRequestMs,
      notify: () => undefined,
      canAsk: () => false,
      ask: async () => ({ kind: 'unsupported' }),
      rest: () => undefined,
      setWaiting: () => undefined,
    };
    return answerExchange(this.#parts.ports, exchange);
  }
}

function isWanted(listen: Listen, method: string, params: JsonObject): boolean {
  if (method === 'notifications/resources/updated')
    return typeof params.uri === 'string' && listen.uris.has(params.uri);
  if (method === 'notifications/tasks') return typeof params.taskId === 'string' && listen.tasks.has(params.taskId);
  return listen.methods.has(method);
}

function readFilter(value: JsonValue | undefined, maxNames: number): Filter | null {
  if (!isObject(value)) return null;
  const resourceSubscriptions = readNames(value.resourceSubscriptions, maxNames);
  const taskIds = readNames(value.taskIds, maxNames);
  if (resourceSubscriptions === null || taskIds === null || !listSwitches.every((name) => isSwitch(value[name])))
    return null;
  return {
    toolsListChanged: value.toolsListChanged === true,
    promptsListChanged: value.promptsListChanged === true,
    resourcesListChanged: value.resourcesListChanged === true,
    resourceSubscriptions,
    taskIds,
  };
}

const listSwitches = ['toolsListChanged', 'promptsListChanged', 'resourcesListChanged'] as const;

function isSwitch(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || typeof value === 'boolean';
}

/** Each once; null: it is no list of names, or of too many. */
function readNames(value: JsonValue | undefined, maxNames: number): string[] | null {
  const names = value ?? [];
  if (!Array.isArray(names) || names.length > maxNames) return null;
  const read = new Set<string>();
  for (const name of names) {
    if (typeof name !== 'string' || name.length > maxUriLength) return null;
    read.add(name);
  }
  return [...read];
}

/** The part of the filter that the gateway's capabilities promise for this agent. */
function honour(filter: Filter, capabilities: JsonObject): Partial<Filter> {
  const has = (feature: string, member: string): boolean => {
    const capability = capabilities[feature];
    return isObject(capability) && capability[member] === true;
  };
  const honoured: Partial<Filter> = {};
  if (filter.toolsListChanged && has('tools', 'listChanged')) honoured.toolsListChanged = true;
  if (filter.promptsListChanged && has('prompts', 'listChanged')) honoured.promptsListChanged = true;
  if (filter.resourcesListChanged && has('resources', 'listChanged')) honoured.resourcesListChanged = true;
  if (filter.resourceSubscriptions.length > 0 && has('resources', 'subscribe')) {
    honoured.resourceSubscriptions = filter.resourceSubscriptions;
  }
  return honoured;
}

function methodsOf(honoured: Partial<Filter>): Set<string> {
  const methods = new Set<string>();
  if (honoured.toolsListChanged) methods.add('notifications/tools/list_changed');
  if (honoured.promptsListChanged) methods.add('notifications/prompts/list_changed');
  if (honoured.resourcesListChanged) methods.add('notifications/resources/list_changed');
  return methods;
}

function isSuccess(reply: Reply): boolean {
  if (reply.kind === 'error') return false;
  return reply.kind !== 'raw' || reply.response.has === 'result';
}
