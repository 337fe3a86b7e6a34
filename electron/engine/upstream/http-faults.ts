import type { HttpHead } from '../wire/http-client.ts';
import { isArmingFault } from './armed-client.ts';
import type { FaultMaker } from './faults.ts';
import type { HttpOutcome } from './http-answer.ts';
import type { LinkFault } from './link.ts';
import { maxResultBytes } from './open-context.ts';
import { explainTls } from './tls-faults.ts';

/** The outcome of an exchange that gave no answer, in words a person can act on. `address` is shown, never a header. */
export function describeOutcome(
  outcome: Exclude<HttpOutcome, { kind: 'read' }>,
  address: string,
  makeFault: FaultMaker,
): LinkFault {
  if (outcome.kind === 'network' && isArmingFault(outcome.error)) return outcome.error;
  if (outcome.kind === 'status') return describeStatus(outcome.head, outcome.body, address, makeFault);
  if (outcome.kind === 'network') return describeNetwork(outcome.error, address, makeFault);
  if (outcome.reason === 'too_large') {
    return makeFault('too_large', {
      message: `The server's answer is larger than ${maxResultBytes / 1024 / 1024} MiB.`,
      fix: 'Ask for less at once: a page, a range, or a narrower search.',
    });
  }
  return makeFault('protocol', {
    message:
      outcome.reason === 'compressed'
        ? 'The server compressed its answer although ScopeGate asks for plain bytes.'
        : 'The server answered with something that is neither JSON nor an event stream.',
    fix: 'Check that the address is the MCP endpoint of the server; it often ends in /mcp.',
  });
}

/** The stream or body ended and the response we wait for was not in it. */
export function describeMissingAnswer(address: string, makeFault: FaultMaker): LinkFault {
  return makeFault('protocol', {
    message: `${address} ended its answer without the response to this request.`,
    fix: 'Try again; if it stays, the server or a proxy before it cuts answers off.',
  });
}

function describeStatus(head: HttpHead, body: Buffer, address: string, makeFault: FaultMaker): LinkFault {
  const detail = `HTTP ${head.status}\n${body.toString('utf8', 0, 2000)}`;
  const words = statusWords(head, address);
  return makeFault('http_status', { ...words, detail });
}

function statusWords(head: HttpHead, address: string): { message: string; fix: string } {
  const { status } = head;
  if (status >= 300 && status < 400) {
    const target = redirectOrigin(head, address);
    return {
      message: `${address} redirects (${status})${target}; ScopeGate follows no redirect, so that credentials stay with one address.`,
      fix: 'If you trust the other address, enter it as the address of this server.',
    };
  }
  if (status === 401) {
    return {
      message: `${address} wants credentials (401).`,
      fix: 'Add an Authorization header to this server, as env:NAME or file:PATH, or correct the one it has.',
    };
  }
  if (status === 403) {
    return { message: `${address} refuses these credentials (403).`, fix: 'Check what this account may do there.' };
  }
  if (status === 404 || status === 405) {
    return {
      message: `${address} has no MCP endpoint (${status}).`,
      fix: 'Check the path of the address; it often ends in /mcp.',
    };
  }
  if (status === 429)
    return { message: `${address} asks for fewer requests (429).`, fix: 'Wait a little, then try again.' };
  if (status >= 500) {
    return { message: `${address} has a fault of its own (${status}).`, fix: 'Try again later, or look into its log.' };
  }
  return { message: `${address} answered ${status}.`, fix: 'Read what it says below.' };
}

/** Only the origin: path and query of a redirect may hold secrets. */
function redirectOrigin(head: HttpHead, address: string): string {
  const location = head.headers.location;
  if (typeof location !== 'string') return '';
  try {
    return ` to ${new URL(location, address).origin}`;
  } catch {
    return '';
  }
}

function describeNetwork(error: Error, address: string, makeFault: FaultMaker): LinkFault {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const detail = code === '' ? error.message : `${code}: ${error.message}`;
  if (code === 'ECONNREFUSED') {
    return makeFault('refused', {
      message: `Nothing listens at ${address}.`,
      fix: 'Start the server, or correct its address.',
      detail,
    });
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return makeFault('refused', {
      message: `The name in ${address} is not known.`,
      fix: 'Check the spelling of the address and the network.',
      detail,
    });
  }
  if (code === 'UND_ERR_CONNECT_TIMEOUT') {
    return makeFault('timeout', {
      message: `${address} did not accept a connection within 10 s.`,
      fix: 'Check the address, the network, and a firewall between.',
      detail,
    });
  }
  const tls = explainTls(code, address);
  if (tls !== null) return makeFault('refused', { ...tls, detail });
  return makeFault('exited', {
    message: `${address} broke the connection.`,
    fix: 'Try again; look into its log if it stays.',
    detail,
  });
}
