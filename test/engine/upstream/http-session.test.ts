import { expect, test, vi } from 'vitest';
import { type Manner, sendJson, startFakeHttpServer } from '../../fakes/http-server.ts';
import { armedCall, callIo, faultOf, never, readResponse, readText, startPool } from './support.ts';

const eventually = { timeout: 15_000, interval: 20 };
const isCall = (request: { message: { method?: string } | null }) => request.message?.method === 'tools/call';
const sse = { 'content-type': 'text/event-stream' };
const user = { agentId: 'agent-1', capabilities: { elicitation: {} } };
const event = (message: object) => `data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`;

async function connectAs(manner: Manner) {
  const server = await startFakeHttpServer(manner);
  const started = startPool();
  started.pool.configure({ id: 's', transport: { kind: 'http', url: server.url, headers: {} }, enabled: true });
  return { ...started, server, link: await started.pool.link('s', never, user) };
}

test('a question belongs to the call whose stream brought it, not to the newest', async () => {
  const open: { id: number | undefined; write(text: string): void; end(text: string): void }[] = [];
  const { link } = await connectAs((request, response) => {
    const { id, method, result } = request.message ?? {};
    if (method === 'tools/call') {
      response.writeHead(200, sse).write(': open\n\n');
      open.push({ id, write: (text) => response.write(text), end: (text) => response.end(text) });
      if (open.length === 2) open[0]?.write(event({ id: 'ask-1', method: 'elicitation/create', params: {} }));
      return true;
    }
    if (method === undefined && request.method === 'POST')
      for (const stream of open) stream.end(event({ id: stream.id, result }));
    return false;
  });
  const ioOf = (of: string) => callIo({ ask: async () => ({ kind: 'result', result: { of } }) });
  const first = link.send(armedCall('first', {}), ioOf('first'));
  const second = link.send(armedCall('second', {}), ioOf('second'));
  expect(readResponse(await first).result).toEqual({ of: 'first' });
  expect(readResponse(await second).result).toEqual({ of: 'first' });
});

test('a question on the stream of notices goes to the owner of the link when no call runs', async () => {
  const { asked, server } = await connectAs((request, response) => {
    if (request.method !== 'GET') return false;
    response.writeHead(200, sse).write(event({ id: 7, method: 'elicitation/create', params: { message: 'x' } }));
    return true;
  });
  await vi.waitFor(
    () =>
      expect(server.seen.map((seen) => seen.message)).toContainEqual({
        jsonrpc: '2.0',
        id: 7,
        result: { action: 'decline' },
      }),
    eventually,
  );
  expect(asked).toEqual([{ owner: 'agent-1', method: 'elicitation/create', params: { message: 'x' } }]);
});

test('fetches the rest of a stream that broke, as often as it brings something new', async () => {
  let id = 0;
  const { link, server } = await connectAs((request, response) => {
    if (isCall(request)) {
      id = request.message?.id as number;
      response.writeHead(200, sse).write('retry: 1\nid: e0\ndata:\n\n', () => response.destroy());
      return true;
    }
    const last = /^e(\d+)$/.exec(String(request.headers['last-event-id'] ?? ''))?.[1];
    if (request.method !== 'GET' || last === undefined) return false;
    const next = Number(last) + 1;
    response.writeHead(200, sse);
    if (next < 30) response.write(`id: e${next}\ndata:\n\n`, () => response.destroy());
    else response.end(event({ id, result: { content: [{ type: 'text', text: 'whole' }] } }));
    return true;
  });
  expect(readText(await link.send(armedCall('echo', {}), callIo()))).toBe('whole');
  expect(server.posted('tools/call')).toHaveLength(1);
});

test('tells a new session what the forgotten one had been told', async () => {
  const { link, server } = await connectAs(() => false);
  await link.request('resources/subscribe', { uri: 'a:1' }, 5000);
  server.session.id = 'session-2';
  await link.send(armedCall('echo', {}), callIo());
  await vi.waitFor(() => expect(server.posted('resources/subscribe')).toHaveLength(2), eventually);
  expect(server.posted('resources/subscribe')[1]?.headers['mcp-session-id']).toBe('session-2');
});

test('a call is not sent again in a new session when policy says no meanwhile (security)', async () => {
  const { link, server } = await connectAs(() => false);
  server.session.id = 'session-2';
  const fault = await faultOf(link.send(armedCall('echo', {}), callIo({ mayGoOn: () => false })));
  expect(fault.kind).toBe('withheld');
  expect(server.posted('tools/call')).toHaveLength(1);
});

test('reads batches of a server of 2025-03-26', async () => {
  const { link } = await connectAs((request, response) => {
    if (!isCall(request)) return false;
    const { id } = request.message ?? {};
    sendJson(response, [
      { jsonrpc: '2.0', method: 'vendor/notice', params: { n: 1 } },
      { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'batched' }] } },
    ]);
    return true;
  });
  const seen: unknown[] = [];
  const io = callIo({ onNotification: (method, params) => void seen.push([method, params]) });
  expect(readText(await link.send(armedCall('echo', {}), io))).toBe('batched');
  expect(seen).toEqual([['vendor/notice', { n: 1 }]]);
});

test('an answer to nothing, and a second answer, are noted and ignored', async () => {
  const { link, pool } = await connectAs((request, response) => {
    if (!isCall(request)) return false;
    const { id } = request.message ?? {};
    const answer = (n: number) => event({ id, result: { n } });
    response.writeHead(200, sse).end(`${event({ id: 9999, result: {} })}${answer(1)}${answer(2)}`);
    return true;
  });
  expect(readResponse(await link.send(armedCall('echo', {}), callIo())).result).toEqual({ n: 1 });
  await vi.waitFor(
    () => expect(pool.logs('s').filter((line) => line.text.startsWith('Dropped an answer nobody'))).toHaveLength(2),
    eventually,
  );
});
