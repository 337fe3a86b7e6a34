import { createServer, type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AuthorizingShim {
  /** `http://127.0.0.1:PORT/mcp` */
  url: string;
  close(): Promise<void>;
}

/**
 * A listener that adds the agent's token, because the conformance suite has no flag for headers. In Host and Origin only
 * its own port becomes the gateway's: every foreign name reaches the gateway as it came, so the gateway's own checks are
 * the ones under test.
 */
export async function startAuthorizingShim(gatewayUrl: string, token: string): Promise<AuthorizingShim> {
  const gateway = new URL(gatewayUrl);
  const server = createServer((request, response) => forward(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const mapPort = (value: string) => value.replace(new RegExp(`:${port}$`), `:${gateway.port}`);

  function forward(request: IncomingMessage, response: ServerResponse): void {
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    if (headers.host !== undefined) headers.host = mapPort(headers.host);
    if (headers.origin !== undefined) headers.origin = mapPort(headers.origin);
    const path = (request.url ?? '').replace(/^\/mcp/, gateway.pathname);
    const onward = sendRequest({ host: '127.0.0.1', port: gateway.port, method: request.method, path, headers });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
      // A stream the gateway breaks off must look broken here too.
      answer.once('error', () => response.destroy());
    });
    onward.once('error', () => response.destroy());
    response.once('close', () => onward.destroy());
    request.pipe(onward);
  }

  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
