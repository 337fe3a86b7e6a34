import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

const maxBytes = 64 * 1024;

/** Revisions of the protocol whose initialize, tools/list and tools/call this server speaks, newest first. */
const revisions = ['2025-11-25', '2025-06-18', '2025-03-26'];

export const testTool = {
  name: 'say_hello',
  description: 'Answers with a greeting. Sends nothing anywhere.',
  inputSchema: {
    type: 'object',
    properties: { to: { type: 'string', description: 'Whom to greet.' } },
    required: ['to'],
    additionalProperties: false,
  },
};

export interface FirstCallServer {
  url: string;
  close(): Promise<void>;
}

/** A real MCP server of one harmless tool, on this machine only, for the test call of the first run. */
export async function openFirstCallServer(): Promise<FirstCallServer> {
  // nobody else finds it by its port alone
  const path = `/${randomBytes(16).toString('hex')}/mcp`;
  const server = createServer((request, response) => {
    if (request.url !== path || request.method !== 'POST') return end(response, request.url === path ? 405 : 404);
    void answer(request, response).catch(() => end(response, 400));
  });
  await listen(server);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no address');
  return {
    url: `http://127.0.0.1:${address.port}${path}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections?.();
      }),
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve());
  });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) return end(response, 413);
    chunks.push(chunk);
  }
  const message = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
    id?: unknown;
    method?: unknown;
    params?: unknown;
  };
  if (message.id === undefined) return end(response, 202);
  const body = { jsonrpc: '2.0', id: message.id, ...run(String(message.method), asObject(message.params)) };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function run(method: string, params: Record<string, unknown>): Record<string, unknown> {
  switch (method) {
    case 'initialize': {
      const protocolVersion = revisions.find((revision) => revision === params.protocolVersion) ?? revisions[0];
      const serverInfo = { name: 'scopegate-test', title: 'ScopeGate test', version: '1.0.0' };
      return { result: { protocolVersion, capabilities: { tools: {} }, serverInfo } };
    }
    case 'ping':
      return { result: {} };
    case 'tools/list':
      return { result: { tools: [testTool] } };
    case 'tools/call': {
      const to = asObject(params.arguments).to;
      const text = `Hello, ${typeof to === 'string' ? to.slice(0, 80) : 'you'}. The call went through ScopeGate.`;
      return { result: { content: [{ type: 'text', text }] } };
    }
    default:
      return { error: { code: -32601, message: 'Method not found' } };
  }
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status);
  response.end();
}
