import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resultPage } from './result-page.ts';

export interface LoopbackRedirect {
  /** `http://127.0.0.1:PORT/callback` */
  url: string;
  port: number;
  /** The parameters of the one redirect that carries our state. Never rejects; closing leaves it open. */
  received: Promise<URLSearchParams>;
  /** Shows the person how it ended, then closes. */
  finish(isDone: boolean): Promise<void>;
  close(): Promise<void>;
}

const callbackPath = '/callback';
/** Longer than any code or state; a form of its own is not expected. */
const maxUrl = 16 * 1024;
/** A browser that does not come for the result page is not waited for. */
const pageGraceMs = 3000;

/**
 * A listener on this machine alone for one redirect of one sign-in. Anything without the right state is told no and
 * changes nothing, so another page or program can neither end nor take over the sign-in. `wantedPort` null: any free one;
 * taken: any free one as well, unless `mustHave`.
 */
export async function openLoopbackRedirect(
  state: string,
  wantedPort: number | null,
  mustHave: boolean,
): Promise<LoopbackRedirect> {
  let take: (params: URLSearchParams) => void = () => {};
  const received = new Promise<URLSearchParams>((resolve) => {
    take = resolve;
  });
  let waiting: ServerResponse | null = null;
  let end: boolean | null = null;
  let shown: () => void = () => {};
  const pageShown = new Promise<void>((resolve) => {
    shown = resolve;
  });

  const server = createServer({ maxHeaderSize: maxUrl }, (request, response) => {
    const found = readRequest(request, port);
    if (found === null) return answer(response, 404, null);
    if (found.pathname === '/done' && end !== null) {
      answer(response, 200, resultPage(end));
      response.once('close', shown);
      return;
    }
    if (found.pathname !== callbackPath || waiting !== null) return answer(response, 404, null);
    if (!isSame(found.searchParams.get('state') ?? '', state)) return answer(response, 400, resultPage(false));
    waiting = response;
    take(found.searchParams);
  });
  const port = await listen(server, wantedPort, mustHave);
  return {
    url: `http://127.0.0.1:${port}${callbackPath}`,
    port,
    received,
    async finish(isDone) {
      end = isDone;
      if (waiting !== null) {
        // takes the code out of the address bar and the history entry the person sees
        waiting.writeHead(303, { ...pageHeaders, location: '/done' }).end();
        let timer: NodeJS.Timeout | undefined;
        await Promise.race([
          pageShown,
          new Promise<void>((resolve) => {
            timer = setTimeout(resolve, pageGraceMs);
          }),
        ]);
        clearTimeout(timer);
      }
      await closeServer(server);
    },
    close: () => closeServer(server),
  };
}

async function listen(server: Server, wanted: number | null, mustHave: boolean): Promise<number> {
  if (wanted !== null) {
    try {
      return await listenOn(server, wanted);
    } catch (error) {
      if (mustHave) throw error;
    }
  }
  return listenOn(server, 0);
}

function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** A browser that was sent here says this very host; a page that was rebound to it does not. */
function readRequest(request: IncomingMessage, port: number): URL | null {
  if (request.method !== 'GET' || request.headers.host !== `127.0.0.1:${port}`) return null;
  try {
    return new URL(request.url ?? '', `http://127.0.0.1:${port}`);
  } catch {
    return null;
  }
}

function isSame(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}

const pageHeaders = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

function answer(response: ServerResponse, status: number, page: string | null): void {
  response.writeHead(status, { ...pageHeaders, connection: 'close' }).end(page ?? '');
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
