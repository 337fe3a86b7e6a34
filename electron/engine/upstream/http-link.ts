import type { HttpTransport } from '../../shared/index.ts';
import { createArmedClient } from './armed-client.ts';
import { cancelledFault } from './faults.ts';
import { resolveHeaders } from './http-headers.ts';
import { HandshakeRefused, HttpSession } from './http-session.ts';
import { LinkFault } from './link.ts';
import { discoverOverHttp, type ModernSite, openModernHttpLink } from './modern-http.ts';
import type { OpenContext } from './open-context.ts';
import { makeLegacyLink, type ServerLink } from './server-link.ts';
import { openSseLink } from './sse-link.ts';

/** What an address without Streamable HTTP answers to a post (MCP 2025-03-26, "Backwards Compatibility"). */
const noStreamableHttp = new Set([400, 404, 405]);

/**
 * Connects to a server over HTTP, newest way first: `server/discover`, then `initialize` (Streamable HTTP), then a GET
 * that must bring `endpoint` (HTTP+SSE). A server known to be legacy is greeted at once. Throws a `LinkFault`.
 */
export async function openHttpLink(transport: HttpTransport, context: OpenContext): Promise<ServerLink> {
  const url = new URL(transport.url);
  if (url.username !== '' || url.password !== '') {
    throw context.makeFault('secret', {
      message: 'The address holds a user name or password.',
      fix: 'Put credentials into a header of this server, as env:NAME or file:PATH.',
    });
  }
  const headers = await resolveHeaders(transport, context);
  if (context.signal.aborted) throw cancelledFault(context.makeFault);
  context.onStarted();
  if (context.knownEra !== 'legacy') return openByProbe(url, headers, context);
  try {
    return await openLegacy(url, headers, context);
  } catch (error) {
    if (!isEraDoubt(error)) throw error;
    context.onEraDoubt();
    return openByProbe(url, headers, context);
  }
}

/** The server answered, and not as the legacy server it was. */
function isEraDoubt(error: unknown): boolean {
  if (!(error instanceof LinkFault) || error.kind === 'cancelled') return false;
  return error.kind === 'protocol' || (error instanceof HandshakeRefused && noStreamableHttp.has(error.status));
}

async function openByProbe(url: URL, headers: Record<string, string>, context: OpenContext): Promise<ServerLink> {
  const site: ModernSite = { address: url.origin + url.pathname, headers, client: createArmedClient(url, context) };
  try {
    const finding = await discoverOverHttp(site, context);
    if (finding.kind === 'modern') {
      context.onEra('modern');
      return openModernHttpLink(finding.hello, site, context);
    }
    if (finding.kind === 'fault') throw finding.fault;
  } catch (error) {
    await site.client.destroy();
    throw error;
  }
  await site.client.destroy();
  const link = await openLegacy(url, headers, context);
  context.onEra('legacy');
  return link;
}

async function openLegacy(url: URL, headers: Record<string, string>, context: OpenContext): Promise<ServerLink> {
  const session = new HttpSession(url, headers, createArmedClient(url, context), context);
  try {
    const hello = await session.open(context.signal);
    return makeLegacyLink(session.conversation, {
      hello,
      pid: null,
      startedAt: context.now(),
      closed: session.closed,
      close: () => session.close(),
    });
  } catch (error) {
    await session.close();
    if (!(error instanceof HandshakeRefused) || !noStreamableHttp.has(error.status)) throw error;
    return openOldest(url, headers, context, error);
  }
}

const clearEnds = new Set(['protocol', 'timeout', 'cancelled']);

/** `refusal` says more than the GET when there is no such stream either. */
async function openOldest(
  url: URL,
  headers: Record<string, string>,
  context: OpenContext,
  refusal: LinkFault,
): Promise<ServerLink> {
  try {
    return await openSseLink(url, headers, createArmedClient(url, context), context);
  } catch (error) {
    throw error instanceof LinkFault && clearEnds.has(error.kind) ? error : refusal;
  }
}
