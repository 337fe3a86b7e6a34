import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import type { Engine } from '../../engine/contract.ts';
import type { LogPort } from '../../engine/ports.ts';
import {
  maxSocketMessageBytes,
  type SocketClientMessage,
  type SocketServerMessage,
  socketClientMessageSchema,
  socketCloseCodes,
} from '../../shared/bridge-socket.ts';
import type { LoginSessions } from './login-sessions.ts';

const helloTimeoutMs = 5_000;
const maxInFlight = 64;
/** Unsent bytes after which a page counts as too slow. */
const maxUnsentBytes = 8 * 1024 * 1024;
const closeGraceMs = 1_000;

export interface BridgeSocketsPorts {
  engine: Engine;
  sessions: LoginSessions;
  log: LogPort;
}

/** The bridge over WebSockets; the protocol stands in `shared/bridge-socket.ts`. */
export interface BridgeSockets {
  /** Takes over a connection whose Host, Origin and cookie have been checked. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, cookie: string): void;
  close(): void;
}

export function createBridgeSockets(ports: BridgeSocketsPorts): BridgeSockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: maxSocketMessageBytes, perMessageDeflate: false });
  const ready = new Set<WebSocket>();
  const unsubscribe = ports.engine.subscribe((event) => {
    if (ready.size === 0) return;
    const text = JSON.stringify({ type: 'event', event } satisfies SocketServerMessage);
    for (const socket of ready) sendText(socket, text, ports.log);
  });
  return {
    accept(request, socket, head, cookie) {
      server.handleUpgrade(request, socket, head, (opened) => serveSocket(opened, cookie, ready, ports));
    },
    close() {
      unsubscribe();
      for (const socket of server.clients) endSocket(socket, 1001, 'The engine ends.');
      server.close();
    },
  };
}

/** One page: silent until it has said hello, then requests in, responses and events out. */
function serveSocket(socket: WebSocket, cookie: string, ready: Set<WebSocket>, ports: BridgeSocketsPorts): void {
  let release: (() => void) | null = null;
  let inFlight = 0;
  const timer = setTimeout(() => endSocket(socket, socketCloseCodes.helloTimeout, 'No hello in time.'), helloTimeoutMs);

  const greet = (message: SocketClientMessage) => {
    clearTimeout(timer);
    if (message.type !== 'hello' || !ports.sessions.verify({ cookie, secret: message.secret })) {
      ports.log.warn('a page was refused: its session is unknown or has ended');
      endSocket(socket, socketCloseCodes.unauthorized, 'Use a login link.');
      return;
    }
    release = ports.sessions.hold(cookie);
    ready.add(socket);
    sendText(socket, JSON.stringify({ type: 'ready' } satisfies SocketServerMessage), ports.log);
  };
  const answer = async (request: unknown) => {
    inFlight += 1;
    // Backpressure: a page that asks faster than it is answered is not read from.
    if (inFlight >= maxInFlight) socket.pause();
    const response = await ports.engine.dispatch(request);
    inFlight -= 1;
    if (inFlight < maxInFlight && socket.isPaused) socket.resume();
    sendText(socket, JSON.stringify({ type: 'response', response } satisfies SocketServerMessage), ports.log);
  };
  socket.on('message', (data, isBinary) => {
    if (socket.readyState !== WebSocket.OPEN) return;
    const message = isBinary ? null : parseClientMessage(data);
    if (message === null || (release !== null && message.type === 'hello')) {
      endSocket(socket, socketCloseCodes.badMessage, 'Not a message of this protocol.');
    } else if (release === null) {
      greet(message);
    } else if (message.type === 'request') {
      answer(message.request).catch((error: unknown) => {
        ports.log.error('a bridge request broke', { error: error instanceof Error ? error.message : 'unknown' });
        endSocket(socket, 1011, 'The request broke.');
      });
    }
  });
  // A page that breaks the protocol (oversized frame, bad UTF-8) is closed by ws itself; without a listener it would throw.
  socket.on('error', (error) => ports.log.warn('a page was dropped', { error: error.message }));
  socket.on('close', () => {
    clearTimeout(timer);
    ready.delete(socket);
    release?.();
  });
}

function parseClientMessage(data: RawData): SocketClientMessage | null {
  try {
    const parsed = socketClientMessageSchema.safeParse(JSON.parse(data.toString()));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Never waits: who does not keep up is dropped, so that no page can hold the engine up. */
function sendText(socket: WebSocket, text: string, log: LogPort): void {
  if (socket.readyState !== WebSocket.OPEN) return;
  if (socket.bufferedAmount > maxUnsentBytes) {
    log.warn('a page was dropped: it reads too slowly', { unsentBytes: socket.bufferedAmount });
    endSocket(socket, socketCloseCodes.tooSlow, 'Too slow.');
    return;
  }
  socket.send(text);
}

/** Says why, then hangs up even when the other side does not answer. */
function endSocket(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason);
  setTimeout(() => socket.terminate(), closeGraceMs).unref();
}
