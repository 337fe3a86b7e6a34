// A hand-written server of MCP 2026-07-28: `node modern-server.ts [SLOW_MS]` speaks stdio and begins to read after
// SLOW_MS; tests mount `ModernFake` over HTTP.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

interface Message {
  jsonrpc: '2.0';
  id?: number;
  method?: string;
  params?: Record<string, unknown> & { name?: string; arguments?: Record<string, unknown> };
}

export type Emit = (message: object) => void;

/** Characters a careless middleman would touch: quotes, line separators, a lone escape, padding. */
export const oddState = 'v1."x"\u2028\\u0061 ü=\ud83d\ude00==';

const subscriptionId = 'io.modelcontextprotocol/subscriptionId';
const meta = { 'io.modelcontextprotocol/serverInfo': { name: 'modern-fake', version: '2' } };

/** One server; each request brings the `emit` its answer and notices go to. */
export class ModernFake {
  readonly seen: Message[] = [];
  readonly #listens = new Map<number, { emit: Emit; uris: string[] }>();

  take(message: Message, emit: Emit): void {
    this.seen.push(message);
    const { id, method, params = {} } = message;
    if (id === undefined) {
      this.#notified(method, params);
      return;
    }
    const answer = (result: object) =>
      emit({ jsonrpc: '2.0', id, result: { resultType: 'complete', ...result, _meta: meta } });
    if (method === 'server/discover') {
      answer({
        supportedVersions: ['2026-07-28'],
        capabilities: { tools: { listChanged: true }, resources: { subscribe: true }, logging: {} },
        instructions: 'be modern',
        ttlMs: 0,
        cacheScope: 'public',
      });
    } else if (method === 'tools/list') answer({ tools, ttlMs: 0, cacheScope: 'public' });
    else if (method === 'subscriptions/listen') this.#listen(id, params, emit);
    else if (method === 'tools/call') this.#call(id, params, emit, answer);
    else if (method === 'vendor/do') answer({ resultType: 'vendor', did: params });
    else emit({ jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } });
  }

  /** The stream of a listen ended from the client's side. */
  dropListen(id: number): void {
    this.#listens.delete(id);
  }

  /** The server ends every listen. */
  endListens(): number {
    const count = this.#listens.size;
    for (const [id, { emit }] of this.#listens) {
      emit({ jsonrpc: '2.0', id, result: { resultType: 'complete', _meta: { [subscriptionId]: id } } });
    }
    this.#listens.clear();
    return count;
  }

  get openListens(): { uris: string[] }[] {
    return [...this.#listens.values()];
  }

  #notified(method: string | undefined, params: Record<string, unknown>): void {
    if (method === 'notifications/cancelled') this.#listens.delete(params.requestId as number);
  }

  #listen(id: number, params: Record<string, unknown>, emit: Emit): void {
    const asked = params.notifications as { resourceSubscriptions?: string[] };
    const uris = (asked.resourceSubscriptions ?? []).filter((uri) => !uri.startsWith('no:'));
    const filter = { ...asked, resourceSubscriptions: uris };
    this.#listens.set(id, { emit, uris });
    emit({
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: filter, _meta: { [subscriptionId]: id } },
    });
  }

  #tell(method: string, params: object, isMeant: (uris: string[]) => boolean): void {
    for (const [id, { emit, uris }] of this.#listens) {
      if (isMeant(uris)) emit({ jsonrpc: '2.0', method, params: { ...params, _meta: { [subscriptionId]: id } } });
    }
  }

  #call(id: number, params: NonNullable<Message['params']>, emit: Emit, answer: (result: object) => void): unknown {
    const say = (value: unknown) => answer({ content: [{ type: 'text', text: JSON.stringify(value) }] });
    const fail = (code: number) => emit({ jsonrpc: '2.0', id, error: { code, message: `error ${code}` } });
    const { inputResponses, requestState } = params;
    const uri = String(params.arguments?.uri);
    switch (params.name) {
      case 'echo':
        return say({ id, params });
      case 'ask': {
        if (inputResponses !== undefined) return say({ id, inputResponses, requestState });
        const inputRequests = {
          who: { method: 'elicitation/create', params: { mode: 'form', message: 'who?', 'vendor/x': 1 } },
          where: { method: 'roots/list' },
        };
        return answer({ resultType: 'input_required', inputRequests, requestState: oddState });
      }
      case 'ask-for-ever':
        return answer({
          resultType: 'input_required',
          inputRequests: { again: { method: 'elicitation/create', params: { message: 'again?' } } },
        });
      case 'wait-once':
        return requestState === 'later' ? say('done') : answer({ resultType: 'input_required', requestState: 'later' });
      case 'odd-type':
        return answer({ resultType: 'strange' });
      case 'says-nothing-wanted':
        return answer({ resultType: 'input_required' });
      case 'log': {
        const { progressToken } = (params._meta ?? {}) as { progressToken?: number };
        for (const level of ['debug', 'warning']) {
          emit({ jsonrpc: '2.0', method: 'notifications/message', params: { level, data: params.arguments?.data } });
        }
        emit({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress: 1 } });
        return say('logged');
      }
      case 'hang':
        return undefined;
      case 'touch':
        this.#tell('notifications/resources/updated', { uri }, (uris) => uris.includes(uri));
        return say('touched');
      case 'change-tools':
        this.#tell('notifications/tools/list_changed', {}, () => true);
        return say('changed');
      case 'end-listens':
        return say(this.endListens());
      case 'fails':
        return fail(Number(params.arguments?.code));
    }
    return fail(-32602);
  }
}

const schema = (properties: object) => ({ type: 'object', properties });
export const tools = [
  { name: 'echo', inputSchema: schema({ region: { type: 'string', 'x-mcp-header': 'Region' } }) },
  { name: 'broken', inputSchema: schema({ x: { type: 'number', 'x-mcp-header': 'X' } }) },
];

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const fake = new ModernFake();
  const emit = (message: object) => void process.stdout.write(`${JSON.stringify(message)}\n`);
  const read = () =>
    createInterface({ input: process.stdin }).on('line', (line) => {
      const message = JSON.parse(line) as Message;
      process.stderr.write(`got ${message.method} ${JSON.stringify(message.params?.requestId ?? null)}\n`);
      fake.take(message, emit);
    });
  setTimeout(read, Number(process.argv[2] ?? 0));
}
