import type { Era } from '../../electron/engine/exchange.ts';
import type { JsonObject, JsonValue } from '../../electron/engine/wire/json-rpc.ts';
import { legacyVersion, modernVersion } from '../fakes/fixture-raw-server.ts';

export interface RawExchange {
  status: number;
  /** Notifications on this request's stream, in order, as parsed. */
  notifications: JsonObject[];
  /** What the agent was asked meanwhile: requests on the stream (legacy), rounds (modern, with the key). */
  asked: { method: JsonValue; params: JsonValue; key?: string }[];
  /** The response itself. */
  response: JsonObject;
  /** The text of the response as it came. */
  responseText: string;
}

export interface RawAgent {
  /** What the other side said of itself: the result of `initialize` or `server/discover`. */
  hello: JsonObject;
  send(method: string, params: JsonObject): Promise<RawExchange>;
  notify(method: string, params: JsonObject): Promise<number>;
  /** What the agent answers when it is asked something, by method. */
  answers: Map<string, JsonObject>;
}

export const agentCapabilities: JsonObject = {
  sampling: {},
  elicitation: { form: {}, url: {} },
  roots: { listChanged: true },
  extensions: { 'io.modelcontextprotocol/tasks': {} },
};
/** More than any probe needs. */
const maxRounds = 5;
const clientInfo = { name: 'raw-agent', version: '1.0.0', 'x-vendor': 'client' };

/** A client written on bare messages: it sends exactly what it is given and keeps exactly what it gets. */
export async function connectRawAgent(
  url: string,
  era: Era,
  token?: string,
  capabilities = agentCapabilities,
): Promise<RawAgent> {
  const answers: RawAgent['answers'] = new Map();
  const session: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  let nextId = 0;

  async function post(message: JsonObject, extra: Record<string, string> = {}): Promise<Response> {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...session,
      ...extra,
    };
    return await fetch(url, { method: 'POST', headers, body: JSON.stringify({ jsonrpc: '2.0', ...message }) });
  }

  function answerTo(method: JsonValue | undefined): JsonObject {
    return answers.get(String(method)) ?? {};
  }

  async function sendOnce(method: string, params: JsonObject): Promise<RawExchange> {
    nextId += 1;
    const id = `request-${nextId}`;
    const modern = era === 'modern';
    const message = { id, method, params: modern ? claimModern(params, capabilities) : params };
    const response = await post(message, modern ? modernHeaders(method, params) : {});
    const asked: RawExchange['asked'] = [];
    const texts = await readMessages(response, async (parsed) => {
      if (parsed.method === undefined || parsed.id === undefined) return;
      asked.push({ method: parsed.method, params: parsed.params ?? null });
      await post({ id: parsed.id, result: answerTo(parsed.method) });
    });
    const responseText = texts.find((text) => (JSON.parse(text) as JsonObject).id === id);
    if (responseText === undefined) throw new Error(`${response.status} without an answer: ${texts.join('\n')}`);
    const notifications = texts
      .map((text) => JSON.parse(text) as JsonObject)
      .filter((one) => one.method !== undefined && one.id === undefined);
    if (method === 'initialize') session['mcp-session-id'] = response.headers.get('mcp-session-id') ?? '';
    const parsed = JSON.parse(responseText) as JsonObject;
    return { status: response.status, notifications, asked, response: parsed, responseText };
  }

  async function send(method: string, params: JsonObject): Promise<RawExchange> {
    const notifications: JsonObject[] = [];
    const asked: RawExchange['asked'] = [];
    let added: JsonObject = {};
    for (let round = 0; round < maxRounds; round += 1) {
      const exchange = await sendOnce(method, { ...params, ...added });
      notifications.push(...exchange.notifications);
      asked.push(...exchange.asked);
      const result = exchange.response.result as JsonObject | undefined;
      if (result?.resultType !== 'input_required') return { ...exchange, notifications, asked };
      const inputResponses: JsonObject = {};
      for (const [key, request] of Object.entries((result.inputRequests ?? {}) as Record<string, JsonObject>)) {
        asked.push({ method: request.method ?? null, params: request.params ?? null, key });
        inputResponses[key] = answerTo(request.method);
      }
      added = { inputResponses };
      if (result.requestState !== undefined) added.requestState = result.requestState;
    }
    throw new Error(`${maxRounds} rounds without an end`);
  }

  async function notify(method: string, params: JsonObject): Promise<number> {
    const modern = era === 'modern';
    const message = { method, params: modern ? claimModern(params, capabilities) : params };
    const response = await post(message, modern ? modernHeaders(method, params) : {});
    await response.arrayBuffer();
    return response.status;
  }

  if (era === 'legacy') {
    const greeting = await send('initialize', { protocolVersion: legacyVersion, capabilities, clientInfo });
    session['mcp-protocol-version'] = legacyVersion;
    await notify('notifications/initialized', {});
    return { hello: greeting.response.result as JsonObject, send, notify, answers };
  }
  const discovery = await send('server/discover', {});
  return { hello: discovery.response.result as JsonObject, send, notify, answers };
}

function claimModern(params: JsonObject, capabilities: JsonObject): JsonObject {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': modernVersion,
    'io.modelcontextprotocol/clientCapabilities': capabilities,
    'io.modelcontextprotocol/clientInfo': clientInfo,
    ...(params._meta as JsonObject | undefined),
  };
  return { ...params, _meta };
}

function modernHeaders(method: string, params: JsonObject): Record<string, string> {
  const name = params.name ?? params.uri ?? params.taskId;
  return {
    'mcp-protocol-version': modernVersion,
    'mcp-method': method,
    ...(typeof name === 'string' ? { 'mcp-name': encodeHeader(name) } : {}),
  };
}

function encodeHeader(value: string): string {
  return /^[\x21-\x7e]+$/.test(value) ? value : `=?base64?${Buffer.from(value).toString('base64')}?=`;
}

/** The JSON texts of a reply, whichever form it came in; `onMessage` sees each one as it arrives. */
async function readMessages(response: Response, onMessage: (message: JsonObject) => Promise<void>): Promise<string[]> {
  const texts: string[] = [];
  if (!response.headers.get('content-type')?.includes('text/event-stream')) {
    const text = await response.text();
    return text === '' ? [] : [text];
  }
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    rest += decoder.decode(chunk as Uint8Array, { stream: true });
    const events = rest.split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const data = event
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).replace(/^ /, ''))
        .join('\n');
      if (data === '') continue;
      texts.push(data);
      await onMessage(JSON.parse(data) as JsonObject);
    }
  }
  return texts;
}
