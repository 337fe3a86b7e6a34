import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import {
  createMcpHandler,
  type EventStore,
  hostHeaderValidationResponse,
  isLegacyRequest,
  type JSONRPCMessage,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  originValidationResponse,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { createFixtureServer, type FixtureChange, type FixtureWorld } from './fixture-server.ts';

/** Which eras a fixture speaks. */
export type FixtureEras = 'legacy' | 'modern' | 'dual';

export interface FixtureHttpServer {
  /** `http://127.0.0.1:PORT/mcp` */
  url: string;
  /** Tells every connection of a change, as the `test_trigger_…` tools do. */
  announce(change: FixtureChange): void;
  close(): Promise<void>;
}

type FetchHandler = (request: Request) => Promise<Response>;

/** Keeps the events of each stream, so that a client can come back for the ones it missed. */
function createEventStore(): EventStore {
  const events: { id: string; streamId: string; message: JSONRPCMessage }[] = [];
  return {
    async storeEvent(streamId, message) {
      const id = `${events.length}`;
      events.push({ id, streamId, message });
      return id;
    },
    async getStreamIdForEventId(id) {
      return events[Number(id)]?.streamId;
    },
    async replayEventsAfter(lastId, { send }) {
      const last = events[Number(lastId)];
      if (!last) throw new Error('Unknown event');
      for (const event of events.slice(Number(lastId) + 1)) {
        // A priming event is stored as an empty message and is not worth repeating.
        if (event.streamId === last.streamId && 'jsonrpc' in event.message) await send(event.id, event.message);
      }
      return last.streamId;
    },
  };
}

/** The session-ful server of 2025-11-25 and before. */
function serveLegacy(world: FixtureWorld, servers: Set<Server>): FetchHandler {
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();
  return async (request) => {
    const sessionId = request.headers.get('mcp-session-id');
    if (sessionId !== null) {
      const known = sessions.get(sessionId);
      return known ? await known.handleRequest(request) : refuse(404, -32001, 'Session not found');
    }
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: createEventStore(),
      retryInterval: 200,
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    const server = createFixtureServer(world, 'legacy');
    servers.add(server);
    server.onclose = () => servers.delete(server);
    await server.connect(transport);
    return await transport.handleRequest(request);
  };
}

function refuse(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', id: null, error: { code, message } }, { status });
}

function announceLegacy(server: Server, change: FixtureChange): Promise<void> {
  if (change === 'tools') return server.sendToolListChanged();
  if (change === 'prompts') return server.sendPromptListChanged();
  return server.sendResourceUpdated({ uri: change.uri });
}

/** Starts a fixture on any free port of 127.0.0.1. */
export async function startFixture(eras: FixtureEras): Promise<FixtureHttpServer> {
  const legacyServers = new Set<Server>();
  const world: FixtureWorld = {
    hasExtraTool: false,
    hasExtraPrompt: false,
    announce(change) {
      if (change === 'tools') modern.notify.toolsChanged();
      else if (change === 'prompts') modern.notify.promptsChanged();
      else modern.notify.resourceUpdated(change.uri);
      // A connection that ended meanwhile cannot be told.
      for (const server of legacyServers) announceLegacy(server, change).catch(() => {});
    },
  };
  const modern = createMcpHandler(() => createFixtureServer(world, 'modern'), { legacy: 'reject' });
  const legacy = serveLegacy(world, legacyServers);
  const route: FetchHandler = async (request) => {
    if (new URL(request.url).pathname !== '/mcp') return new Response(null, { status: 404 });
    const refused =
      hostHeaderValidationResponse(request, localhostAllowedHostnames()) ??
      originValidationResponse(request, localhostAllowedOrigins());
    if (refused) return refused;
    if (eras === 'modern') return await modern.fetch(request);
    if (eras === 'legacy') return await legacy(request);
    return (await isLegacyRequest(request)) ? await legacy(request) : await modern.fetch(request);
  };
  const server = createServer(getRequestListener(route, { overrideGlobalObjects: false }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    announce: world.announce,
    async close() {
      for (const one of legacyServers) await one.close();
      await modern.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
