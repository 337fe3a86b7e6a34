import WebSocket from 'ws';
import {
  type LoginReply,
  type SocketServerMessage,
  socketServerMessageSchema,
} from '../../electron/shared/bridge-socket.ts';
import type { BridgeEvent, BridgeMethod, BridgeParams, BridgeResult } from '../../electron/shared/index.ts';

/** What a page does, without a browser: logs in with the link and talks over the socket. */
export interface UiClient {
  request<M extends BridgeMethod>(method: M, params: BridgeParams<M>): Promise<BridgeResult<M>>;
  events: BridgeEvent[];
  close(): void;
}

export async function openUi(loginUrl: string): Promise<UiClient> {
  const { origin, host, hash } = new URL(loginUrl);
  const reply = await fetch(`${origin}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: hash.slice('#login='.length) }),
  });
  if (!reply.ok) throw new Error(`login: ${reply.status}`);
  const cookie = reply.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const { secret } = (await reply.json()) as LoginReply;
  const socket = new WebSocket(`ws://${host}/bridge`, { headers: { cookie, origin } });
  const events: BridgeEvent[] = [];
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let nextId = 1;
  await new Promise<void>((resolve, reject) => {
    socket.on('open', () => socket.send(JSON.stringify({ type: 'hello', secret })));
    socket.on('error', reject);
    socket.on('message', (data) => {
      const message: SocketServerMessage = socketServerMessageSchema.parse(JSON.parse(String(data)));
      if (message.type === 'ready') return resolve();
      if (message.type === 'event') return events.push(message.event);
      const { response } = message;
      const waiting = pending.get(response.id);
      if (response.ok) waiting?.resolve(response.value);
      else waiting?.reject(new Error(`${response.error.code}: ${response.error.message}`));
    });
  });
  return {
    events,
    close: () => socket.close(),
    request: (method, params) =>
      new Promise((resolve, reject) => {
        const id = nextId++;
        pending.set(id, { resolve: (value) => resolve(value as BridgeResult<typeof method>), reject });
        socket.send(JSON.stringify({ type: 'request', request: { id, method, params } }));
      }),
  };
}
