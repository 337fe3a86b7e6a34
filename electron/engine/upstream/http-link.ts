import type { HttpTransport } from '../../shared/index.ts';
import { createHttpClient } from '../wire/http-client.ts';
import { cancelledFault } from './faults.ts';
import { readResult } from './handshake.ts';
import { resolveHeaders } from './http-headers.ts';
import { HttpSession } from './http-session.ts';
import type { UpstreamLink } from './link.ts';
import { writeCallMessage, writeRequest } from './messages.ts';
import type { OpenContext } from './open-context.ts';
import type { PendingIo } from './pending-calls.ts';

/** Connects to a Streamable HTTP server and shakes hands. Throws a `LinkFault`. */
export async function openHttpLink(transport: HttpTransport, context: OpenContext): Promise<UpstreamLink> {
  const url = new URL(transport.url);
  if (url.username !== '' || url.password !== '') {
    throw context.makeFault('secret', {
      message: 'The address holds a user name or password.',
      fix: 'Put credentials into a header of this server, as env:NAME or file:PATH.',
    });
  }
  const headers = await resolveHeaders(transport, context);
  if (context.signal.aborted) throw cancelledFault(context.makeFault);
  const session = new HttpSession(url, headers, createHttpClient(url), context);
  context.onStarted();
  try {
    const hello = await session.open(context.signal);
    return makeLink(hello, session, context);
  } catch (error) {
    await session.close();
    throw error;
  }
}

function makeLink(hello: UpstreamLink['hello'], session: HttpSession, context: OpenContext): UpstreamLink {
  const { pending } = session;
  function ask(id: number, text: string, io: PendingIo) {
    if (session.over !== null) return Promise.reject(session.over);
    if (io.signal?.aborted) return Promise.reject(cancelledFault(context.makeFault));
    const answer = pending.wait(id, io);
    session.send(id, text);
    return answer;
  }
  return {
    hello,
    pid: null,
    startedAt: context.now(),
    closed: session.closed,
    callTool(call, io) {
      const id = pending.nextId();
      const { text, agentToken } = writeCallMessage(id, call);
      const progress = agentToken === undefined ? null : { agentToken, relay: io.onProgress };
      return ask(id, text, { method: 'tools/call', signal: io.signal, timeoutMs: io.timeoutMs, progress });
    },
    async request(method, params, timeoutMs) {
      const id = pending.nextId();
      const response = await ask(id, writeRequest(id, method, params), {
        method,
        signal: null,
        timeoutMs,
        progress: null,
      });
      return readResult(response, method, context.makeFault);
    },
    close: () => session.close(),
  };
}
