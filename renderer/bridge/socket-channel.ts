import {
  type SocketClientMessage,
  socketCloseCodes,
  socketServerMessageSchema,
} from '../../electron/shared/bridge-socket.ts';
import type { BridgeChannel, BridgeRequest, BridgeResponse } from '../../electron/shared/index.ts';
import type { Connection } from './client.ts';
import { probeSession } from './login.ts';

/** Pauses between reconnects, the last one repeating. Milliseconds. */
const pausesMs = [250, 500, 1000, 2000, 4000];

export interface SocketChannelOptions {
  /** `http://127.0.0.1:PORT2`, the page's own. */
  origin: string;
  secret: string;
  /** The session has ended; the channel is dead from here on. */
  onLoggedOut: () => void;
}

/** The browser's channel: one WebSocket that reconnects by itself until the session has ended. */
export function createSocketChannel({ origin, secret, onLoggedOut }: SocketChannelOptions): BridgeChannel {
  const eventListeners = new Set<(event: unknown) => void>();
  const connectionListeners = new Set<(connection: Connection) => void>();
  const waiting = new Map<number, (response: BridgeResponse) => void>();
  let connection: Connection = { connected: false, attempt: 0 };
  let socket: WebSocket | null = null;

  const setConnection = (next: Connection) => {
    connection = next;
    for (const listener of connectionListeners) listener(next);
  };

  const send = (message: SocketClientMessage) => socket?.send(JSON.stringify(message));

  const receive = (text: string) => {
    const parsed = socketServerMessageSchema.safeParse(parseJson(text));
    if (!parsed.success) return;
    const message = parsed.data;
    if (message.type === 'ready') setConnection({ connected: true, attempt: 0 });
    else if (message.type === 'event') for (const listener of eventListeners) listener(message.event);
    else {
      waiting.get(message.response.id)?.(message.response);
      waiting.delete(message.response.id);
    }
  };

  const lose = (code: number) => {
    socket = null;
    for (const [id, answer] of waiting) answer(unreachable(id));
    waiting.clear();
    if (code === socketCloseCodes.unauthorized) {
      onLoggedOut();
      return;
    }
    const attempt = connection.attempt + 1;
    setConnection({ connected: false, attempt });
    const pause = pausesMs[Math.min(attempt, pausesMs.length) - 1];
    setTimeout(() => void reconnect(), pause);
  };

  const reconnect = async () => {
    const session = await probeSession(origin, secret);
    if (session === 'ended') onLoggedOut();
    else if (session === 'alive') connect();
    else lose(0);
  };

  const connect = () => {
    const opened = new WebSocket(`${origin.replace(/^http/, 'ws')}/bridge`);
    socket = opened;
    opened.addEventListener('open', () => send({ type: 'hello', secret }));
    opened.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') receive(data);
    });
    opened.addEventListener('close', ({ code }) => lose(code));
  };
  connect();

  return {
    host: 'browser',
    request: (request: BridgeRequest) =>
      new Promise((resolve) => {
        if (!connection.connected) {
          resolve(unreachable(request.id));
          return;
        }
        waiting.set(request.id, resolve);
        send({ type: 'request', request });
      }),
    onEvent: (listener) => subscribe(eventListeners, listener),
    onConnection: (listener) => {
      listener(connection);
      return subscribe(connectionListeners, listener);
    },
  };
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function unreachable(id: number): BridgeResponse {
  return {
    id,
    ok: false,
    error: {
      code: 'unavailable',
      message: 'The engine cannot be reached.',
      fix: 'Wait until it is back, then try again.',
    },
  };
}
