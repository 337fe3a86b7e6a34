import { setTimeout as sleep } from 'node:timers/promises';
import type { BridgeResult } from '../shared/index.ts';
import { makeAgentHandlers } from './api/agents.ts';
import type { EngineParts } from './api/context.ts';
import { BridgeFault } from './faults.ts';
import { type FirstCallServer, openFirstCallServer, testTool } from './first-call-server.ts';

const serverId = 'scopegate-test';
const agentName = 'Test agent';
const revision = '2025-11-25';

/** How long the test server's tools may take to be read, and how long the person may think. Milliseconds. */
const readMs = 15_000;
const callMs = 180_000;

export type TryResult = BridgeResult<'setup.tryResult'>;

/**
 * One real call by an agent of ScopeGate's own over the agents' address, so that a person sees the first row in Live and
 * answers the first card. Its server and its agent are there only as long as the call.
 */
export class FirstCall {
  result: TryResult = { state: 'none', text: '' };
  readonly #getParts: () => EngineParts | null;
  readonly #changed: () => void;
  #running: Promise<void> | null = null;
  #abort = new AbortController();

  constructor(getParts: () => EngineParts | null, changed: () => void) {
    this.#getParts = getParts;
    this.#changed = changed;
  }

  /** Removes what an engine that was killed in the middle of a test left behind. */
  tidy(): void {
    const parts = this.#getParts();
    if (!parts) return;
    const server = parts.servers.get(serverId);
    if (server && server.removedAt === null && !server.managed) parts.servers.remove(serverId);
    for (const agent of parts.agents.all())
      if (agent.name === agentName && agent.clientName?.startsWith('scopegate-test '))
        this.#removeAgent(parts, agent.id);
  }

  /** Answers once the call is under way. Throws `BridgeFault` where it cannot be made. */
  async start(): Promise<void> {
    const parts = this.#getParts();
    const mcpUrl = parts?.status().mcpUrl ?? null;
    if (!parts || mcpUrl === null)
      throw new BridgeFault(
        'unavailable',
        'ScopeGate is not listening for agents.',
        'Mend that first, then try again.',
      );
    if (parts.status().configFile !== null)
      throw new BridgeFault(
        'managed',
        'Agents and servers of this gateway are declared in a file.',
        'Use one of those.',
      );
    if (this.#running !== null) return;
    const server = await openFirstCallServer();
    this.#abort = new AbortController();
    this.#set({ state: 'waiting', text: '' });
    this.#running = this.#run(parts, mcpUrl, server).finally(() => {
      this.#running = null;
    });
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #run(parts: EngineParts, mcpUrl: string, server: FirstCallServer): Promise<void> {
    let agentId: string | null = null;
    try {
      await this.#addServer(parts, server.url);
      const made = await makeAgentHandlers(parts)['agents.create']({ name: agentName, defaultEffect: 'ask' });
      agentId = made.agent.id;
      this.#set(await this.#call(mcpUrl, made.token));
    } catch (error) {
      const text = error instanceof BridgeFault ? error.message : 'The test call could not be made.';
      this.#set({ state: 'failed', text });
      if (!(error instanceof BridgeFault))
        parts.ports.log.warn('the test call failed', { error: error instanceof Error ? error.message : 'unknown' });
    } finally {
      if (agentId !== null) this.#removeAgent(parts, agentId);
      this.#removeServer(parts);
      await server.close();
    }
  }

  /** Its one tool is ScopeGate's own, so it needs no review by the person. */
  async #addServer(parts: EngineParts, url: string): Promise<void> {
    const { servers, catalog, keeper, announce } = parts;
    servers.add({
      id: serverId,
      name: 'ScopeGate test',
      trusted: false,
      transport: { kind: 'http', url, headers: {} },
    });
    keeper.readUnknown();
    for (const until = Date.now() + readMs; catalog.toolsOf(serverId).length === 0; ) {
      if (Date.now() > until) throw new BridgeFault('unavailable', 'The test server was not read in time.');
      await sleep(25, undefined, { signal: this.#abort.signal });
    }
    const shown = catalog.toolsOf(serverId).map(({ name, definitionHash }) => ({ name, definitionHash }));
    catalog.accept(serverId, shown);
    servers.change(serverId, { reviewedAt: parts.ports.clock.now() });
    announce.server(serverId);
    announce.matrix(null);
  }

  async #call(mcpUrl: string, token: string): Promise<TryResult> {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${token}`,
    };
    const signal = this.#abort.signal;
    const post = (body: unknown, more: Record<string, string> = {}) =>
      fetch(mcpUrl, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body), signal });
    const clientInfo = { name: 'scopegate-test', version: '1.0.0' };
    const params = { protocolVersion: revision, capabilities: {}, clientInfo };
    const hello = await post({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
    await readAnswer(await hello.text(), 1);
    const session = {
      'mcp-session-id': hello.headers.get('mcp-session-id') ?? '',
      'mcp-protocol-version': revision,
    };
    await (await post({ jsonrpc: '2.0', method: 'notifications/initialized' }, session)).text();
    const call = { name: `${serverId}__${testTool.name}`, arguments: { to: 'world' } };
    for (const until = Date.now() + callMs; ; ) {
      const reply = await post({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: call }, session);
      const { isError, text } = await readAnswer(await reply.text(), 2);
      if (!isError) return { state: 'ran', text };
      // nobody answered yet: the gateway asks for the same call again
      if (!/call again/i.test(text) || Date.now() > until) return { state: 'refused', text };
    }
  }

  #set(result: TryResult): void {
    this.result = result;
    this.#changed();
  }

  #removeAgent(parts: EngineParts, id: string): void {
    void makeAgentHandlers(parts)['agents.remove']({ id });
  }

  #removeServer(parts: EngineParts): void {
    const server = parts.servers.get(serverId);
    if (!server || server.removedAt !== null) return;
    parts.servers.remove(serverId);
    parts.bus.emit(`server:${serverId}`, () => ({ type: 'server.removed', id: serverId }));
    parts.announce.matrix(null);
  }
}

/** The result with this id, from a JSON answer or from the events of a stream. */
async function readAnswer(body: string, id: number): Promise<{ isError: boolean; text: string }> {
  const texts = body.trimStart().startsWith('{')
    ? [body]
    : body.split(/\r?\n/).flatMap((line) => (line.startsWith('data:') ? [line.slice('data:'.length)] : []));
  for (const text of texts) {
    if (text.trim() === '') continue;
    const message = JSON.parse(text) as {
      id?: unknown;
      error?: { message?: string };
      result?: { isError?: boolean; content?: { text?: string }[] };
    };
    if (message.id !== id) continue;
    if (message.error) return { isError: true, text: message.error.message ?? '' };
    const said = message.result?.content?.map((part) => part.text ?? '').join('\n') ?? '';
    return { isError: message.result?.isError === true, text: said };
  }
  throw new Error('no answer');
}
