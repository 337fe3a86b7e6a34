import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { ClientCapabilities } from '@modelcontextprotocol/sdk/types.js';
import type { DeclaredAgent, DeclaredServer, Engine } from '../../electron/engine/contract.ts';
import { createEngine } from '../../electron/engine/engine.ts';
import type { EnginePorts } from '../../electron/engine/ports.ts';
import type { EngineTuning } from '../../electron/engine/tuning.ts';
import type { BridgeEvent, BridgeMethod, BridgeParams, BridgeResult } from '../../electron/shared/index.ts';

const root = new URL('../..', import.meta.url).pathname;

/** A server program from npm, installed with the project. */
export function npmServer(
  name: 'everything' | 'filesystem' | 'memory',
  ...args: string[]
): DeclaredServer['transport'] {
  return { kind: 'stdio', command: join(root, 'node_modules/.bin', `mcp-server-${name}`), args, cwd: null, env: {} };
}

/** A server program of `test/fakes`. */
export function fakeServer(file: string, ...args: string[]): DeclaredServer['transport'] {
  return {
    kind: 'stdio',
    command: process.execPath,
    args: [join(root, 'test/fakes', file), ...args],
    cwd: null,
    env: {},
  };
}

export interface Harness {
  engine: Engine;
  dir: string;
  url: string;
  events: BridgeEvent[];
  call<M extends BridgeMethod>(method: M, params: BridgeParams<M>): Promise<BridgeResult<M>>;
  /** A connected client of the official SDK; `server`: on the path of this one server. */
  connect(token: string, options?: ConnectOptions): Promise<Client>;
  stop(): Promise<void>;
}

export interface ConnectOptions {
  server?: string;
  capabilities?: ClientCapabilities;
  /** Sets handlers before the client connects. */
  prepare?: (client: Client) => void;
}

export interface HarnessOptions {
  dir?: string;
  servers?: DeclaredServer[];
  agents?: DeclaredAgent[];
  tuning?: Partial<EngineTuning>;
  ports?: Partial<EnginePorts>;
  /** No declared configuration at all: a store-only engine. */
  undeclared?: boolean;
  /** False: the port comes from the settings port, as in the product. */
  anyPort?: boolean;
}

export const tokens = { one: 'one-'.padEnd(40, 'x'), two: 'two-'.padEnd(40, 'y') };

export function declareAgent(name: string, token: string, more: Partial<DeclaredAgent> = {}): DeclaredAgent {
  return { name, token, defaultEffect: null, tools: {}, limit: null, ...more };
}

/** A real engine on a data folder of its own, with any free port. */
export async function startEngine(options: HarnessOptions = {}): Promise<Harness> {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'scopegate-test-'));
  const ports: EnginePorts = {
    clock: { now: () => Date.now() },
    keys: { protection: 'file-mode', protect: async (plain) => plain, unprotect: async (sealed) => sealed },
    settings: { getPort: () => undefined, setPort: () => {} },
    log: { info: () => {}, warn: () => {}, error: () => {} },
    host: 'headless',
    version: '0.0.0-test',
    dataDir: dir,
    env: process.env,
    ...options.ports,
  };
  const declared = options.undeclared
    ? null
    : { file: join(dir, 'declared.yaml'), port: 0, servers: options.servers ?? [], agents: options.agents ?? [] };
  // a slow machine starts servers slowly, and a test's first list is to be complete
  const tuning = { listGraceMs: 20_000, ...options.tuning };
  const engine = await createEngine(ports, { declared, port: options.anyPort === false ? null : 0 }, tuning);
  const events: BridgeEvent[] = [];
  engine.subscribe((event) => events.push(event));
  const clients: Client[] = [];
  let nextId = 0;
  return {
    engine,
    dir,
    url: engine.status().mcpUrl ?? '',
    events,
    async call(method, params) {
      nextId += 1;
      const response = await engine.dispatch({ id: nextId, method, params });
      if (!response.ok) throw Object.assign(new Error(response.error.message), { body: response.error });
      return response.value as never;
    },
    async connect(token, { server, capabilities = {}, prepare } = {}) {
      const client = new Client({ name: 'test-agent', version: '1.0.0' }, { capabilities });
      prepare?.(client);
      const url = new URL(`${engine.status().mcpUrl ?? ''}${server === undefined ? '' : `/${server}`}`);
      await client.connect(
        new StreamableHTTPClientTransport(url, {
          requestInit: { headers: { Authorization: `Bearer ${token}` } },
        }) as never,
      );
      clients.push(client);
      return client;
    },
    async stop() {
      for (const client of clients) await client.close();
      await engine.stop();
      if (!options.dir) rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The text of a tool result. */
export function textOf(result: unknown): string {
  const { content } = result as { content: { text?: string }[] };
  return content.map((part) => part.text ?? '').join('\n');
}
