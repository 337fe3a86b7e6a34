import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

/** Who may come in: what a token is good for, by whoever gave it. */
export type TokenCheck = (token: string) => Promise<{ audience: string; scopes: Set<string> } | null>;

export interface GuardedServer {
  /** `http://127.0.0.1:PORT/mcp` */
  url: string;
  origin: string;
  /** Bearer tokens that came, in their order; null: none. */
  tokens: (string | null)[];
  calls: number;
  /** Changes the protected resource metadata on its way out. */
  editMetadata: ((metadata: Record<string, unknown>) => void) | null;
  /** Takes a request over when it returns true. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
  /** The challenge names the metadata's place. */
  isNamed: boolean;
  /** Where the metadata lies. */
  metadataPath: string;
  close(): Promise<void>;
}

/** A real MCP server (SDK, both eras) that takes only tokens of one authorization server made for it; `write` wants more. */
export async function startGuardedServer(issuer: () => string, check: TokenCheck): Promise<GuardedServer> {
  const mcp = createMcpHandler(() => makeServer(guarded));
  const listener = getRequestListener((request) => mcp.fetch(request), { overrideGlobalObjects: false });
  const server = createServer(
    (request, response) => void route(guarded, { issuer, check, listener }, request, response),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const guarded: GuardedServer = {
    url: `${origin}/mcp`,
    origin,
    tokens: [],
    calls: 0,
    editMetadata: null,
    intercept: null,
    isNamed: true,
    metadataPath: '/.well-known/oauth-protected-resource/mcp',
    async close() {
      await mcp.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return guarded;
}

function makeServer(guarded: GuardedServer): McpServer {
  const server = new McpServer({ name: 'guarded', version: '1.0.0' });
  const said = (text: string) => {
    guarded.calls += 1;
    return { content: [{ type: 'text' as const, text }] };
  };
  const inputSchema = z.object({ text: z.string().optional() });
  server.registerTool('read', { inputSchema }, ({ text }) => said(`read ${text ?? ''}`));
  server.registerTool('write', { inputSchema }, ({ text }) => said(`written ${text ?? ''}`));
  return server;
}

interface Gate {
  issuer: () => string;
  check: TokenCheck;
  listener: (request: IncomingMessage, response: ServerResponse) => unknown;
}

async function route(
  guarded: GuardedServer,
  gate: Gate,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (guarded.intercept?.(request, response) === true) return;
  const path = (request.url ?? '').split('?')[0] ?? '';
  if (path === guarded.metadataPath) {
    const metadata: Record<string, unknown> = {
      resource: guarded.url,
      authorization_servers: [gate.issuer()],
      scopes_supported: ['mcp:read'],
    };
    guarded.editMetadata?.(metadata);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata));
    return;
  }
  if (path !== '/mcp') return void response.writeHead(404).end();
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null;
  guarded.tokens.push(token);
  const known = token === null ? null : await gate.check(token);
  if (known === null || known.audience !== guarded.url) return refuse(guarded, response, 401, 'mcp:read', null);
  const body = await readAll(request);
  const isWrite = body.includes('"tools/call"') && body.includes('"name":"write"');
  if (isWrite && !known.scopes.has('mcp:write')) {
    return refuse(guarded, response, 403, 'mcp:write', 'insufficient_scope');
  }
  Object.assign(request, { rawBody: Buffer.from(body) });
  gate.listener(request, response);
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function refuse(
  { isNamed, origin, metadataPath }: GuardedServer,
  response: ServerResponse,
  status: number,
  scope: string,
  error: string | null,
): void {
  const named = isNamed ? `, resource_metadata="${origin}${metadataPath}"` : '';
  const why = error === null ? '' : `error="${error}", `;
  const challenge = `Bearer ${why}scope="${scope}"${named}`;
  response.writeHead(status, { 'www-authenticate': challenge, 'content-type': 'application/json' }).end('{}');
}
