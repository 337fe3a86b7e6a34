import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface SeenRequest {
  method: string;
  headers: IncomingMessage['headers'];
  message: { id?: number; method?: string; params?: Record<string, unknown>; result?: unknown; error?: unknown } | null;
}

/** Answers one request; returning false hands it to the server's own manners. */
export type Manner = (request: SeenRequest, response: ServerResponse) => boolean;

export interface FakeHttpServer {
  url: string;
  seen: SeenRequest[];
  /** The id the next `initialize` gives out; older ones are answered with 404. */
  session: { id: string };
  /** What was posted as this method. */
  posted(method: string): SeenRequest[];
}

const echo = { name: 'echo', inputSchema: { type: 'object' } };

/** A small MCP server over Streamable HTTP whose manners a test overrides. */
export async function startFakeHttpServer(manner: Manner = () => false): Promise<FakeHttpServer> {
  const seen: SeenRequest[] = [];
  const session = { id: 'session-1' };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const message = text === '' ? null : (JSON.parse(text) as SeenRequest['message']);
    const entry = { method: request.method ?? '', headers: request.headers, message };
    seen.push(entry);
    if (!manner(entry, response)) answerPolitely(entry, response, session.id);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  return { url, seen, session, posted: (method) => seen.filter((entry) => entry.message?.method === method) };
}

function answerPolitely(request: SeenRequest, response: ServerResponse, sessionId: string): void {
  const { id, method } = request.message ?? {};
  if (request.method === 'GET') response.writeHead(405).end();
  else if (request.method === 'DELETE') response.writeHead(200).end();
  else if (method === 'initialize') {
    const serverInfo = { name: 'fake', version: '1' };
    const result = { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo };
    sendJson(response, { jsonrpc: '2.0', id, result }, { 'mcp-session-id': sessionId });
  } else if (request.headers['mcp-session-id'] !== sessionId) response.writeHead(404).end();
  else if (method === undefined || id === undefined) response.writeHead(202).end();
  else if (method === 'tools/list') sendJson(response, { jsonrpc: '2.0', id, result: { tools: [echo] } });
  else sendJson(response, { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'ok' }] } });
}

export function sendJson(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}
