import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { type LogsRequest, logsRequest, metricsRequest, type TracesRequest, tracesRequest } from './otlp-schema.ts';

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
}

/** A collector that takes nothing it does not know to the last field, and keeps what it took. */
export interface OtlpReceiver {
  url: string;
  traces: TracesRequest[];
  metrics: unknown[];
  logs: LogsRequest[];
  requests: Received[];
  /** Bodies as they came, for looking for what must not be in them. */
  bodies: string[];
  /** What was wrong with a request that did not fit. */
  complaints: string[];
  /** Takes the place of the ordinary answer; false: answer as usual. */
  onRequest: (request: Received, response: ServerResponse) => boolean;
  close(): Promise<void>;
}

const schemas = { '/v1/traces': tracesRequest, '/v1/metrics': metricsRequest, '/v1/logs': logsRequest } as const;

export async function startReceiver(port = 0): Promise<OtlpReceiver> {
  const kept: OtlpReceiver = {
    ...{ url: '', traces: [], metrics: [], logs: [], requests: [], bodies: [], complaints: [] },
    onRequest: () => false,
    close: () => closeServer(server),
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const received = { path: request.url ?? '', headers: request.headers };
      kept.requests.push(received);
      if (kept.onRequest(received, response)) return;
      const problem = take(kept, received, Buffer.concat(chunks));
      if (problem !== null) kept.complaints.push(problem);
      response.writeHead(problem === null ? 200 : 400, { 'content-type': 'application/json' });
      response.end('{}');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  kept.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return kept;
}

function take(kept: OtlpReceiver, { path, headers }: Received, body: Buffer): string | null {
  if (headers['content-type'] !== 'application/json') return `content-type ${headers['content-type']}`;
  const schema = schemas[path as keyof typeof schemas];
  if (schema === undefined) return `path ${path}`;
  const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8');
  kept.bodies.push(text);
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success) return `${path}: ${JSON.stringify(parsed.error.issues.slice(0, 5))}`;
  if (path === '/v1/traces') kept.traces.push(parsed.data as TracesRequest);
  else if (path === '/v1/logs') kept.logs.push(parsed.data as LogsRequest);
  else kept.metrics.push(parsed.data);
  return null;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
