import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Era } from '../../electron/engine/exchange.ts';
import type { JsonObject, JsonValue } from '../../electron/engine/wire/json-rpc.ts';

export const modernVersion = '2026-07-28';
export const legacyVersion = '2025-11-25';

/** What the server does with one request; members are sent exactly as they are. */
export interface RawAnswer {
  /** Notifications on the request's own stream, before the response. */
  notifications?: JsonObject[];
  /** One question in the middle: a request of the server's own (legacy) or a round (modern); see `replies`. */
  ask?: { method: string; params: JsonObject };
  result?: JsonObject;
  error?: JsonObject;
  /** The text of `result` as it goes out, for what a parser would change. */
  resultText?: string;
}

export interface SeenMessage {
  message: JsonObject;
  headers: IncomingHttpHeaders;
}

export interface RawReply {
  result: JsonValue;
  requestState?: JsonValue;
}

/** The name of a modern server's question, and the state it gives out: nothing a gateway may understand or touch. */
export const rawAskKey = 'com.example/question:1-a_b';
export const rawState = '{"not":"json\u2028"} \u00e9 ==';

export interface RawServer {
  url: string;
  /** Every message that was posted, oldest first. */
  seen: SeenMessage[];
  /** What was answered to the server's own questions; a modern one with the state that came back. */
  replies: RawReply[];
  /** How the next requests of a method are answered; everything else is answered politely. */
  answers: Map<string, RawAnswer | ((params: JsonObject) => RawAnswer)>;
  close(): Promise<void>;
}

const definitions: Record<string, JsonObject> = {
  'tools/list': { tools: [{ name: 'probe', inputSchema: { type: 'object' } }] },
  'prompts/list': { prompts: [{ name: 'probe' }] },
  'resources/list': { resources: [{ uri: 'raw://one', name: 'one' }] },
  'resources/templates/list': { resourceTemplates: [] },
};

const capabilities = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { listChanged: true, subscribe: true },
  logging: {},
  completions: {},
};
/** Tasks have another form in each era. */
const capabilitiesOf: Record<Era, JsonObject> = {
  legacy: {
    ...capabilities,
    tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } },
    extensions: { 'com.example/odd': { '': null } },
  },
  modern: { ...capabilities, extensions: { 'io.modelcontextprotocol/tasks': {}, 'com.example/odd': { '': null } } },
};

const instructions = 'Odd on purpose: ü \u2028';

/** An MCP server over Streamable HTTP written on bare messages: it knows no schema and so can say anything. */
export async function startRawServer(era: Era): Promise<RawServer> {
  const seen: SeenMessage[] = [];
  const replies: RawReply[] = [];
  const answers: RawServer['answers'] = new Map();
  const waiting = new Map<JsonValue, () => void>();
  let nextAsk = 0;

  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const message = await readMessage(request);
    if (message.method === undefined) {
      replies.push({ result: message.result ?? message.error ?? null });
      waiting.get(message.id ?? null)?.();
      return void response.writeHead(202).end();
    }
    seen.push({ message, headers: request.headers });
    if (message.id === undefined) return void response.writeHead(202).end();
    await answer(message, response);
  });

  async function answer(message: JsonObject, response: ServerResponse): Promise<void> {
    const method = String(message.method);
    const params = (message.params ?? {}) as JsonObject;
    if (era === 'modern' && method === 'subscriptions/listen') return openListen(message, params, response);
    const known = answers.get(method);
    const chosen = typeof known === 'function' ? known(params) : (known ?? polite(era, method));
    if (chosen === null) return refuseMethod(era, message, response);
    if (era === 'modern' && chosen.ask) return answerInRounds(message, params, chosen, chosen.ask, response);
    if (!chosen.notifications && !chosen.ask) {
      const headers = { 'content-type': 'application/json', ...(era === 'legacy' ? { 'mcp-session-id': 'raw' } : {}) };
      return void response.writeHead(200, headers).end(envelope(message, chosen));
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const notification of chosen.notifications ?? []) {
      sendEvent(response, JSON.stringify({ jsonrpc: '2.0', ...withToken(notification, params) }));
    }
    if (chosen.ask) {
      nextAsk += 1;
      const id = `ask-${nextAsk}`;
      const replied = new Promise<void>((resolve) => waiting.set(id, resolve));
      sendEvent(response, JSON.stringify({ jsonrpc: '2.0', id, ...chosen.ask }));
      await replied;
    }
    sendEvent(response, envelope(message, chosen));
    response.end();
  }

  function answerInRounds(
    message: JsonObject,
    params: JsonObject,
    chosen: RawAnswer,
    ask: JsonObject,
    response: ServerResponse,
  ): void {
    response.writeHead(200, { 'content-type': 'application/json' });
    const responses = params.inputResponses as JsonObject | undefined;
    if (responses === undefined) {
      const result = { resultType: 'input_required', inputRequests: { [rawAskKey]: ask }, requestState: rawState };
      return void response.end(envelope(message, { result }));
    }
    replies.push({ result: responses[rawAskKey] ?? null, requestState: params.requestState ?? null });
    response.end(envelope(message, chosen));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    seen,
    replies,
    answers,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readMessage(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as JsonObject;
}

function sendEvent(response: ServerResponse, data: string): void {
  response.write(`event: message\ndata: ${data}\n\n`);
}

/** `id` first and the answer as text, so that nothing of it is changed on the way out. */
export function envelope(message: JsonObject, answer: RawAnswer): string {
  const id = JSON.stringify(message.id);
  if (answer.error) return `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(answer.error)}}`;
  return `{"jsonrpc":"2.0","id":${id},"result":${answer.resultText ?? JSON.stringify(answer.result ?? {})}}`;
}

/** Puts the caller's own token into a progress notification. */
export function withToken(notification: JsonObject, params: JsonObject): JsonObject {
  if (notification.method !== 'notifications/progress') return notification;
  const progressToken = (params._meta as JsonObject | undefined)?.progressToken ?? null;
  return { ...notification, params: { progressToken, ...(notification.params as JsonObject) } };
}

export function polite(era: Era, method: string): RawAnswer | null {
  const serverInfo = { name: 'raw', version: '1' };
  const complete: JsonObject = era === 'modern' ? { resultType: 'complete' } : {};
  const cacheable: JsonObject = era === 'modern' ? { ...complete, ttlMs: 0, cacheScope: 'private' } : {};
  if (era === 'legacy' && method === 'initialize') {
    return {
      result: { protocolVersion: legacyVersion, capabilities: capabilitiesOf.legacy, serverInfo, instructions },
    };
  }
  if (era === 'modern' && method === 'server/discover') {
    const _meta = { 'io.modelcontextprotocol/serverInfo': serverInfo };
    return {
      result: {
        ...cacheable,
        supportedVersions: [modernVersion],
        capabilities: capabilitiesOf.modern,
        instructions,
        _meta,
      },
    };
  }
  const listed = definitions[method];
  if (listed) return { result: { ...listed, ...cacheable } };
  if (era === 'legacy' && ['ping', 'logging/setLevel', 'resources/subscribe'].includes(method)) return { result: {} };
  return null;
}

function refuseMethod(era: Era, message: JsonObject, response: ServerResponse): void {
  const error = { code: -32601, message: `Method not found: ${message.method}` };
  response.writeHead(era === 'modern' ? 404 : 200, { 'content-type': 'application/json' });
  response.end(envelope(message, { error }));
}

/** Acknowledges everything that was asked for and stays open until the client leaves. */
function openListen(message: JsonObject, params: JsonObject, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const acknowledged = {
    jsonrpc: '2.0',
    method: 'notifications/subscriptions/acknowledged',
    params: {
      notifications: params.notifications ?? {},
      _meta: { 'io.modelcontextprotocol/subscriptionId': message.id ?? null },
    },
  };
  sendEvent(response, JSON.stringify(acknowledged));
}
