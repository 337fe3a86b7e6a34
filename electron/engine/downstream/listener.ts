import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rpcErrorCodes } from '../wire/json-rpc.ts';
import { parseAgentBody } from '../wire/parse-message.ts';
import type { AgentRequest } from './agent-request.ts';
import { createAgentSockets } from './agent-sockets.ts';
import type { AgentListener, DownstreamPorts } from './contract.ts';
import { claimsModernEra, isModernVersionHeader } from './era-claim.ts';
import type { Admission, Gate, Refusal, RequestHead } from './head-guards.ts';
import { guardHead, modernMethodNotAllowed, tooLarge, unauthorized } from './head-guards.ts';
import { createHeartbeat } from './heartbeat.ts';
import { refuse, sendError } from './http-reply.ts';
import type { LegacyLeg } from './legacy-leg.ts';
import { createLegacyLeg } from './legacy-leg.ts';
import { describeListenError } from './listener-fault.ts';
import type { ListenerLimits } from './listener-limits.ts';
import { listenerLimits } from './listener-limits.ts';
import type { ModernLeg } from './modern-leg.ts';
import { createModernLeg } from './modern-leg.ts';
import { createOpenRequests } from './open-requests.ts';
import { createPeers } from './peer-process.ts';
import { refuseRawTraffic } from './raw-refusals.ts';
import { readBody } from './read-body.ts';
import { createRefusalLog } from './refusal-log.ts';
import { SessionTable } from './session-table.ts';

const host = '127.0.0.1';
const sweepMs = 60_000;

/**
 * Opens the agents' address on the loopback interface, and nowhere else.
 * @param port 0 = any free port; another one is used exactly or not at all
 * @throws ListenerError when the port cannot be had
 */
export async function listenForAgents(
  ports: DownstreamPorts,
  port: number,
  limits: ListenerLimits = listenerLimits,
): Promise<AgentListener> {
  const server = createServer({
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.checkIntervalMs,
    keepAliveTimeout: limits.keepAliveMs,
    maxHeaderSize: limits.headerBytes,
    insecureHTTPParser: false,
    requireHostHeader: true,
  });
  server.maxConnections = limits.connections;
  await bind(server, port);
  return openGateway(server, ports, limits);
}

function openGateway(server: Server, ports: DownstreamPorts, limits: ListenerLimits): AgentListener {
  const { port } = server.address() as AddressInfo;
  const heartbeat = createHeartbeat(limits.heartbeatMs);
  const sessions = new SessionTable({
    clock: ports.clock,
    limits,
    heartbeat,
    onOpened: (session) => ports.onSessionOpened(session.agent, session.info),
    onEnded: (session) => ports.onSessionEnded(session.agent, session.info),
  });
  const legacy = createLegacyLeg({ ports, sessions, limits });
  const modern = createModernLeg({ ports, heartbeat, limits });
  const sweep = setInterval(() => sessions.endIdle(), sweepMs);
  sweep.unref();
  serveRequests(server, ports, limits, { legacy, modern }, port);
  return {
    port,
    url: `http://${host}:${port}/mcp`,
    notify(agentId, method, params, sessionId, serverIds) {
      legacy.notify(agentId, method, params, sessionId, serverIds);
      if (sessionId === undefined) modern.notify(agentId, method, params, serverIds);
    },
    ask: (agentId, method, params, ties) => legacy.ask(agentId, method, params, ties),
    sessionCount: (agentId) => sessions.count(agentId) + modern.listenCount(agentId),
    endAgent(agentId) {
      for (const session of sessions.ofAgent(agentId)) sessions.end(session);
      modern.endAgent(agentId);
    },
    async close() {
      clearInterval(sweep);
      heartbeat.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      sessions.endAll();
      modern.endAll();
      // One turn for the last answers to leave; nothing is owed to a connection after that.
      setImmediate(() => server.closeAllConnections());
      await closed;
    },
  };
}

interface Legs {
  legacy: LegacyLeg;
  modern: ModernLeg;
}

/** Leads every request through guards, body and era to the leg that answers it. */
function serveRequests(server: Server, ports: DownstreamPorts, limits: ListenerLimits, legs: Legs, port: number): void {
  const gate: Gate = {
    port,
    bodyBytes: limits.bodyBytes,
    headerCount: limits.headerCount,
    authenticate: (token) => ports.authenticate(token),
    hasServer: (agent, serverId) => ports.hasServer(agent, serverId),
  };
  const sockets = createAgentSockets(limits.socketsPerAgent);
  const peers = createPeers((agent, caller) => ports.onConnection?.(agent, caller));
  const refusals = createRefusalLog(ports.log, ports.clock);
  const open = createOpenRequests();

  const turnAway = (req: IncomingMessage, res: ServerResponse, refusal: Refusal): void => {
    refusals.note(refusal.status, refusal.reason);
    refuse(req, res, refusal);
  };
  const serve = (req: IncomingMessage, res: ServerResponse): void => {
    const receivedAt = performance.now();
    open.add(req, res);
    const verdict = guardHead(readHead(req), gate);
    if (!verdict.ok) {
      turnAway(req, res, verdict.refusal);
      return;
    }
    const { admission } = verdict;
    if (!sockets.admit(admission.agent.id, req.socket)) {
      turnAway(req, res, tooManyConnections);
      return;
    }
    const request: AgentRequest = { ...admission, res, caller: peers.of(req.socket, admission.agent), receivedAt };
    if (admission.method === 'POST') {
      if (req.httpVersion === '1.1' && req.headers.expect !== undefined) res.writeContinue();
      servePost(req, request).catch((error: unknown) => reportFault(ports, res, error));
      return;
    }
    if (isModernVersionHeader(admission.protocolVersion)) turnAway(req, res, modernMethodNotAllowed);
    else if (admission.method === 'GET') legs.legacy.openStream(request);
    else legs.legacy.endSession(request);
  };
  const servePost = async (req: IncomingMessage, request: AgentRequest): Promise<void> => {
    const body = await readBody(req, limits.bodyBytes);
    if (!body.ok) {
      if (body.reason === 'too_large') turnAway(req, request.res, tooLarge);
      return;
    }
    // The token may have been revoked while the body was on its way.
    if (!isStillAdmitted(ports, request)) {
      turnAway(req, request.res, unauthorized);
      return;
    }
    await routePost(legs, request, body.bytes);
  };
  const serveSafely = (req: IncomingMessage, res: ServerResponse): void => {
    try {
      serve(req, res);
    } catch (error) {
      reportFault(ports, res, error);
    }
  };

  server.on('request', serveSafely);
  // The guards come before the client is told to send its body.
  server.on('checkContinue', serveSafely);
  server.on('error', (error) => ports.log.error('the agents’ listener had a fault', { error: error.name }));
  refuseRawTraffic(server, refusals, (socket) => open.isAnswering(socket));
}

/** A fault of our own: it costs this one request, not the listener, and shows nothing of itself. */
function reportFault(ports: DownstreamPorts, res: ServerResponse, error: unknown): void {
  ports.log.error('an agent’s request could not be served', {
    error: error instanceof Error ? error.name : typeof error,
  });
  if (res.headersSent) res.destroy();
  else sendError(res, 500, null, { code: rpcErrorCodes.internal, message: 'Internal error in the gateway.' });
}

async function routePost({ legacy, modern }: Legs, request: AgentRequest, bytes: Buffer): Promise<void> {
  const parsed = parseAgentBody(bytes, { allowBatch: legacy.allowsBatch(request) });
  if (!parsed.ok) {
    sendError(request.res, 400, parsed.fault.id, parsed.fault.error);
    return;
  }
  const { messages, isBatch } = parsed;
  const [first] = messages;
  if (first !== undefined && claimsModernEra(request.protocolVersion, messages, isBatch)) {
    await modern.post(request, first);
  } else await legacy.post(request, messages, isBatch, bytes.length);
}

function isStillAdmitted(ports: DownstreamPorts, admission: Admission): boolean {
  return ports.authenticate(admission.token)?.id === admission.agent.id;
}

function readHead(req: IncomingMessage): RequestHead {
  return { method: req.method ?? '', url: req.url ?? '', httpVersion: req.httpVersion, rawHeaders: req.rawHeaders };
}

const tooManyConnections: Refusal = {
  status: 429,
  reason: 'connections',
  message: 'This agent has too many open connections.',
};

async function bind(server: Server, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host, exclusive: true }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw await describeListenError(error, host, port);
  }
}
