import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { ModernFake } from './modern-server.ts';

export interface ModernHttp {
  url: string;
  fake: ModernFake;
  /** Headers of each request, beside its method. */
  heads: { method: unknown; headers: IncomingMessage['headers'] }[];
  /** JSON-RPC ids of requests whose connection the client closed before the answer. */
  closed: number[];
}

/** The hand-written modern server over HTTP: each request gets an event stream of its own. */
export async function startModernHttp(): Promise<ModernHttp> {
  const fake = new ModernFake();
  const heads: ModernHttp['heads'] = [];
  const closed: number[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const message = JSON.parse(Buffer.concat(chunks).toString()) as Parameters<ModernFake['take']>[0];
    heads.push({ method: message.method, headers: request.headers });
    if (message.id === undefined) {
      fake.take(message, () => {});
      return void response.writeHead(202).end();
    }
    const { id } = message;
    response.on('close', () => {
      if (!response.writableEnded) closed.push(id);
      fake.dropListen(id);
    });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    fake.take(message, (out) => {
      response.write(`data: ${JSON.stringify(out)}\n\n`);
      if ('id' in out) response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, fake, heads, closed };
}
