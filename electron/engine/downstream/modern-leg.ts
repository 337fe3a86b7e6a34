import { replyToolError, told } from '../core/refusals.ts';
import { isMultiRound, modernVersion } from '../eras/modern-methods.ts';
import { toModernReply } from '../eras/modern-result.ts';
import type { SessionInfo } from '../exchange.ts';
import type { JsonObject, Reply, RpcMessage, RpcNotification } from '../wire/json-rpc.ts';
import { rpcErrorCodes } from '../wire/json-rpc.ts';
import type { AgentRequest } from './agent-request.ts';
import { Continuations } from './continuations.ts';
import type { DownstreamPorts } from './contract.ts';
import type { Heartbeat } from './heartbeat.ts';
import { isGone, sendEmpty, sendError } from './http-reply.ts';
import { describeGateway } from './initialize.ts';
import { ListenStreams } from './listen-streams.ts';
import type { ListenerLimits } from './listener-limits.ts';
import { ModernExchange } from './modern-exchange.ts';
import type { ModernRequest } from './modern-request.ts';
import { readInputResponses, readModernRequest } from './modern-request.ts';
import type { ModernSlot } from './modern-slot.ts';
import { createModernSlot } from './modern-slot.ts';

export interface ModernLegParts {
  ports: DownstreamPorts;
  heartbeat: Heartbeat;
  limits: ListenerLimits;
}

/** Streamable HTTP as MCP 2026-07-28 has it: every POST stands alone, nothing is remembered but what is parked. */
export interface ModernLeg {
  post(request: AgentRequest, message: RpcMessage): Promise<void>;
  /** Reaches the `subscriptions/listen` streams of this agent that asked for it. */
  notify(agentId: string, method: string, params?: JsonObject, serverIds?: readonly string[]): void;
  listenCount(agentId: string): number;
  /** Ends the agent's streams, running and parked requests. */
  endAgent(agentId: string): void;
  endAll(): void;
}

/** What the handlers of one leg share. */
interface Leg extends ModernLegParts {
  serverInfo: JsonObject;
  listens: ListenStreams;
  continuations: Continuations<ModernExchange>;
  running: Map<string, Set<ModernExchange>>;
}

export function createModernLeg(parts: ModernLegParts): ModernLeg {
  const serverInfo = describeGateway(parts.ports);
  const leg: Leg = {
    ...parts,
    serverInfo,
    listens: new ListenStreams({ ...parts, serverInfo }),
    continuations: new Continuations(parts.ports.clock, parts.ports.stateKey, parts.limits),
    running: new Map(),
  };
  const endAgent = (agentId: string, status: number, message: string): void => {
    leg.listens.endAgent(agentId);
    leg.continuations.endAgent(agentId);
    for (const exchange of [...(leg.running.get(agentId) ?? [])]) {
      exchange.terminate(status, { code: rpcErrorCodes.internal, message });
    }
  };
  return {
    async post(request, message) {
      if (message.kind === 'notification') hear(parts.ports, request, message);
      else if (message.kind === 'request') {
        const verdict = readModernRequest(request, message, (name) =>
          parts.ports.toolSchema(request.agent, request.scope, name),
        );
        if (verdict.ok) await serve(leg, request, verdict.request);
        else sendError(request.res, verdict.fault.status, message.id, verdict.fault.error);
      }
    },
    notify: (agentId, method, params, serverIds) => leg.listens.notify(agentId, method, params, serverIds),
    listenCount: (agentId) => leg.listens.count(agentId),
    endAgent: (agentId) => endAgent(agentId, 401, 'This agent is no longer known.'),
    endAll() {
      leg.listens.endAll();
      for (const agentId of [...leg.running.keys()]) endAgent(agentId, 503, 'The gateway is closing.');
    },
  };
}

async function serve(leg: Leg, head: AgentRequest, request: ModernRequest): Promise<void> {
  // Closed before it was looked at: nobody would hear of it again.
  if (isGone(head.res)) return;
  if (request.method === 'server/discover') await discover(leg, head, request);
  else if (request.method === 'subscriptions/listen') await leg.listens.open(head, request);
  else if ((leg.running.get(head.agent.id)?.size ?? 0) >= leg.limits.modernPerAgent) {
    const message = 'Too many requests are running.';
    sendError(head.res, 429, request.id, { code: rpcErrorCodes.internal, message });
  } else if (!isMultiRound(request.method)) run(leg, head, request);
  else {
    const responses = readInputResponses(request.params);
    // Before any state is looked at, so that a slip of the client does not use it up.
    if (responses === null) refuseParams(head, request, 'inputResponses must hold one object for each request');
    else if (request.params.requestState === undefined) run(leg, head, request);
    else resume(leg, head, request, responses);
  }
}

function refuseParams({ res }: AgentRequest, { id }: ModernRequest, problem: string): void {
  sendError(res, 400, id, { code: rpcErrorCodes.invalidParams, message: `Invalid params: ${problem}.` });
}

async function discover(leg: Leg, head: AgentRequest, request: ModernRequest): Promise<void> {
  const { capabilities, instructions } = await leg.ports.hello(head.agent, head.scope, 'modern');
  if (isGone(head.res)) return;
  const result: JsonObject = {
    supportedVersions: [modernVersion],
    capabilities,
    ...(instructions === null ? {} : { instructions }),
  };
  finish(leg, openSlot(leg, head, request), request.method, { kind: 'result', result });
}

function run(leg: Leg, head: AgentRequest, request: ModernRequest): void {
  const { agent } = head;
  const running = leg.running.get(agent.id) ?? new Set<ModernExchange>();
  leg.running.set(agent.id, running);
  const onClosed = (closed: ModernExchange): void => {
    running.delete(closed);
    if (running.size === 0 && leg.running.get(agent.id) === running) leg.running.delete(agent.id);
  };
  const exchange = new ModernExchange({ ...leg, onClosed }, head, request);
  running.add(exchange);
  exchange.start(openSlot(leg, head, request));
}

/** A retry: takes up the exchange its `requestState` stands for. */
function resume(leg: Leg, head: AgentRequest, request: ModernRequest, responses: JsonObject): void {
  const { agent, scope } = head;
  const { method, params } = request;
  const state = params.requestState;
  const binding = { agent, scope, method, params };
  const parked = typeof state === 'string' ? leg.continuations.take(binding, state) : null;
  if (parked === null) {
    refuseParams(head, request, 'this requestState is not valid, or not any more');
    return;
  }
  const slot = openSlot(leg, head, request);
  if (leg.ports.mayResume(agent, scope, method, parked.binding.params)) {
    parked.resume(request, slot, responses, head.caller);
    return;
  }
  parked.expire();
  finish(leg, slot, method, refuseResumed(method));
}

function refuseResumed(method: string): Reply {
  if (method === 'tools/call') return replyToolError(told.blocked);
  return { kind: 'error', error: { code: rpcErrorCodes.invalidParams, message: told.blocked } };
}

function openSlot(leg: Leg, { res, accepts }: AgentRequest, { id }: ModernRequest): ModernSlot {
  return createModernSlot(res, {
    id,
    accepts,
    heartbeat: leg.heartbeat,
    bufferBytes: leg.limits.streamBufferBytes,
  });
}

function finish(leg: Leg, slot: ModernSlot, method: string, reply: Reply): void {
  const { status, parts } = toModernReply({ id: slot.id, method, serverInfo: leg.serverInfo }, reply);
  slot.finish(status, parts);
}

/** Notifications of the handshake eras, and cancellation, which closing the stream has replaced over HTTP. */
const removedNotifications = new Set([
  'notifications/initialized',
  'notifications/roots/list_changed',
  'notifications/cancelled',
  'notifications/progress',
]);

function hear(ports: DownstreamPorts, head: AgentRequest, { method, params }: RpcNotification): void {
  if (!removedNotifications.has(method)) {
    const session: SessionInfo = {
      id: null,
      protocolVersion: modernVersion,
      clientInfo: null,
      clientCapabilities: {},
    };
    ports.onNotification(head.agent, session, head.scope, method, params ?? {});
  }
  sendEmpty(head.res, 202);
}
