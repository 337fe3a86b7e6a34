// The fixture every target stands in front of: `node upstream.ts http [TOOLS] [legacy|modern] [PORT]` prints the port it
// listens on, `node upstream.ts stdio [TOOLS]` serves its parent. It does as little as a server can, so that what is measured is
// the gateway. Tools: echo {text}, size {bytes}, wait {ms}, sse {text} (answers as a stream over HTTP).
import { createServer, type ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';

type Era = 'legacy' | 'modern';
interface Request {
  id?: number | string;
  method: string;
  params?: { name?: string; arguments?: { text?: string; bytes?: number; ms?: number } };
}

const [transport, toolCount = '4', eraName = 'legacy', port = '0'] = process.argv.slice(2);
const era: Era = eraName === 'modern' ? 'modern' : 'legacy';
const tools = makeTools(Number(toolCount));
const large = new Map<number, string>();

function makeTools(count: number): object[] {
  const named = ['echo', 'size', 'wait', 'sse'];
  return Array.from({ length: Math.max(count, named.length) }, (_, at) => ({
    name: named[at] ?? `tool_${at}`,
    description: `Tool number ${at} of the fixture: it takes a text, a size or a time and gives back what was asked for.`,
    inputSchema: {
      type: 'object',
      properties: {
        text: { type: 'string', description: 'What to give back' },
        bytes: { type: 'integer', minimum: 0 },
        ms: { type: 'integer', minimum: 0 },
      },
    },
  }));
}

function textOf({ params }: Request): string {
  const given = params?.arguments ?? {};
  if (params?.name !== 'size') return String(given.text ?? '');
  const bytes = given.bytes ?? 0;
  // one string for each size: filling a megabyte for every call would be the slowest thing here
  const text = large.get(bytes) ?? 'x'.repeat(bytes);
  large.set(bytes, text);
  return text;
}

function resultOf(request: Request): object | null {
  const complete = era === 'modern' ? { resultType: 'complete' } : {};
  switch (request.method) {
    case 'initialize':
      if (era === 'modern') return null;
      return {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'fixture', version: '1' },
      };
    case 'server/discover':
      if (era === 'legacy') return null;
      return {
        ...complete,
        supportedVersions: ['2026-07-28'],
        capabilities: { tools: {} },
        ttlMs: 0,
        cacheScope: 'public',
      };
    case 'ping':
      return {};
    case 'tools/list':
      return { ...complete, tools, ...(era === 'modern' ? { ttlMs: 0, cacheScope: 'public' } : {}) };
    case 'tools/call':
      return { ...complete, content: [{ type: 'text', text: textOf(request) }] };
    default:
      return null;
  }
}

function answer(request: Request): string {
  const result = resultOf(request);
  const end = result ? { result } : { error: { code: -32601, message: 'Method not found' } };
  return JSON.stringify({ jsonrpc: '2.0', id: request.id, ...end });
}

function sendHttp(response: ServerResponse, request: Request): void {
  const body = answer(request);
  if (request.params?.name === 'sse') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.end(`event: message\ndata: ${body}\n\n`);
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function takeHttp(response: ServerResponse, request: Request): void {
  if (request.id === undefined) {
    response.writeHead(202).end();
    return;
  }
  const { name, arguments: given } = request.params ?? {};
  if (name === 'wait') setTimeout(() => sendHttp(response, request), given?.ms ?? 0);
  else sendHttp(response, request);
}

function serveHttp(): void {
  const server = createServer((request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => takeHttp(response, JSON.parse(Buffer.concat(parts).toString()) as Request));
  });
  server.keepAliveTimeout = 60_000;
  server.listen(Number(port), '127.0.0.1', () => console.log((server.address() as { port: number }).port));
}

function serveStdio(): void {
  createInterface({ input: process.stdin }).on('line', (line) => {
    const request = JSON.parse(line) as Request;
    if (request.id === undefined) return;
    const { name, arguments: given } = request.params ?? {};
    if (name === 'wait') setTimeout(() => process.stdout.write(`${answer(request)}\n`), given?.ms ?? 0);
    else process.stdout.write(`${answer(request)}\n`);
  });
}

if (transport === 'http') serveHttp();
else serveStdio();
