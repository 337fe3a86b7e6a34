import type { IncomingMessage } from 'node:http';

/** Why a request was turned away before anything looked at it. */
export interface GuardRefusal {
  status: 400 | 403;
  message: string;
}

/**
 * Turns away what a foreign web page, or a name rebound to 127.0.0.1, could send: the Host must be this listener's own, and
 * an Origin or Sec-Fetch-Site header, when there is one, must say that this listener's own page asks.
 */
export function guardRequest(request: IncomingMessage, port: number): GuardRefusal | null {
  if (!request.url?.startsWith('/')) return { status: 400, message: 'The request target must be a path.' };
  const host = onlyHeader(request, 'host');
  const origin = onlyHeader(request, 'origin');
  const site = onlyHeader(request, 'sec-fetch-site');
  if (host === duplicate || origin === duplicate || site === duplicate) {
    return { status: 400, message: 'A header that may stand once stands more than once.' };
  }
  if (host === undefined || !ownHosts(port).includes(host)) {
    return { status: 403, message: 'This address is not served here.' };
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    return { status: 403, message: 'Pages of other origins have no access.' };
  }
  if (site !== undefined && site !== 'none' && site !== 'same-origin') {
    return { status: 403, message: 'Pages of other sites have no access.' };
  }
  return null;
}

function ownHosts(port: number): string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`];
}

const duplicate = Symbol('duplicate');

/** Node keeps the first of several Host headers silently, so the raw list is read. */
function onlyHeader(request: IncomingMessage, name: string): string | undefined | typeof duplicate {
  const values: string[] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    if (request.rawHeaders[index]?.toLowerCase() === name) values.push(request.rawHeaders[index + 1] ?? '');
  }
  return values.length > 1 ? duplicate : values[0];
}
