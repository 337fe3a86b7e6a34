// The limit over HTTP: `node raw-http.ts UPSTREAM_URL` copies bytes from one node:http connection to another and knows
// nothing of what they mean. Prints the port it listens on.
import { Agent, createServer, request as sendRequest } from 'node:http';

const upstream = new URL(process.argv[2] ?? '');
const agent = new Agent({ keepAlive: true });

const server = createServer((request, response) => {
  const { host: _, connection: __, ...headers } = request.headers;
  const onwards = sendRequest(
    { host: upstream.hostname, port: upstream.port, path: upstream.pathname, method: request.method, agent, headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  onwards.on('error', () => response.destroy());
  request.pipe(onwards);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log((server.address() as { port: number }).port));
