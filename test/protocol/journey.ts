import type { Era } from '../../electron/engine/exchange.ts';
import type { JsonObject } from '../../electron/engine/wire/json-rpc.ts';
import { type RawConnect, startConnect } from '../headless/connect-support.ts';
import type { SchemaName } from './schema-names.ts';

type Message = Record<string, unknown>;
/** What became of one message, in the words of the table. Keys are `from name`. */
export type Sightings = Map<string, string>;

export const keyOf = ({ from, name }: Pick<SchemaName, 'from' | 'name'>) => `${from} ${name}`;

const capabilities = {
  ...{ elicitation: { form: {}, url: {} }, sampling: {}, roots: { listChanged: true } },
  extensions: { 'io.modelcontextprotocol/tasks': {} },
};
const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': capabilities,
  'io.modelcontextprotocol/clientInfo': { name: 'journey', version: '1' },
  'io.modelcontextprotocol/logLevel': 'debug',
};
/** What says the same to a server of the other era. */
const partners: Record<string, string> = {
  initialize: 'server/discover',
  'server/discover': 'initialize',
  'resources/subscribe': 'subscriptions/listen',
  'resources/unsubscribe': 'subscriptions/listen',
  'subscriptions/listen': 'resources/subscribe',
};
const answers: Record<string, JsonObject> = {
  'elicitation/create': { action: 'accept', content: { name: 'Ada' } },
  'sampling/createMessage': { role: 'assistant', model: 'm', content: { type: 'text', text: 'thought' } },
  'roots/list': { roots: [{ uri: 'file:///home', name: 'home' }] },
};
const asks: Record<string, JsonObject> = {
  'elicitation/create': { message: 'Who?', requestedSchema: { type: 'object', properties: {} } },
  'sampling/createMessage': { messages: [{ role: 'user', content: { type: 'text', text: 'x' } }], maxTokens: 1 },
  'roots/list': {},
};

/** Sends every message of one era through `scopegate connect`, gateway and server, and says what became of each. */
export class Journey {
  readonly seen: Sightings = new Map();
  readonly #shim: RawConnect;
  readonly #era: Era;
  readonly #results = new Map<string, string>();
  #lastId = 0;

  constructor(era: Era, url: string, token: string) {
    this.#era = era;
    this.#shim = startConnect(['--url', url], { SCOPEGATE_TOKEN: token });
  }

  async greet(): Promise<void> {
    if (this.#era === 'modern') {
      await this.request('server/discover', {});
      return;
    }
    const clientInfo = { name: 'journey', version: '1' };
    await this.request('initialize', { protocolVersion: '2025-11-25', capabilities, clientInfo });
    this.#notify('notifications/initialized', {});
    await this.request('ping', {});
  }

  /** Sends and waits; modern rounds are answered on the way. */
  async request(method: string, params: JsonObject): Promise<Message> {
    const id = this.#send(method, params);
    const reply = await this.#shim.next((message) => message.id === id && message.method === undefined);
    const result = reply.result as JsonObject | undefined;
    const rounds = result?.inputRequests as Record<string, { method: string }> | undefined;
    const error = reply.error as { code: number } | undefined;
    if (result?.resultType !== 'input_required') {
      this.#results.set(method, error === undefined ? 'answered by the gateway' : `refused (${error.code})`);
      return reply;
    }
    const inputResponses = Object.entries(rounds ?? {}).map(([key, ask]) => {
      this.seen.set(`server ${ask.method}`, 'passed, as a round');
      return [key, answers[ask.method]];
    });
    const retry = { inputResponses: Object.fromEntries(inputResponses), requestState: result.requestState ?? '' };
    return this.request(method, { ...params, ...retry } as JsonObject);
  }

  async askThrough(method: string): Promise<void> {
    const params = { ...asks[method], _meta: { progressToken: `token of ${method}` } };
    const done = this.request('tools/call', { name: 'do', arguments: { ask: { method, params } } });
    if (this.#era === 'legacy') {
      const question = await this.#shim.next((message) => message.method === method);
      this.seen.set(`server ${method}`, 'passed');
      const { _meta } = question.params as { _meta?: JsonObject };
      this.#notify('notifications/progress', { progressToken: _meta?.progressToken ?? '', progress: 1 });
      this.#shim.write({ jsonrpc: '2.0', id: question.id, result: answers[method] });
    }
    const reply = JSON.stringify(await done);
    const proof = { 'elicitation/create': 'Ada', 'sampling/createMessage': 'thought', 'roots/list': 'file:///home' };
    if (!reply.includes(proof[method as keyof typeof proof])) throw new Error(`${method} was not answered: ${reply}`);
  }

  /** A question the server takes back as soon as the agent said that it works on it. */
  async withdraw(request: { method: string; params: JsonObject }): Promise<void> {
    const done = this.request('tools/call', { name: 'do', arguments: { ask: request, withdraw: true } });
    const question = await this.#shim.next((message) => JSON.stringify(message.params ?? null).includes('Gone?'));
    const { _meta } = question.params as { _meta: JsonObject };
    this.#notify('notifications/progress', { progressToken: _meta.progressToken ?? '', progress: 1 });
    await done;
  }

  /** A ping of the server, which the agent must not see. */
  async pingBack(): Promise<void> {
    const reply = await this.request('tools/call', { name: 'do', arguments: { ask: { method: 'ping', params: {} } } });
    if (!JSON.stringify(reply).includes('"text":"{}"')) throw new Error(`not answered: ${JSON.stringify(reply)}`);
    if (this.#shim.lines.some((line) => line.includes('"method":"ping"'))) return;
    this.seen.set('server ping', 'answered by the gateway');
  }

  /** A request nobody waits for. */
  start(method: string, params: JsonObject): string {
    return this.#send(method, params);
  }

  cancel(requestId: string): void {
    this.#shim.write({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } });
  }

  #send(method: string, params: JsonObject): string {
    const id = `j-${++this.#lastId}`;
    const own = (params._meta ?? {}) as JsonObject;
    const claimed = this.#era === 'modern' ? { ...params, _meta: { ...modernMeta, ...own } } : params;
    this.#shim.write({ jsonrpc: '2.0', id, method, params: claimed });
    return id;
  }

  #notify(method: string, params: JsonObject): void {
    this.#shim.write({ jsonrpc: '2.0', method, params });
  }

  notify(method: string, params: JsonObject): void {
    this.#notify(method, params);
  }

  /** Waits for a notification of the server. */
  async hear(method: string): Promise<void> {
    await this.#shim.next((message) => message.method === method);
    this.seen.set(`server ${method}`, 'passed');
  }

  /** What reached the server by now, by its own account. */
  async heard(): Promise<string[]> {
    const reply = await this.request('tools/call', { name: 'do', arguments: {} });
    const { content } = reply.result as { content: { text: string }[] };
    return JSON.parse(content[0]?.text ?? '[]') as string[];
  }

  conclude(heard: readonly string[], sent: readonly string[]): void {
    for (const method of sent) {
      const partner = partners[method];
      const fallback = partner !== undefined && heard.includes(partner) ? `passed, as ${partner}` : null;
      const word = heard.includes(method) ? 'passed' : (fallback ?? this.#results.get(method) ?? 'ends at the gateway');
      const result = this.#results.get(method);
      this.seen.set(`agent ${method}`, result?.startsWith('refused') ? result : word);
    }
  }

  end(): Promise<number | null> {
    return this.#shim.end();
  }
}
