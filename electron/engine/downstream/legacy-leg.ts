import { supportsAsk } from '../eras/ask-support.ts';
import type { AskAnswer, AskMethod, AskTies } from '../exchange.ts';
import type { JsonObject, RpcErrorBody, RpcId, RpcMessage, RpcNotification, RpcRequest } from '../wire/json-rpc.ts';
import { rpcErrorCodes } from '../wire/json-rpc.ts';
import { serializeNotification, serializeReply } from '../wire/serialize-reply.ts';
import type { AgentRequest } from './agent-request.ts';
import type { DownstreamPorts } from './contract.ts';
import { isGone, sendEmpty, sendError, sendJson, transportErrorCodes } from './http-reply.ts';
import { isInScope } from './in-scope.ts';
import { batchVersion, describeGateway, legacyVersions, readInitialize } from './initialize.ts';
import type { ListenerLimits } from './listener-limits.ts';
import type { ReplySlot } from './reply-slot.ts';
import { createReplySlot } from './reply-slot.ts';
import { runExchange, sessionOver } from './running-exchange.ts';
import type { Session, SessionTable } from './session-table.ts';

export interface LegacyLegParts {
  ports: DownstreamPorts;
  sessions: SessionTable;
  limits: ListenerLimits;
}

/** What of a session-ful request is wrong before its message is looked at. */
interface SessionFault {
  status: number;
  error: RpcErrorBody;
}

/** Streamable HTTP as MCP 2025-03-26, 2025-06-18 and 2025-11-25 have it: sessions, POST, GET stream, DELETE. */
export interface LegacyLeg {
  allowsBatch(request: AgentRequest): boolean;
  /** @param bodyBytes length of the body that `messages` came from */
  post(request: AgentRequest, messages: readonly RpcMessage[], isBatch: boolean, bodyBytes: number): Promise<void>;
  openStream(request: AgentRequest): void;
  endSession(request: AgentRequest): void;
  /** Sends a notification to every session of the agent that listens, or to one; see `AgentListener.notify`. */
  notify(agentId: string, method: string, params?: JsonObject, sessionId?: string, serverIds?: readonly string[]): void;
  /** Asks on the GET stream of the agent's newest session that has one and declared what this needs. */
  ask(agentId: string, method: AskMethod, params: JsonObject, ties?: AskTies): Promise<AskAnswer>;
}

export function createLegacyLeg(parts: LegacyLegParts): LegacyLeg {
  const { sessions } = parts;
  return {
    allowsBatch(request) {
      const session = findSession(sessions, request);
      return session?.info.protocolVersion === batchVersion;
    },
    async post(request, messages, isBatch, bodyBytes) {
      const [first] = messages;
      if (!isBatch && first?.kind === 'request' && first.method === 'initialize' && request.sessionId === null) {
        await initialize(parts, request, first, bodyBytes);
        return;
      }
      const session = requireSession(sessions, request);
      if (isFault(session)) sendError(request.res, session.status, isBatch ? null : idOf(first), session.error);
      else receive(parts, session, request, messages, isBatch);
    },
    openStream(request) {
      const session = requireSession(sessions, request);
      if (isFault(session)) sendError(request.res, session.status, null, session.error);
      else openStream(parts, session, request);
    },
    endSession(request) {
      const session = requireSession(sessions, request);
      if (isFault(session)) {
        sendError(request.res, session.status, null, session.error);
        return;
      }
      sessions.end(session);
      sendEmpty(request.res, 200);
    },
    notify(agentId, method, params, sessionId, serverIds) {
      const message = serializeNotification(method, params);
      for (const session of sessions.ofAgent(agentId)) {
        const isMeant = sessionId === undefined || session.info.id === sessionId;
        if (isMeant && isInScope(session.scope, serverIds)) session.streams.notify(message);
      }
    },
    async ask(agentId, method, params, ties) {
      const [session] = sessions
        .ofAgent(agentId)
        .filter(({ info, streams }) => streams.openGets > 0 && supportsAsk(info.clientCapabilities, method, params))
        .sort((a, b) => b.lastSeenAt - a.lastSeenAt);
      if (session === undefined) return { kind: 'unsupported' };
      return session.asks.ask(method, params, (message) => session.streams.ask(message), null, ties);
    },
  };
}

async function initialize(
  parts: LegacyLegParts,
  request: AgentRequest,
  message: RpcRequest,
  bodyBytes: number,
): Promise<void> {
  const { ports } = parts;
  const { res, agent, scope } = request;
  if (bodyBytes > parts.limits.initializeBytes) {
    refuseMessage(request, 413, message.id, 'This initialize request is too large.');
    return;
  }
  const outcome = readInitialize(message.params);
  if (!outcome.ok) {
    sendError(res, 400, message.id, outcome.error);
    return;
  }
  const { capabilities, instructions } = await ports.hello(agent, scope, 'legacy');
  // Meanwhile the client may have gone, or its token may have been revoked: neither is given a session.
  if (isGone(res)) return;
  if (ports.authenticate(request.token)?.id !== agent.id) {
    refuseMessage(request, 401, message.id, 'This agent is no longer known.');
    return;
  }
  const session = parts.sessions.open(agent, outcome.info, scope);
  if (session === null) {
    refuseMessage(request, 429, message.id, 'This agent has too many sessions in use.');
    return;
  }
  const result: JsonObject = {
    protocolVersion: session.info.protocolVersion,
    capabilities,
    serverInfo: describeGateway(ports),
    ...(instructions === null ? {} : { instructions }),
  };
  sendJson(res, 200, serializeReply(message.id, { kind: 'result', result }), ['Mcp-Session-Id', session.info.id]);
}

/** Runs what a POST holds: requests share its answer, everything else needs none. */
function receive(
  parts: LegacyLegParts,
  session: Session,
  request: AgentRequest,
  messages: readonly RpcMessage[],
  isBatch: boolean,
): void {
  const requests = messages.filter((message) => message.kind === 'request');
  const problem = findProblem(session, requests, parts.limits.runningPerSession);
  if (problem !== null) {
    sendError(request.res, problem.status, isBatch ? null : idOf(messages[0]), problem.error);
    return;
  }
  for (const message of messages) {
    if (message.kind === 'response') session.asks.answer(message);
    else if (message.kind === 'notification') hear(parts.ports, session, message);
  }
  if (requests.length === 0) {
    sendEmpty(request.res, 202);
    return;
  }
  const slot = createReplySlot(request.res, {
    expected: requests.length,
    isBatch,
    accepts: request.accepts,
    openStream: (res) => session.streams.open(res, 'post'),
    streamAfterMs: parts.limits.streamAfterMs,
  });
  for (const message of requests) answerRequest(parts, session, message, slot, request);
}

function hear(ports: DownstreamPorts, session: Session, { method, params }: RpcNotification): void {
  if (method === 'notifications/cancelled') {
    const cancelled = params?.requestId;
    if (typeof cancelled === 'string' || typeof cancelled === 'number') session.running.get(cancelled)?.cancel();
  } else if (method === 'notifications/progress') session.asks.progress(params ?? {});
  // About this hop alone: the other side of the gateway has handshakes of its own.
  else if (method !== 'notifications/initialized') {
    ports.onNotification(session.agent, session.info, session.scope, method, params ?? {});
  }
}

function answerRequest(
  parts: LegacyLegParts,
  session: Session,
  message: RpcRequest,
  slot: ReplySlot,
  head: AgentRequest,
): void {
  // Answered per hop: it asks whether this gateway lives, not a server behind it.
  if (message.method === 'ping') slot.settle(serializeReply(message.id, { kind: 'result', result: {} }));
  else runExchange(parts.ports, session, message, slot, head);
}

/** Why a session cannot take these requests, or null. Nothing of a POST runs unless all of it can. */
function findProblem(session: Session, requests: readonly RpcRequest[], limit: number): SessionFault | null {
  const ids = new Set<RpcId>();
  for (const { id, method } of requests) {
    if (method === 'initialize') return invalidRequest('This session is initialized already.');
    // Two requests under one id could not be told apart, neither in their replies nor in a cancellation.
    if (ids.has(id) || session.running.has(id)) return invalidRequest('A request with this id is running already.');
    ids.add(id);
  }
  if (session.running.size + requests.length > limit) {
    return { status: 429, error: { code: transportErrorCodes.refused, message: 'Too many requests are running.' } };
  }
  return null;
}

function openStream(parts: LegacyLegParts, session: Session, request: AgentRequest): void {
  const { res, lastEventId } = request;
  if (lastEventId !== null && session.streams.resume(res, lastEventId)) return;
  let open = 0;
  for (const other of parts.sessions.ofAgent(request.agent.id)) open += other.streams.openGets;
  if (open >= parts.limits.streamsPerAgent) {
    refuseMessage(request, 429, null, 'This agent has too many open streams.');
    return;
  }
  // A stream that is not kept any more cannot be resumed; a new one at least brings what is still to come.
  session.streams.open(res, 'get');
}

function requireSession(sessions: SessionTable, request: AgentRequest): Session | SessionFault {
  const { sessionId, protocolVersion } = request;
  // Absent means 2025-03-26 to the specification, and here whatever the session agreed on.
  if (protocolVersion !== null && !legacyVersions.includes(protocolVersion)) {
    return invalidRequest(`MCP-Protocol-Version must be one of ${legacyVersions.join(', ')}.`);
  }
  if (sessionId === null) return invalidRequest('The header Mcp-Session-Id is missing: begin with initialize.');
  return findSession(sessions, request) ?? { status: 404, error: sessionOver };
}

/** A session is good for the agent and the path that opened it: on any other path it does not exist. */
function findSession(sessions: SessionTable, { agent, sessionId, scope }: AgentRequest): Session | null {
  const session = sessionId === null ? null : sessions.find(agent.id, sessionId);
  return session?.scope === scope ? session : null;
}

function isFault(found: Session | SessionFault): found is SessionFault {
  return 'status' in found;
}

function invalidRequest(message: string): SessionFault {
  return { status: 400, error: { code: rpcErrorCodes.invalidRequest, message } };
}

function refuseMessage(request: AgentRequest, status: number, id: RpcId | null, message: string): void {
  sendError(request.res, status, id, { code: transportErrorCodes.refused, message });
}

function idOf(message: RpcMessage | undefined): RpcId | null {
  return message?.kind === 'request' ? message.id : null;
}
