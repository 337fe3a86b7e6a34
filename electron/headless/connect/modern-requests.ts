import { metaKeys } from '../../engine/eras/modern-methods.ts';
import { mirrorHeaders } from '../../engine/upstream/param-headers.ts';
import { type JsonObject, rpcErrorCodes } from '../../engine/wire/json-rpc.ts';
import { isObject } from '../../engine/wire/parse-message.ts';
import { describeFailure, isNobodyThere, writeFailure } from './failures.ts';
import type { HttpOutcome } from './gateway-door.ts';
import type { ConnectPorts } from './legacy-session.ts';
import { type ClientLine, type MessagePart, readError, readParts, readResult } from './message-parts.ts';

const postHeaders = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const relistenMs = [500, 1000, 2000, 5000];
const maxToolPages = 200;

interface Running {
  line: ClientLine;
  key: string;
  id: string;
  abort: () => void;
  /** `subscriptions/listen` only: what the gateway agreed to; null: not yet. */
  agreed: JsonObject | null;
  /** Listens that failed one after the other. */
  failures: number;
}

/** Requests of 2026-07-28: each stands alone, and over HTTP closing one cancels it. */
export class ModernRequests {
  readonly #ports: ConnectPorts;
  readonly #running = new Map<string, Running>();
  /** Definitions with `x-mcp-header`, whose arguments have to be mirrored. */
  readonly #definitions = new Map<string, JsonObject>();

  constructor(ports: ConnectPorts) {
    this.#ports = ports;
  }

  /** Resolves when the next line may go. */
  send(line: ClientLine): Promise<void> {
    const { part } = line.only ?? {};
    if (part?.kind !== 'request' || part.id === null) return this.#notify(line);
    const { key, text } = part.id;
    const running: Running = { line, key, id: text, abort: () => {}, agreed: null, failures: 0 };
    // A second request under a running id is not ours to judge: the first one keeps its place here.
    if (!this.#running.has(key)) this.#running.set(key, running);
    return new Promise((resolve) => this.#post(running, resolve));
  }

  /** False: no such request runs here. */
  cancel(requestId: unknown): boolean {
    const running = this.#running.get(JSON.stringify(requestId ?? null));
    if (running === undefined) return false;
    this.#running.delete(running.key);
    running.abort();
    return true;
  }

  end(): void {
    for (const running of this.#running.values()) running.abort();
    this.#running.clear();
  }

  #notify(line: ClientLine): Promise<void> {
    return new Promise((resolve) => {
      this.#ports.door.open({
        method: 'POST',
        headers: this.#headers(line),
        body: line.bytes,
        awaited: new Set(),
        onMessage: (bytes) => this.#ports.say(bytes),
        onOutcome: () => resolve(),
      });
    });
  }

  #post(running: Running, onSent: () => void, isSecondTry = false): void {
    const awaited = new Set([running.key]);
    running.abort = this.#ports.door.open({
      method: 'POST',
      headers: this.#headers(running.line),
      body: running.line.bytes,
      awaited,
      onSent,
      onMessage: (bytes, parts) => this.#take(running, bytes, parts),
      onOutcome: (outcome) => {
        onSent();
        if (outcome.kind === 'read' && awaited.size === 0) this.#forget(running);
        else void this.#conclude(running, outcome, isSecondTry);
      },
    });
  }

  async #conclude(running: Running, outcome: HttpOutcome, isSecondTry: boolean): Promise<void> {
    if (this.#running.get(running.key) !== running) return;
    if (outcome.kind === 'status' && isAnswer(outcome.body, running.key)) {
      if (!isSecondTry && (await this.#hasLearned(running, outcome.body))) {
        if (this.#running.get(running.key) === running) this.#post(running, () => {}, true);
        return;
      }
      this.#forget(running);
      this.#ports.say(outcome.body);
      return;
    }
    if (running.agreed !== null && isPassing(outcome)) return this.#listenAgain(running);
    this.#forget(running);
    this.#ports.say(writeFailure(running.id, describeFailure(outcome, this.#ports.door.address)));
  }

  #forget(running: Running): void {
    if (this.#running.get(running.key) === running) this.#running.delete(running.key);
  }

  /** Over stdio a subscription outlives the gateway's restart: to the agent nothing but time passed. */
  #listenAgain(running: Running): void {
    const delayMs = relistenMs[Math.min(running.failures, relistenMs.length - 1)] ?? 0;
    running.failures += 1;
    const timer = setTimeout(() => this.#post(running, () => {}), delayMs);
    running.abort = () => clearTimeout(timer);
  }

  #take(running: Running, bytes: Buffer, parts: MessagePart[]): void {
    const [part] = parts;
    const method = running.line.only?.part.method;
    if (method === 'tools/list' && part?.kind === 'response') this.#learn(bytes);
    if (method === 'subscriptions/listen' && part?.method === 'notifications/subscriptions/acknowledged') {
      running.failures = 0;
      const isFirst = running.agreed === null;
      running.agreed = readAgreed(bytes);
      // A second one would be news to no agent; what may have changed meanwhile is.
      if (!isFirst) {
        for (const line of describeMissed(running)) this.#ports.say(line);
        return;
      }
    }
    this.#ports.say(bytes);
  }

  #headers({ only }: ClientLine): Record<string, string> {
    const { part, params = {} } = only ?? {};
    const meta = isObject(params._meta) ? params._meta : {};
    const version = meta[metaKeys.protocolVersion];
    const method = part?.method ?? '';
    const definition = typeof params.name === 'string' ? (this.#definitions.get(params.name) ?? null) : null;
    return {
      ...postHeaders,
      ...(isHeaderValue(version) ? { 'mcp-protocol-version': version } : {}),
      // A method no header can carry is refused by the gateway for the header that is missing.
      ...(isHeaderValue(method) ? mirrorHeaders(method, params, definition) : {}),
    };
  }

  #learn(response: Buffer): string | null {
    const result = readResult(response);
    const tools = Array.isArray(result?.tools) ? result.tools : [];
    for (const tool of tools) {
      if (!isObject(tool) || typeof tool.name !== 'string') continue;
      if (JSON.stringify(tool.inputSchema ?? null).includes('"x-mcp-header"')) this.#definitions.set(tool.name, tool);
      else this.#definitions.delete(tool.name);
    }
    return typeof result?.nextCursor === 'string' ? result.nextCursor : null;
  }

  /**
   * Whether a call was refused for headers that this program could not know: an agent may call a tool it listed in an
   * earlier life. A call refused so was not made, so it is sent again once the definitions are known.
   */
  async #hasLearned({ line }: Running, refusal: Buffer): Promise<boolean> {
    const { part, params } = line.only ?? {};
    if (part?.method !== 'tools/call' || params === undefined) return false;
    if (readError(refusal)?.code !== rpcErrorCodes.headerMismatch) return false;
    const before = JSON.stringify(this.#definitions.get(String(params.name)) ?? null);
    const meta = isObject(params._meta) ? { ...params._meta } : {};
    delete meta.progressToken;
    let cursor: string | null = null;
    for (let page = 0; page < maxToolPages; page++) {
      const list = { method: 'tools/list', params: { _meta: meta, ...(cursor === null ? {} : { cursor }) } };
      const response = await this.#ask(list.method, list.params);
      cursor = response === null ? null : this.#learn(response);
      if (cursor === null) break;
    }
    return JSON.stringify(this.#definitions.get(String(params.name)) ?? null) !== before;
  }

  /** A request of this program's own; null when it has no answer. */
  #ask(method: string, params: JsonObject): Promise<Buffer | null> {
    const id = 'scopegate-connect';
    const bytes = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    const part: MessagePart = { kind: 'request', method, id: { key: JSON.stringify(id), text: JSON.stringify(id) } };
    const line: ClientLine = { bytes, parts: [part], only: { part, params }, era: 'modern' };
    return new Promise((resolve) => {
      let answer: Buffer | null = null;
      this.#ports.door.open({
        method: 'POST',
        headers: this.#headers(line),
        body: bytes,
        awaited: new Set([JSON.stringify(id)]),
        onMessage: (message, [first]) => {
          if (first?.kind === 'response') answer = message;
        },
        onOutcome: () => resolve(answer),
      });
    });
  }
}

/** Nothing was said against the subscription: the app ended, or is on its way. */
function isPassing(outcome: HttpOutcome): boolean {
  if (outcome.kind === 'status') return outcome.head.status === 429 || outcome.head.status >= 500;
  return outcome.kind === 'read' || outcome.kind === 'network' || isNobodyThere(outcome);
}

function isAnswer(body: Buffer, key: string): boolean {
  const [part] = readParts(body) ?? [];
  return part?.kind === 'response' && part.id?.key === key;
}

function isHeaderValue(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
}

function readAgreed(bytes: Buffer): JsonObject {
  const message: unknown = JSON.parse(bytes.toString('utf8'));
  const { params } = message as { params?: JsonObject };
  return isObject(params?.notifications) ? params.notifications : {};
}

const listNotices = [
  ['toolsListChanged', 'notifications/tools/list_changed'],
  ['promptsListChanged', 'notifications/prompts/list_changed'],
  ['resourcesListChanged', 'notifications/resources/list_changed'],
] as const;

function describeMissed({ agreed, key }: Running): Buffer[] {
  const _meta = { [metaKeys.subscriptionId]: JSON.parse(key) as string | number };
  const uris = Array.isArray(agreed?.resourceSubscriptions) ? agreed.resourceSubscriptions : [];
  return [
    ...listNotices.filter(([member]) => agreed?.[member] === true).map(([, method]) => ({ method, params: { _meta } })),
    ...uris.map((uri) => ({ method: 'notifications/resources/updated', params: { _meta, uri } })),
  ].map((notice) => Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...notice })));
}
