import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws';
import { socketCloseCodes } from '../../../electron/shared/bridge-socket.ts';
import { createSocketChannel } from '../../../renderer/bridge/socket-channel.ts';

const secret = 'a-secret-of-the-session';
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A stand-in of the management listener that says hello, echoes requests, and can drop its sockets. */
async function startHost() {
  const heard: unknown[] = [];
  const sockets: ServerSocket[] = [];
  const host = { sessionStatus: 204, heard, sockets, origin: '' };
  const server = createServer((request, response) => {
    response.statusCode = request.headers['x-scopegate-secret'] === secret ? host.sessionStatus : 401;
    response.end();
  });
  const listener = new WebSocketServer({ server, path: '/bridge' });
  listener.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('message', (data) => {
      const message = JSON.parse(String(data));
      heard.push(message);
      if (message.type === 'hello') socket.send(JSON.stringify({ type: 'ready' }));
      if (message.type === 'request' && message.request.method !== 'snapshot') {
        socket.send(JSON.stringify({ type: 'response', response: { id: message.request.id, ok: true, value: {} } }));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await vi.waitFor(() => expect(server.listening).toBe(true));
  servers.push(server);
  host.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return host;
}

async function connect(host: { origin: string }) {
  const states: { connected: boolean; attempt: number }[] = [];
  const onLoggedOut = vi.fn();
  const channel = createSocketChannel({ origin: host.origin, secret, onLoggedOut });
  channel.onConnection((state) => states.push(state));
  await vi.waitFor(() => expect(states.at(-1)).toEqual({ connected: true, attempt: 0 }));
  return { channel, states, onLoggedOut };
}

describe('createSocketChannel', () => {
  it('says hello with the secret before anything else and then carries requests and events', async () => {
    const host = await startHost();
    const { channel, onLoggedOut } = await connect(host);
    const events: unknown[] = [];
    channel.onEvent((event) => events.push(event));
    expect(host.heard).toEqual([{ type: 'hello', secret }]);
    const request = { id: 7, method: 'engine.retryListener', params: {} } as const;
    await expect(channel.request(request)).resolves.toEqual({ id: 7, ok: true, value: {} });
    const event = { epoch: 'e', revision: 1, at: 2, body: { type: 'matrix.changed', agentId: null } };
    host.sockets[0]?.send(JSON.stringify({ type: 'event', event }));
    await vi.waitFor(() => expect(events).toEqual([event]));
    host.sockets[0]?.close(socketCloseCodes.unauthorized);
    await vi.waitFor(() => expect(onLoggedOut).toHaveBeenCalledOnce());
  });

  it('reconnects when the socket breaks, and answers what was under way with a refusal', async () => {
    const host = await startHost();
    const { channel, states, onLoggedOut } = await connect(host);
    const lost = channel.request({ id: 1, method: 'snapshot', params: {} });
    await vi.waitFor(() => expect(host.heard).toHaveLength(2));
    host.sockets[0]?.terminate();
    await expect(lost).resolves.toMatchObject({ id: 1, ok: false, error: { code: 'unavailable' } });
    expect(states.at(-1)).toEqual({ connected: false, attempt: 1 });
    await expect(channel.request({ id: 2, method: 'snapshot', params: {} })).resolves.toMatchObject({ ok: false });
    await vi.waitFor(() => expect(states.at(-1)).toEqual({ connected: true, attempt: 0 }), 5000);
    expect(host.heard.filter((message) => JSON.stringify(message).includes('hello'))).toHaveLength(2);
    host.sessionStatus = 401;
    host.sockets[1]?.terminate();
    await vi.waitFor(() => expect(onLoggedOut).toHaveBeenCalledOnce(), 5000);
  });

  it('gives up when the session is not known any more (security)', async () => {
    const host = await startHost();
    const { onLoggedOut } = await connect(host);
    host.sockets[0]?.close(socketCloseCodes.unauthorized);
    await vi.waitFor(() => expect(onLoggedOut).toHaveBeenCalledOnce());
    expect(host.sockets).toHaveLength(1);
  });
});
