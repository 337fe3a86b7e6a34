import { type ChildProcess, spawn } from 'node:child_process';
import { Agent, type IncomingMessage, request as sendRequest } from 'node:http';
import { createInterface } from 'node:readline';
import { noteStart } from './processes.ts';

/** The measuring side: as little client as can be, the same for every target. Bodies are returned as they came. */
export interface BenchClient {
  /** Resolves with the JSON-RPC response's text; rejects on an error response or a broken connection. */
  send(method: string, params: object): Promise<string>;
  close(): void;
}

export interface HttpAddress {
  url: string;
  headers?: Record<string, string>;
}

const clientInfo = { name: 'bench', version: '1' };

export type Era = 'legacy' | 'modern';

/** Opens a session (legacy) or none (modern). */
export async function openHttp({ url, headers = {} }: HttpAddress, era: Era = 'legacy'): Promise<BenchClient> {
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  const target = new URL(url);
  const common: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...headers,
  };
  let nextId = 1;

  function post(body: object, more: Record<string, string> = {}): Promise<{ text: string; response: IncomingMessage }> {
    const bytes = Buffer.from(JSON.stringify(body));
    return new Promise((resolve, reject) => {
      const request = sendRequest(
        {
          host: target.hostname,
          port: target.port,
          path: `${target.pathname}${target.search}`,
          method: 'POST',
          agent,
          headers: { ...common, ...more, 'content-length': bytes.length },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () => resolve({ text: Buffer.concat(parts).toString(), response }));
        },
      );
      request.on('error', reject);
      request.end(bytes);
    });
  }

  if (era === 'legacy') {
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    const { response } = await post({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
    if (response.statusCode !== 200) throw new Error(`initialize was answered with ${response.statusCode}`);
    const session = response.headers['mcp-session-id'];
    if (typeof session === 'string') common['mcp-session-id'] = session;
    common['mcp-protocol-version'] = '2025-11-25';
    await post({ jsonrpc: '2.0', method: 'notifications/initialized' });
  }

  return {
    async send(method, params) {
      const id = nextId++;
      const modern = era === 'modern' ? modernParts(method, params) : { params, headers: {} };
      const body = { jsonrpc: '2.0', id, method, params: modern.params };
      const { text, response } = await post(body, modern.headers);
      if (response.statusCode !== 200) throw new Error(`${method} was answered with ${response.statusCode}: ${text}`);
      const isStream = (response.headers['content-type'] ?? '').startsWith('text/event-stream');
      return checkAnswer(isStream ? lastEvent(text) : text);
    },
    close: () => agent.destroy(),
  };
}

function modernParts(method: string, params: object): { params: object; headers: Record<string, string> } {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const name = (params as { name?: string }).name;
  return {
    params: { ...params, _meta },
    headers: {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(name === undefined ? {} : { 'mcp-name': name }),
    },
  };
}

/** The data of the last event that holds a response. */
function lastEvent(text: string): string {
  const at = text.lastIndexOf('\ndata: ');
  const start = at === -1 ? text.indexOf('data: ') + 6 : at + 7;
  const end = text.indexOf('\n', start);
  return text.slice(start, end === -1 ? undefined : end);
}

/** An error must never count as a fast answer. */
function checkAnswer(text: string): string {
  const ends = text.length > 400 ? text.slice(0, 200) + text.slice(-200) : text;
  if (ends.includes('"error":') || ends.includes('"isError":true') || !ends.includes('"result"')) {
    throw new Error(`not a result: ${ends.slice(0, 300)}`);
  }
  return text;
}

/** A program that speaks MCP over stdio to its parent. */
export async function openStdio(child: ChildProcess): Promise<BenchClient> {
  if (!child.stdin || !child.stdout) throw new Error('the program has no pipes');
  const { stdin } = child;
  const waiting = new Map<number, { resolve(text: string): void; reject(error: Error): void }>();
  let nextId = 1;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const id = readId(line);
    const held = id === null ? undefined : waiting.get(id);
    if (id === null || !held) return;
    waiting.delete(id);
    held.resolve(line);
  });
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('the program ended'));
  });
  function send(method: string, params: object): Promise<string> {
    const id = nextId++;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    });
  }
  await send('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
  stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
  return {
    send: async (method, params) => checkAnswer(await send(method, params)),
    close: () => stdin.end(),
  };
}

function readId(line: string): number | null {
  const found = /"id":(\d+)/.exec(line.slice(0, 120)) ?? /"id":(\d+)/.exec(line.slice(-120));
  return found ? Number(found[1]) : null;
}

/** The front of the HTTP+SSE transport of 2024-11-05: one stream for everything that comes back. */
export async function openSse(url: string): Promise<BenchClient> {
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  const waiting = new Map<number, { resolve(text: string): void; reject(error: Error): void }>();
  let nextId = 1;
  const stream = await new Promise<IncomingMessage>((resolve, reject) => {
    sendRequest(url, { headers: { accept: 'text/event-stream' } }, resolve)
      .on('error', reject)
      .end();
  });
  let endpoint: URL | null = null;
  let onEndpoint = (_: URL) => {};
  const known = new Promise<URL>((resolve) => {
    onEndpoint = resolve;
  });
  let event = '';
  createInterface({ input: stream }).on('line', (line) => {
    if (line.startsWith('event: ')) event = line.slice(7);
    if (!line.startsWith('data: ')) return;
    const data = line.slice(6);
    if (event === 'endpoint') {
      onEndpoint(new URL(data, url));
      return;
    }
    const id = readId(data);
    const held = id === null ? undefined : waiting.get(id);
    if (id === null || !held) return;
    waiting.delete(id);
    held.resolve(data);
  });
  endpoint = await known;

  function post(body: object): void {
    const bytes = Buffer.from(JSON.stringify(body));
    const request = sendRequest(
      endpoint as URL,
      { method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-length': bytes.length } },
      (response) => response.resume(),
    );
    request.on('error', (error) => {
      for (const { reject } of waiting.values()) reject(error);
    });
    request.end(bytes);
  }
  function send(method: string, params: object): Promise<string> {
    const id = nextId++;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      post({ jsonrpc: '2.0', id, method, params });
    });
  }
  await send('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
  post({ jsonrpc: '2.0', method: 'notifications/initialized' });
  return {
    send: async (method, params) => checkAnswer(await send(method, params)),
    close: () => {
      stream.destroy();
      agent.destroy();
    },
  };
}

/** Starts a program of ours and resolves with the first line it prints. */
export function startPrinting(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<[ChildProcess, string]> {
  const child = noteStart(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env }));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${args[0]} ended with ${code}`)));
    createInterface({ input: child.stdout }).once('line', (line) => resolve([child, line]));
  });
}
