import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { parse as parseCookies } from 'hono/utils/cookie';
import type { Engine } from '../../engine/contract.ts';
import type { Clock, LogPort } from '../../engine/ports.ts';
import { type LoginLink, loginFragmentPrefix } from '../../shared/bridge-socket.ts';
import { createBridgeSockets } from './bridge-sockets.ts';
import { LoginSessions } from './login-sessions.ts';
import { createManagementApp } from './management-app.ts';
import { guardRequest } from './request-guards.ts';

export interface ManagementPorts {
  engine: Engine;
  clock: Clock;
  log: LogPort;
  /** 0 = any free port. */
  port: number;
  /** Folder of the built renderer; may be missing. */
  rendererDir: string;
}

/** The person's side of the headless host: its own port on 127.0.0.1, never the agents' port, never an agent's token. */
export interface ManagementListener {
  readonly port: number;
  /** `http://127.0.0.1:PORT/`; opens nothing by itself. */
  readonly url: string;
  /** A login link for a person at this machine. Never write it where another user can read it. */
  createLoginLink(): LoginLink;
  close(): Promise<void>;
}

const maxConnections = 128;

/** Opens the listener. Rejects with the system's own error (`EADDRINUSE`, `EACCES`) when the port cannot be had. */
export async function openManagementListener(ports: ManagementPorts): Promise<ManagementListener> {
  const sessions = new LoginSessions(ports.clock);
  let port = 0;
  // Cookies ignore ports: the name keeps two gateways on one machine from overwriting each other's.
  const cookieName = () => `scopegate-${port}`;
  const createLoginLink = (): LoginLink => {
    const { token, expiresAt } = sessions.createLink();
    return { url: `http://127.0.0.1:${port}/${loginFragmentPrefix}${token}`, expiresAt };
  };
  const app = createManagementApp({
    ...ports,
    ...{ sessions, cookieName, createLoginLink },
    scrape: (token) => ports.engine.scrape(token),
  });
  const handle = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createHttpServer();
  const sockets = createBridgeSockets({ engine: ports.engine, sessions, log: ports.log });

  server.on('request', (request, response) => {
    const refusal = guardRequest(request, port);
    if (!refusal) return void handle(request, response);
    logRefusal(ports.log, request, refusal.message);
    response.writeHead(refusal.status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end(`${refusal.message}\n`);
  });
  server.on('upgrade', (request, socket, head) => {
    // Without a listener, a connection that breaks off during the handshake would be an uncaught error.
    socket.on('error', () => socket.destroy());
    const refusal = guardRequest(request, port);
    if (refusal) {
      logRefusal(ports.log, request, refusal.message);
      return refuseUpgrade(socket, refusal.status);
    }
    if (request.url !== '/bridge') return refuseUpgrade(socket, 404);
    const cookie = parseCookies(request.headers.cookie ?? '', cookieName())[cookieName()];
    if (!cookie || !sessions.knowsCookie(cookie)) return refuseUpgrade(socket, 401);
    sockets.accept(request, socket, head, cookie);
  });

  try {
    port = await listen(server, ports.port);
  } catch (error) {
    sockets.close();
    throw error;
  }
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    createLoginLink,
    close: () => {
      sockets.close();
      return closeServer(server);
    },
  };
}

function createHttpServer(): Server {
  const server = createServer({
    headersTimeout: 5_000,
    requestTimeout: 8_000,
    connectionsCheckingInterval: 1_000,
    keepAliveTimeout: 5_000,
    maxHeaderSize: 16_384,
    requireHostHeader: true,
    insecureHTTPParser: false,
  });
  server.maxConnections = maxConnections;
  server.on('clientError', (_error, socket) => refuseUpgrade(socket, 400));
  return server;
}

const reasons: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
};

function refuseUpgrade(socket: Duplex, status: number): void {
  if (!socket.writable) return void socket.destroy();
  socket.end(`HTTP/1.1 ${status} ${reasons[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** The header values are a stranger's text: the log escapes them, and only their beginning is kept. */
function logRefusal(log: LogPort, request: IncomingMessage, message: string): void {
  log.warn('a request to the user interface was refused', {
    reason: message,
    host: (request.headers.host ?? '').slice(0, 80),
    origin: (request.headers.origin ?? '').slice(0, 80),
  });
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
