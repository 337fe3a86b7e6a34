import { createSecretKey, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach } from 'vitest';
import { hashToken, mintToken, TokenIndex } from '../../../electron/engine/core/agent-token.ts';
import type { AgentListener, DownstreamPorts } from '../../../electron/engine/downstream/contract.ts';
import { listenForAgents } from '../../../electron/engine/downstream/listener.ts';
import type { ListenerLimits } from '../../../electron/engine/downstream/listener-limits.ts';
import { listenerLimits } from '../../../electron/engine/downstream/listener-limits.ts';
import type { AgentIdentity, Exchange, ExchangeHandler } from '../../../electron/engine/exchange.ts';
import type { JsonObject, JsonValue, Reply } from '../../../electron/engine/wire/json-rpc.ts';

export const one: AgentIdentity = { id: 'agent-one', name: 'One' };
export const two: AgentIdentity = { id: 'agent-two', name: 'Two' };
export const tokenOfOne = mintToken(one.id, randomBytes(32));
export const tokenOfTwo = mintToken(two.id, randomBytes(32));

export const echo: ExchangeHandler = async (exchange) => ({
  kind: 'result',
  result: { method: exchange.method, params: exchange.params },
});

export interface Rig {
  listener: AgentListener;
  port: number;
  /** Lines the listener logged. */
  logged: string[];
  /** Every exchange the handler was given. */
  exchanges: Exchange[];
  /** `opened NAME` and `ended NAME`, in order. */
  sessions: string[];
  /** Notifications of agents that belong to no exchange. */
  heard: { agent: string; session: string | null; scope: string | null; method: string; params: JsonObject }[];
  clock: { time: number };
  revoke(token: string): void;
}

export interface RigOptions {
  handle?: ExchangeHandler;
  limits?: Partial<ListenerLimits>;
  overrides?: Partial<DownstreamPorts>;
}

/** Ports of an engine with one server `demo` that lets everything through. */
export const harmless = {
  hasServer: (_agent: AgentIdentity, serverId: string) => serverId === 'demo',
  hello: async () => ({ capabilities: {}, instructions: null }),
  toolSchema: () => null,
  followTask: async () => null,
  mayResume: () => true,
  onNotification: () => undefined,
  stateKey: createSecretKey(randomBytes(32)),
  onSessionOpened: () => undefined,
  onSessionEnded: () => undefined,
};

const openRigs: AgentListener[] = [];
afterEach(async () => {
  await Promise.all(openRigs.splice(0).map((listener) => listener.close()));
});

/** A listener on a free port with two agents; closed after the test. */
export async function startRig({ handle = echo, limits = {}, overrides = {} }: RigOptions = {}): Promise<Rig> {
  const index = new TokenIndex<AgentIdentity>();
  const holders = new Map([
    [tokenOfOne, one],
    [tokenOfTwo, two],
  ]);
  const reindex = (): void =>
    index.replace([...holders].map(([token, holder]) => ({ hash: hashToken(token), holder })));
  reindex();
  const logged: string[] = [];
  const heard: Rig['heard'] = [];
  const exchanges: Exchange[] = [];
  const sessions: string[] = [];
  const clock = { time: 1_700_000_000_000 };
  const log = (message: string, fields?: object): void =>
    void logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const ports: DownstreamPorts = {
    clock: { now: () => clock.time },
    log: { info: log, warn: log, error: log },
    version: '0.0.1',
    authenticate: (token) => index.find(token),
    handle: (exchange) => {
      exchanges.push(exchange);
      return handle(exchange);
    },
    ...harmless,
    hello: async () => ({ capabilities: { tools: { listChanged: true } }, instructions: 'Be kind.' }),
    onNotification: (agent, session, scope, method, params) =>
      void heard.push({ agent: agent.id, session: session.id, scope, method, params }),
    onSessionOpened: (agent) => void sessions.push(`opened ${agent.name}`),
    onSessionEnded: (agent) => void sessions.push(`ended ${agent.name}`),
    ...overrides,
  };
  const listener = await listenForAgents(ports, 0, { ...listenerLimits, ...limits });
  openRigs.push(listener);
  const revoke = (token: string): void => {
    holders.delete(token);
    reindex();
  };
  return { listener, port: listener.port, logged, exchanges, sessions, heard, clock, revoke };
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export const parseJson = (text: string): Record<string, JsonValue> & { error?: { code: number; message: string } } =>
  JSON.parse(text);

/** Sends raw bytes on a connection of their own and reads one whole answer; null when there is none before it closes. */
export function sendRaw(port: number, bytes: string | Buffer): Promise<Answer | null> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let received = Buffer.alloc(0);
    const settle = (answer: Answer | null): void => {
      resolve(answer);
      socket.destroy();
    };
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const answer = readAnswer(received);
      if (answer !== null) settle(answer);
    });
    socket.on('close', () => settle(readAnswer(received, true)));
    socket.on('error', () => settle(readAnswer(received, true)));
    socket.write(bytes);
  });
}

/** The first final answer in `bytes`, once it is there as a whole or nothing more will come. */
export function readAnswer(bytes: Buffer, isAll = false): Answer | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [start = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  if (start.startsWith('HTTP/1.1 100')) return readAnswer(bytes.subarray(end + 4), isAll);
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  const body = bytes.subarray(end + 4);
  const length = headers['content-length'];
  if (!isAll && length !== undefined && body.length < Number(length)) return null;
  return { status: Number(start.split(' ')[1]), headers, body: body.toString() };
}

export interface CallOptions {
  token?: string | null;
  session?: string | undefined;
  method?: string;
  headers?: Record<string, string>;
  body?: string | object;
  path?: string;
}

/** One request with node:http and the headers every client sends. */
export function send(
  port: number,
  { token = tokenOfOne, session, method = 'POST', headers = {}, body, path = '/mcp' }: CallOptions,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const req = httpRequest({ port, host: '127.0.0.1', path, method, agent: false });
    if (token !== null) req.setHeader('Authorization', `Bearer ${token}`);
    if (session !== undefined) req.setHeader('Mcp-Session-Id', session);
    if (method === 'POST') req.setHeader('Content-Type', 'application/json');
    req.setHeader('Accept', 'application/json, text/event-stream');
    for (const [name, value] of Object.entries(headers)) req.setHeader(name, value);
    req.on('error', reject);
    req.on('response', (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () =>
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers as Record<string, string>,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    req.end(text);
  });
}

export const rpc = (id: string | number, method: string, params?: object) => ({ jsonrpc: '2.0', id, method, params });
export const note = (method: string, params?: object) => ({ jsonrpc: '2.0', method, params });

/** Opens a session and gives its id. */
export async function open(
  port: number,
  { token = tokenOfOne, version = '2025-11-25', capabilities = {}, path = '/mcp' } = {},
): Promise<string> {
  const params = { protocolVersion: version, capabilities, clientInfo: { name: 'test', version: '1' } };
  const answer = await send(port, { token, path, body: rpc(0, 'initialize', params) });
  const session = answer.headers['mcp-session-id'];
  if (session === undefined) throw new Error(`no session: ${answer.status} ${answer.body}`);
  await send(port, { token, path, session, body: note('notifications/initialized') });
  return session;
}

/** An open answer whose server-sent events are read one by one. */
export interface EventStream {
  status: number;
  contentType: string;
  /** Data of each event so far. */
  events: JsonValue[];
  /** Ids of all events so far, those without data too. */
  ids: string[];
  /** Milliseconds the server wants to be left alone before a reconnect; null: it said nothing. */
  retry: () => number | null;
  /** Comments so far. */
  comments: string[];
  /** Settles when the server ended the stream; false when it was cut. */
  ended: Promise<boolean>;
  close(): void;
}

/** Like `send`, but settles at the head of the answer and reads the rest as events. */
export function openEvents(
  port: number,
  { token = tokenOfOne, session, method = 'GET', headers = {}, body, path = '/mcp' }: CallOptions,
): Promise<EventStream> {
  return new Promise((resolve, reject) => {
    const req = httpRequest({ port, host: '127.0.0.1', path, method, agent: false });
    req.setHeader('Authorization', `Bearer ${token}`);
    if (session !== undefined) req.setHeader('Mcp-Session-Id', session);
    if (method === 'POST') req.setHeader('Content-Type', 'application/json');
    req.setHeader('Accept', 'application/json, text/event-stream');
    for (const [name, value] of Object.entries(headers)) req.setHeader(name, value);
    req.on('error', reject);
    req.on('response', (res) => {
      const events: JsonValue[] = [];
      const comments: string[] = [];
      const ids: string[] = [];
      let retry: number | null = null;
      let rest = '';
      res.setEncoding('utf8');
      res.on('data', (text: string) => {
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          if (block.startsWith(':')) comments.push(block);
          const fields = new Map(block.split('\n').map((line) => [line.split(': ')[0], line.replace(/^\w+: ?/, '')]));
          if (fields.has('id')) ids.push(fields.get('id') ?? '');
          if (fields.has('retry')) retry = Number(fields.get('retry'));
          if (fields.get('data')) events.push(JSON.parse(fields.get('data') ?? ''));
        }
      });
      const ended = new Promise<boolean>((settle) => {
        res.on('end', () => settle(true));
        res.on('error', () => settle(false));
        res.on('close', () => settle(res.complete));
      });
      resolve({
        status: res.statusCode ?? 0,
        contentType: res.headers['content-type'] ?? '',
        events,
        comments,
        ids,
        retry: () => retry,
        ended,
        close: () => res.destroy(),
      });
    });
    req.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
  });
}

/** A handler whose replies the test gives by hand, by request id. */
export function manualHandler() {
  const waiting = new Map<string | number, (reply: Reply) => void>();
  const handle: ExchangeHandler = (exchange) => new Promise((resolve) => waiting.set(exchange.id, resolve));
  return {
    handle,
    waiting,
    reply(id: string | number, result: JsonValue = { done: id }): void {
      waiting.get(id)?.({ kind: 'result', result });
    },
  };
}
